//! The database as XML: entries with their fields. Read event by event, so that no nesting is too deep, and in
//! order, because protected fields share one stream, also those of an entry's history.

use std::{mem, rc::Rc};

use quick_xml::{
    Reader,
    events::{BytesStart, Event},
};
use zeroize::Zeroizing;

use super::payload::Payload;
use crate::{base64, error::Error};

/// An entry, not one of its history.
#[derive(Default)]
pub(super) struct Entry {
    /// The group that it lies in.
    pub(super) group: Rc<str>,
    /// Whether that group, or one around it, is the recycle bin.
    pub(super) recycled: bool,
    /// In the file's order; a name may stand twice.
    pub(super) fields: Vec<(String, Zeroizing<String>)>,
    pub(super) tags: Vec<String>,
    /// As they stand in the file.
    pub(super) created: String,
    pub(super) accessed: String,
}

pub(super) fn read(payload: Payload) -> Result<Vec<Entry>, Error> {
    let Payload { xml, stream } = payload;
    let text = std::str::from_utf8(&xml).map_err(|_| Error::damaged("the XML inside is no UTF-8"))?;
    let mut reader = Reader::from_str(text);
    reader.config_mut().expand_empty_elements = true;
    let mut walk = Walk { stream, ..Walk::default() };
    loop {
        let event =
            reader.read_event().map_err(|error| Error::damaged(format!("the XML inside: {error}")))?;
        match event {
            Event::Start(element) => walk.start(&element)?,
            Event::End(_) => walk.end()?,
            Event::Text(text) => walk.text.push_str(&text.xml10_content()),
            Event::CData(text) => walk.text.push_str(&text.xml10_content()),
            Event::GeneralRef(reference) => {
                let letter = reference.resolve_char_ref().ok().flatten().or_else(|| predefined(&reference));
                // Entities of the file's own making are how XML is made to explode.
                let letter =
                    letter.ok_or_else(|| Error::damaged("the XML inside names an unknown entity"))?;
                walk.text.push(letter);
            }
            Event::DocType(_) => {
                return Err(Error::damaged("the XML inside has a document type, as no database has"));
            }
            Event::Eof => break,
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::Empty(_) => {}
        }
    }
    if !walk.path.is_empty() {
        return Err(Error::damaged("the XML inside ends too early"));
    }
    Ok(walk.entries)
}

fn predefined(name: &str) -> Option<char> {
    match name {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "apos" => Some('\''),
        "quot" => Some('"'),
        _ => None,
    }
}

/// The elements that say something.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Element {
    Group,
    Entry,
    String,
    Key,
    Value,
    Name,
    Uuid,
    Tags,
    CreationTime,
    LastAccessTime,
    RecycleBin,
    Other,
}

#[derive(Default)]
struct Walk {
    stream: super::payload::Stream,
    /// What is open, and whether its text is protected.
    path: Vec<(Element, bool)>,
    text: Zeroizing<String>,
    recycle_bin: String,
    /// The names of open groups, and whether each is the recycle bin or in it.
    groups: Vec<(Rc<str>, bool)>,
    /// The entry that is open, then those of its history.
    open: Vec<Entry>,
    key: String,
    value: Zeroizing<String>,
    entries: Vec<Entry>,
}

impl Walk {
    fn start(&mut self, element: &BytesStart<'_>) -> Result<(), Error> {
        let kind = match element.name().as_ref() {
            "Group" => Element::Group,
            "Entry" => Element::Entry,
            "String" => Element::String,
            "Key" => Element::Key,
            "Value" => Element::Value,
            "Name" => Element::Name,
            "UUID" => Element::Uuid,
            "Tags" => Element::Tags,
            "CreationTime" => Element::CreationTime,
            "LastAccessTime" => Element::LastAccessTime,
            "RecycleBinUUID" => Element::RecycleBin,
            _ => Element::Other,
        };
        let attribute = element.try_get_attribute("Protected");
        let attribute = attribute.map_err(|error| Error::damaged(format!("the XML inside: {error}")))?;
        let protected = attribute.is_some_and(|attribute| attribute.value.eq_ignore_ascii_case("true"));
        match kind {
            Element::Group => {
                let recycled = self.groups.last().is_some_and(|(_, recycled)| *recycled);
                self.groups.push((Rc::default(), recycled));
            }
            Element::Entry => {
                let (group, recycled) = self.groups.last().cloned().unwrap_or_default();
                self.open.push(Entry { group, recycled, ..Entry::default() });
            }
            Element::String => {
                self.key.clear();
                self.value = Zeroizing::default();
            }
            _ => {}
        }
        self.path.push((kind, protected));
        self.text = Zeroizing::default();
        Ok(())
    }

