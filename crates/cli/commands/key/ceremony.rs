use anstyle::AnsiColor;
use app::{
    AppError, Code,
    security_keys::{
        CeremonyWishes, KeepaliveStatus, KeyAssertion, KeyFlags, KeyRegistration, OpenKey, Salt,
        SignInWishes, VerifiedStep,
    },
};
use serde::Serialize;

use super::asking::{touch, with_key};
use crate::{
    args::{Authenticate, Ceremony, Register, Which},
    commands::Context,
    output::{bold, print_json, say, styled},
};

/// What `key register --sign-in --json` prints.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Registered {
    #[serde(flatten)]
    registration: KeyRegistration,
    #[serde(skip_serializing_if = "Option::is_none")]
    sign_in: Option<KeyAssertion>,
}

pub(super) fn register(context: &Context, which: &Which, options: &Register) -> Result<(), AppError> {
    let wishes = CeremonyWishes {
        rp_id: options.ceremony.rp.clone(),
        user_name: options.user.clone(),
        discoverable: options.discoverable,
        verification: !options.ceremony.no_verification,
        salts: salts(&options.ceremony)?,
        hmac_secret: options.hmac_secret,
        cred_protect: options.cred_protect,
        cred_blob: options.cred_blob.as_ref().map(|text| text.clone().into_bytes()),
        large_blob: options.large_blob,
        payment: options.payment,
    };
    let done = with_key(context, which, async |key| {
        let registration = context.app.register_with_key(key, &wishes, waiting()).await?;
        let sign_in =
            if options.sign_in { Some(sign_in(context, key, &wishes, &registration).await?) } else { None };
        Ok(Registered { registration, sign_in })
    })?;
    if context.json {
        print_json(&done)?;
    } else {
        show_registration(&done.registration);
        if let Some(sign_in) = &done.sign_in {
            say!("");
            show_assertion(sign_in);
        }
    }
    let signed_in = done.sign_in.as_ref().is_none_or(|sign_in| sign_in.verified != Some(false));
    verdict(done.registration.verified && done.registration.attestation.signature != Some(false) && signed_in)
}

/// With the passkey that was just made.
async fn sign_in(
    context: &Context,
    key: &mut OpenKey,
    wishes: &CeremonyWishes,
    made: &KeyRegistration,
) -> Result<KeyAssertion, AppError> {
    let wishes = SignInWishes {
        rp_id: wishes.rp_id.clone(),
        credentials: vec![bytes(&made.credential_id)?],
        public_key: Some(bytes(&made.public_key)?),
        verification: wishes.verification,
        salts: wishes.salts.clone(),
        cred_blob: wishes.cred_blob.is_some(),
    };
    let signed = context.app.authenticate_with_key(key, &wishes, waiting()).await?;
    signed.into_iter().next().ok_or_else(|| AppError::plain(Code::Failed, "The key signed nothing."))
}

pub(super) fn authenticate(context: &Context, which: &Which, options: &Authenticate) -> Result<(), AppError> {
    let wishes = SignInWishes {
        rp_id: options.ceremony.rp.clone(),
        credentials: options.credential.iter().map(|id| bytes(id)).collect::<Result<_, _>>()?,
        public_key: options.public_key.as_deref().map(bytes).transpose()?,
        verification: !options.ceremony.no_verification,
        salts: salts(&options.ceremony)?,
        cred_blob: options.cred_blob,
    };
    let signed = with_key(context, which, async |key| {
        context.app.authenticate_with_key(key, &wishes, waiting()).await
    })?;
    if context.json {
        print_json(&signed)?;
    } else {
        for assertion in &signed {
            show_assertion(assertion);
        }
    }
    verdict(signed.iter().all(|assertion| assertion.verified != Some(false)))
}

/// Says once that a key of U2F's time waits; others tell by themselves.
fn waiting() -> impl FnMut() + Send {
    let touch = touch();
    move || touch(KeepaliveStatus::UpNeeded)
}

fn salts(options: &Ceremony) -> Result<Vec<Salt>, AppError> {
    let raw = options.salt.iter().map(|text| Salt::from_hex(text));
    let of_sites = options.prf.iter().map(|text| Ok(Salt::of_prf(text.as_bytes())));
    let salts: Vec<_> = raw.chain(of_sites).collect::<Result<_, _>>()?;
    if salts.len() > 2 {
        return Err(AppError::new(
            Code::Usage,
            "A key makes the secrets of two salts at once.",
            "Ask for the others in a second call.",
        ));
    }
    Ok(salts)
}

