//! Lists of names and pictures by AAGUID that nobody signed: what they say is claimed.

use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::{BTreeMap, HashMap};

use crate::{
    aaguid::{self, Aaguid},
    blob::{Skipped, object, text},
    entry,
    error::Error,
    icon::Icon,
    model::{Model, Source},
    text::plain,
};

/// The Convenience Metadata Service's file, or the community's `aaguid.json`: one object, each member named by an AAGUID.
pub struct List {
    /// Which of the two it is.
    pub source: Source,
    /// The number of a file of the Convenience Metadata Service.
    pub number: Option<u64>,
    /// The members that cannot be read.
    pub skipped: Vec<Skipped>,
    members: HashMap<Aaguid, Member>,
}

/// A member of either.
#[derive(Deserialize)]
struct Member {
    /// `aaguid.json`
    #[serde(default)]
    name: Option<String>,
    /// The Convenience Metadata Service: names by language.
    #[serde(default, rename = "friendlyNames")]
    friendly_names: BTreeMap<String, String>,
    #[serde(default, alias = "icon_light")]
    icon: Option<String>,
    #[serde(default, rename = "iconDark", alias = "icon_dark")]
    icon_dark: Option<String>,
}

impl List {
    /// Reads either.
    ///
    /// # Errors
    /// [`Error::Unknown`] for what is no object with an AAGUID among its members' names.
    pub fn read(bytes: &[u8]) -> Result<Self, Error> {
        let json = text(bytes)?;
        let wrong = |error: serde_json::Error| Error::Content(error.to_string());
        let members: BTreeMap<String, &RawValue> = serde_json::from_str(json).map_err(wrong)?;
        let mut list = Self {
            source: Source::Community,
            number: members.get("no").and_then(|number| number.get().parse().ok()),
            skipped: Vec::new(),
            members: HashMap::new(),
        };
        for (place, (name, value)) in members.iter().enumerate() {
            let Some(aaguid) = aaguid::parse(name) else { continue };
            match object::<Member>(value) {
                Ok(member) if member.shown_name().is_some() => {
                    if member.name.is_none() {
                        list.source = Source::Convenience;
                    }
                    list.members.insert(aaguid, member);
                }
                Ok(_) => list.skip(place, name, "it has no name"),
                Err(reason) => list.skip(place, name, &reason),
            }
        }
        if list.members.is_empty() && list.skipped.is_empty() { Err(Error::Unknown) } else { Ok(list) }
    }

    /// How many models it names.
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Whether it names none.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    pub(crate) fn model(&self, aaguid: Aaguid) -> Option<Model> {
        let member = self.members.get(&aaguid)?;
        let icon = |url: &Option<String>| url.as_deref().and_then(Icon::from_data_url);
        Some(Model {
            icon: icon(&member.icon),
            icon_dark: icon(&member.icon_dark),
            ..Model::named(aaguid, member.shown_name()?, self.source)
        })
    }

    fn skip(&mut self, place: usize, name: &str, reason: &str) {
        let reason = plain(&format!("{name}: {reason}")).unwrap_or_default();
        self.skipped.push(Skipped { place, reason });
    }
}

impl Member {
    fn shown_name(&self) -> Option<String> {
        self.name.as_deref().and_then(plain).or_else(|| entry::name(&self.friendly_names))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "ee882879-721c-4913-9775-3dfcce97072a";

    #[test]
    fn both_lists_are_told_apart_and_read() {
        let community = format!(
            r#"{{"$schema":"x","{KEY}":{{"name":"A key","icon_light":"data:image/svg+xml;base64,PHN2Zz4=","icon_dark":null,"more":[1]}}}}"#
        );
        let list = List::read(community.as_bytes()).unwrap();
        assert_eq!((list.source, list.number, list.len()), (Source::Community, None, 1));
        let model = list.model(aaguid::parse(KEY).unwrap()).unwrap();
        assert_eq!((model.name.as_str(), model.claimed, model.source.is_verified()), ("A key", true, false));
        assert_eq!((model.icon.unwrap().bytes.as_slice(), model.icon_dark), (&b"<svg>"[..], None));

        let convenience =
            format!(r#"{{"no":7,"{KEY}":{{"friendlyNames":{{"de-DE":"Ein Schlüssel","en-US":"A key"}}}}}}"#);
        let list = List::read(convenience.as_bytes()).unwrap();
        assert_eq!((list.source, list.number), (Source::Convenience, Some(7)));
        assert_eq!(list.model(aaguid::parse(KEY).unwrap()).unwrap().name, "A key");
    }

    #[test]
    fn a_broken_member_is_told_and_costs_no_other() {
        let other = "fa2b99dc-9e39-4257-8f92-4a30d23c4118";
        let list = format!(r#"{{"{KEY}":{{"name":7}},"{other}":{{"name":"Another"}}}}"#);
        let list = List::read(list.as_bytes()).unwrap();
        assert_eq!((list.len(), list.skipped.len()), (1, 1));
        assert!(list.skipped[0].reason.starts_with(KEY), "{:?}", list.skipped);
    }

    #[test]
    fn what_names_no_aaguid_is_no_list() {
        for wrong in ["{}", r#"{"name":"x"}"#] {
            assert!(matches!(List::read(wrong.as_bytes()), Err(Error::Unknown)), "{wrong}");
        }
        for wrong in ["[]", "{", "", "\u{feff}"] {
            assert!(matches!(List::read(wrong.as_bytes()), Err(Error::Content(_))), "{wrong}");
        }
        let deep = format!("{{\"{KEY}\":{}", "[".repeat(1_000_000));
        assert!(List::read(deep.as_bytes()).is_err());
    }
}