    fn end(&mut self) -> Result<(), Error> {
        let Some((element, protected)) = self.path.pop() else { return Ok(()) };
        let text = mem::take(&mut self.text);
        let text = if protected { self.unprotect(&text)? } else { text };
        let parent = self.path.last().map(|(element, _)| *element);
        match (element, parent) {
            (Element::Group, _) => {
                self.groups.pop();
            }
            (Element::Entry, _) => {
                let entry = self.open.pop();
                // One inside another is its history.
                if self.open.is_empty() {
                    self.entries.extend(entry);
                }
            }
            (Element::String, _) => {
                let field = (mem::take(&mut self.key), mem::take(&mut self.value));
                self.open.last_mut().into_iter().for_each(|entry| entry.fields.push(field.clone()));
            }
            (Element::Key, Some(Element::String)) => self.key = text.to_string(),
            (Element::Value, Some(Element::String)) => self.value = text,
            (Element::RecycleBin, _) => self.recycle_bin = text.trim().to_owned(),
            (Element::Name, Some(Element::Group)) => {
                self.groups.last_mut().into_iter().for_each(|(name, _)| *name = text.trim().into());
            }
            (Element::Uuid, Some(Element::Group)) => {
                let is_bin = !self.recycle_bin.is_empty() && text.trim() == self.recycle_bin;
                self.groups.last_mut().into_iter().for_each(|(_, recycled)| *recycled |= is_bin);
            }
            _ => self.describe(element, &text),
        }
        Ok(())
    }

    fn describe(&mut self, element: Element, text: &str) {
        let Some(entry) = self.open.last_mut() else { return };
        match element {
            Element::Tags => {
                let tags = text.split([';', ',', '\t']).map(str::trim).filter(|tag| !tag.is_empty());
                entry.tags = tags.map(str::to_owned).collect();
            }
            Element::CreationTime => text.trim().clone_into(&mut entry.created),
            Element::LastAccessTime => text.trim().clone_into(&mut entry.accessed),
            _ => {}
        }
    }

    /// What is no UTF-8 gets a letter that stands for it: keys and ids are ASCII, and fail later where they are not.
    fn unprotect(&mut self, text: &str) -> Result<Zeroizing<String>, Error> {
        let bytes = base64::decode(text.trim()).map(Zeroizing::new);
        let mut bytes = bytes.ok_or_else(|| Error::damaged("a protected field inside is not base64"))?;
        self.stream.apply(&mut bytes);
        Ok(Zeroizing::new(String::from_utf8_lossy(&bytes).into_owned()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::kdbx::payload::Stream;

    const XML: &str = "<?xml version=\"1.0\"?><KeePassFile><Meta><RecycleBinUUID>YmluYmluYmluYmluYmluYg==</RecycleBinUUID></Meta>\
        <Root><Group><UUID>cm9vdA==</UUID><Name>Root</Name><Entry><UUID>ZQ==</UUID><Tags>a;b, c</Tags>\
        <String><Key>Title</Key><Value>one &amp; &#x1F511; <![CDATA[<two>]]></Value></String>\
        <String><Key>Empty</Key><Value/></String><String><Key>Secret</Key><Value Protected=\"True\">c2VjcmV0</Value></String>\
        <History><Entry><String><Key>Title</Key><Value>old</Value></String></Entry></History></Entry></Group></Root></KeePassFile>";

    fn entries(xml: &[u8]) -> Result<Vec<Entry>, Error> {
        read(Payload { xml: Zeroizing::new(xml.to_vec()), stream: Stream::None })
    }

    #[test]
    fn an_entry_is_read_without_its_history() {
        let entries = entries(XML.as_bytes()).unwrap();
        let [entry] = &entries[..] else { panic!("one entry") };
        assert_eq!((&*entry.group, entry.recycled), ("Root", false));
        assert_eq!(entry.tags, ["a", "b", "c"]);
        let fields: Vec<_> =
            entry.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(fields, [("Title", "one & \u{1F511} <two>"), ("Empty", ""), ("Secret", "secret")]);
    }

    #[test]
    fn what_makes_xml_explode_is_refused() {
        let said =
            |xml: &str| entries(xml.as_bytes()).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(said("<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>").contains("document type"));
        assert!(said("<a>&b;</a>").contains("unknown entity"));
        assert!(said("<a>").contains("ends too early"));
        assert!(said("<a></b>").contains("the XML inside"));
        assert!(entries(b"\xFF").is_err());
        assert!(entries("<a Protected=\"true\">*</a>".as_bytes()).is_err());
        let depth = 1_000_000;
        let deep = "<Group>".repeat(depth) + &"</Group>".repeat(depth);
        assert!(entries(deep.as_bytes()).unwrap().is_empty());
    }

    proptest! {
        #[test]
        fn no_change_makes_it_panic(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
            let mut bytes = XML.as_bytes().to_vec();
            let at = at.index(bytes.len());
            bytes[at] = byte;
            let _ = entries(&bytes);
        }
    }
}
