//! Capabilities (WebDriver §7, WebAuthn §11.1): what a client asks of a session, and what it gets.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::{authenticator_configuration::is_supported, body::Parameters, problem::Problem};

const VIRTUAL_AUTHENTICATORS: &str = "webauthn:virtualAuthenticators";
const EXTENSION_PREFIX: &str = "webauthn:extension:";
/// The authenticator extension capabilities that §11.1.1 defines and this endpoint has.
const EXTENSION_CAPABILITIES: &[&str] = &["prf", "largeBlob", "credBlob", "minPinLength"];

/// The parameters of New Session.
#[derive(Deserialize)]
pub(crate) struct NewSession {
    /// An object: a struct would be read from a list as well.
    capabilities: Map<String, Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Capabilities {
    #[serde(default)]
    always_match: Map<String, Value>,
    #[serde(default = "one_that_asks_for_nothing")]
    first_match: Vec<Map<String, Value>>,
}

impl NewSession {
    /// The capabilities of the first alternative that this endpoint can meet.
    ///
    /// # Errors
    /// `invalid argument` for what is no set of capabilities, `session not created` where none can be met.
    pub(crate) fn process(self) -> Result<Value, Problem> {
        let Capabilities { always_match, first_match } = Parameters(self.capabilities).read()?;
        if first_match.is_empty() {
            return Err(Problem::invalid_argument("firstMatch is empty."));
        }
        let mut alternatives = Vec::new();
        for mut alternative in first_match {
            for (name, value) in &always_match {
                if alternative.insert(name.clone(), value.clone()).is_some() {
                    let message = format!("{name} is in alwaysMatch and in firstMatch.");
                    return Err(Problem::invalid_argument(message));
                }
            }
            validate(&alternative)?;
            alternatives.push(alternative);
        }
        let met = alternatives.iter().find(|alternative| unmet(alternative).is_none());
        met.map(answer).ok_or_else(|| {
            let name = alternatives.iter().find_map(unmet).unwrap_or_default();
            Problem::session_not_created(format!("The capability {name} is not supported."))
        })
    }
}

/// "Validate capabilities", for those of §11.1: they are booleans.
fn validate(capabilities: &Map<String, Value>) -> Result<(), Problem> {
    let ours = |name: &str| name == VIRTUAL_AUTHENTICATORS || name.starts_with(EXTENSION_PREFIX);
    match capabilities.iter().find(|(name, value)| ours(name) && !value.is_boolean()) {
        Some((name, _)) => Err(Problem::invalid_argument(format!("{name} is not a boolean."))),
        None => Ok(()),
    }
}

/// The capability that keeps `capabilities` from matching. Those of browsers are met by any: the browser is
/// not this endpoint's.
fn unmet(capabilities: &Map<String, Value>) -> Option<&str> {
    let unsupported = |name: &str| name.strip_prefix(EXTENSION_PREFIX).is_some_and(|of| !is_supported(of));
    capabilities
        .iter()
        .find(|(name, value)| **value == json!(true) && unsupported(name))
        .map(|(name, _)| name.as_str())
}

/// What a client is told. `browserName` comes back as asked: clients look at it to find out whether a browser
/// has these commands.
fn answer(asked: &Map<String, Value>) -> Value {
    let browser = asked.get("browserName").filter(|name| name.is_string()).cloned();
    let mut capabilities = json!({
        "acceptInsecureCerts": false,
        "browserName": browser.unwrap_or_else(|| json!("latchkey")),
        "browserVersion": env!("CARGO_PKG_VERSION"),
        "pageLoadStrategy": "normal",
        "platformName": std::env::consts::OS,
        "proxy": {},
        "setWindowRect": false,
        "strictFileInteractability": false,
        "timeouts": { "implicit": 0, "pageLoad": 300_000, "script": 30_000 },
        "unhandledPromptBehavior": "dismiss and notify",
        VIRTUAL_AUTHENTICATORS: true,
    });
    if let Some(members) = capabilities.as_object_mut() {
        for extension in EXTENSION_CAPABILITIES {
            members.insert(format!("{EXTENSION_PREFIX}{extension}"), json!(true));
        }
    }
    capabilities
}

fn one_that_asks_for_nothing() -> Vec<Map<String, Value>> {
    vec![Map::new()]
}