fn bytes(text: &str) -> Result<Vec<u8>, AppError> {
    app::security_keys::from_base64url(text).ok_or_else(|| {
        AppError::new(
            Code::Usage,
            format!("{text} is no base64url."),
            "Copy the id or the public key as latchkey shows it.",
        )
    })
}

fn verdict(holds: bool) -> Result<(), AppError> {
    if holds {
        return Ok(());
    }
    Err(AppError::new(
        Code::VerificationFailed,
        "What the key answered does not verify.",
        "The steps above say what is wrong; a site would refuse it.",
    ))
}

fn show_registration(made: &KeyRegistration) {
    say!("{}", bold(format!("A passkey for {}", made.rp_id)));
    let unknown = if made.protocol == "u2f" { "keys of U2F do not tell theirs" } else { &made.aaguid };
    let model = made.model.as_ref().map_or_else(
        || unknown.to_owned(),
        |model| {
            format!(
                "{} ({}), {}",
                model.name,
                made.aaguid,
                if model.claimed { "claimed" } else { "attested" }
            )
        },
    );
    let attestation = &made.attestation;
    facts(&[
        ("Protocol", made.protocol.clone()),
        ("Id", made.credential_id.clone()),
        ("Public key", made.public_key.clone()),
        ("Algorithm", made.algorithm.clone().unwrap_or_else(|| "not known".to_owned())),
        ("Flags", flags(made.flags)),
        ("Counter", made.sign_count.to_string()),
        ("Model", model),
        ("Attestation", format!("{}: {}", attestation.format, attestation.finding)),
        ("Stays on key", yes(Some(made.discoverable))),
        ("Seeds", yes(made.hmac_secret)),
        ("Secrets", made.secrets.join(" ")),
        ("Protection", made.cred_protect.map(|level| level.to_string()).unwrap_or_default()),
        ("Small blob", yes(made.cred_blob)),
        ("Large blob", yes(made.large_blob)),
    ]);
    if let Some(warning) = made.model.as_ref().and_then(|model| model.danger()) {
        say!("{}: {}", styled(&warning.status, AnsiColor::Red), warning.meaning);
    }
    outcome(Some(made.verified), &made.steps);
}

fn show_assertion(signed: &KeyAssertion) {
    say!("{}", bold(format!("Signed in at {}", signed.rp_id)));
    facts(&[
        ("Protocol", signed.protocol.clone()),
        ("Id", signed.credential_id.clone()),
        ("Account", signed.user_name.clone().unwrap_or_default()),
        ("User handle", signed.user_id.clone().unwrap_or_default()),
        ("Flags", flags(signed.flags)),
        ("Counter", signed.sign_count.to_string()),
        ("Signature", signed.signature.clone()),
        ("Secrets", signed.secrets.join(" ")),
        ("Small blob", signed.cred_blob.clone().unwrap_or_default()),
    ]);
    outcome(signed.verified, &signed.steps);
}

fn facts(facts: &[(&str, String)]) {
    for (name, value) in facts.iter().filter(|(_, value)| !value.is_empty()) {
        say!("{name:<14}{value}");
    }
}

fn flags(flags: KeyFlags) -> String {
    let bit = |set: bool| u8::from(set);
    format!(
        "UP {} UV {} BE {} BS {}",
        bit(flags.user_present),
        bit(flags.user_verified),
        bit(flags.backup_eligible),
        bit(flags.backup_state)
    )
}

fn yes(yes: Option<bool>) -> String {
    yes.map(|yes| if yes { "yes" } else { "no" }.to_owned()).unwrap_or_default()
}

/// What a site would say, and the steps that failed.
fn outcome(verified: Option<bool>, steps: &[VerifiedStep]) {
    match verified {
        Some(true) => say!("{}", styled("Every check of a site holds.", AnsiColor::Green)),
        Some(false) => {
            for step in steps.iter().filter(|step| step.outcome == "fail") {
                say!("{} {}: {}", styled(&step.section, AnsiColor::Red), step.title, step.detail);
            }
        }
        None => say!("Not verified: no public key was named with --public-key."),
    }
}
