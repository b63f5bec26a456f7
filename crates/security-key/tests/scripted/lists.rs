//! Lists that are long, that lie about their length, and whose entries are broken or meant to deceive.

use authenticator::testing::now;
use ciborium::{Value, cbor};
use ctap::{Request, cbor::encode, credential_management::sub_command as sub, get_info, text::printable};
use security_key::{Error, InProcess, PersistentToken, Proof, Session, credential_management::List};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::sentence::said;

/// What a key answers to a subcommand of credential management, the how-many-eth of its kind.
type Answers = Box<dyn FnMut(u64, u64) -> Vec<u8> + Send>;

const NOT_ALLOWED: u8 = 0x30;
/// No list is longer than this, whatever a key says.
const MOST: usize = 100_000;

fn list_of(mut answers: Answers) -> Result<List, Error> {
    let mut asked = [0_u64; 8];
    let mut messages = 0;
    let mut session = Session::new(InProcess::new(move |message: Vec<u8>| {
        messages += 1;
        assert!(messages < 3 * MOST, "it comes to no end");
        let Ok(Request::CredentialManagement(request)) = Request::decode(&message) else {
            panic!("{message:?}")
        };
        let count = &mut asked[usize::try_from(request.sub_command).unwrap()];
        let number = *count;
        *count += 1;
        std::future::ready(answers(request.sub_command, number))
    }));
    let kept = PersistentToken::from_secret(Zeroizing::new([1; 32]));
    now(session.credentials(&info(), &Proof::Kept(kept), |_| {}))
}

fn info() -> get_info::Response {
    get_info::Response {
        versions: vec!["FIDO_2_1".to_owned()],
        options: vec![("credMgmt".to_owned(), true), ("clientPin".to_owned(), true)],
        pin_uv_auth_protocols: vec![2],
        ..get_info::Response::default()
    }
}

fn done(members: &Value) -> Vec<u8> {
    [&[0], &encode(members)[..]].concat()
}

fn bytes(bytes: impl Into<Vec<u8>>) -> Value {
    Value::Bytes(bytes.into())
}

fn metadata(existing: u64) -> Vec<u8> {
    done(&cbor!({1 => existing, 2 => 1}).unwrap())
}

fn site(rp: Value, rp_id: &str, total: Option<u64>) -> Vec<u8> {
    let mut members = vec![(3.into(), rp), (4.into(), bytes(Sha256::digest(rp_id).to_vec()))];
    members.extend(total.map(|total| (5.into(), total.into())));
    done(&Value::Map(members))
}

fn named_site(rp_id: &str, total: Option<u64>) -> Vec<u8> {
    site(cbor!({"id" => rp_id}).unwrap(), rp_id, total)
}

fn credential(user: Value, number: u64, total: Option<u64>) -> Vec<u8> {
    let id = cbor!({"id" => bytes(number.to_be_bytes()), "type" => "public-key"}).unwrap();
    let mut members = vec![(6.into(), user), (7.into(), id), (10.into(), 2.into())];
    members.extend(total.map(|total| (9.into(), total.into())));
    done(&Value::Map(members))
}

fn user(name: &str) -> Value {
    cbor!({"id" => bytes([1]), "name" => name}).unwrap()
}

/// A key with one site, whose credentials are `of`.
fn at_one_site(mut of: impl FnMut(bool, u64) -> Vec<u8> + Send + 'static) -> Result<List, Error> {
    list_of(Box::new(move |sub_command, number| match sub_command {
        sub::GET_CREDS_METADATA => metadata(2),
        sub::ENUMERATE_RPS_BEGIN => named_site("a.example", Some(1)),
        sub::ENUMERATE_CREDENTIALS_BEGIN => of(true, 0),
        sub::ENUMERATE_CREDENTIALS_GET_NEXT_CREDENTIAL => of(false, number + 1),
        _ => vec![NOT_ALLOWED],
    }))
}

#[test]
fn ten_thousand_credentials_are_listed() {
    const SITES: u64 = 100;
    const EACH: u64 = 100;
    let list = list_of(Box::new(|sub_command, number| match sub_command {
        sub::GET_CREDS_METADATA => metadata(SITES * EACH),
        sub::ENUMERATE_RPS_BEGIN => named_site("site-0.example", Some(SITES)),
        sub::ENUMERATE_RPS_GET_NEXT_RP => named_site(&format!("site-{}.example", number + 1), None),
        sub::ENUMERATE_CREDENTIALS_BEGIN => credential(user("ann"), 0, Some(EACH)),
        _ => credential(user("bob"), number + 1, None),
    }));
    let list = list.unwrap();
    assert_eq!((list.sites.len(), list.unreadable), (100, 0));
    assert!(list.sites.iter().all(|at| at.credentials.len() == 100 && at.site.is_whole()));
}

#[test]
fn a_count_that_is_too_high_ends_where_the_key_has_no_more() {
    for total in [3, 1 << 31, 1 << 63, u64::MAX] {
        let list = list_of(Box::new(move |sub_command, number| match (sub_command, number) {
            (sub::GET_CREDS_METADATA, _) => metadata(u64::MAX),
            (sub::ENUMERATE_RPS_BEGIN, _) => named_site("a.example", Some(total)),
            (sub::ENUMERATE_RPS_GET_NEXT_RP, 0) => named_site("b.example", None),
            (sub::ENUMERATE_CREDENTIALS_BEGIN, _) => credential(user("ann"), 0, Some(total)),
            (sub::ENUMERATE_CREDENTIALS_GET_NEXT_CREDENTIAL, 0 | 2) => credential(user("bob"), 1, None),
            _ => vec![NOT_ALLOWED],
        }));
        let list = list.unwrap();
        let found: Vec<_> = list.sites.iter().map(|at| at.credentials.len()).collect();
        assert_eq!((found, list.unreadable), (vec![2, 2], 0), "{total}");
    }
}

#[test]
fn a_key_that_never_stops_telling_is_stopped() {
    let credentials =
        at_one_site(|first, number| credential(user("ann"), number, first.then_some(u64::MAX))).unwrap();
    assert_eq!(credentials.sites[0].credentials.len(), MOST);
    let everything = list_of(Box::new(|sub_command, number| match sub_command {
        sub::GET_CREDS_METADATA => metadata(1),
        sub::ENUMERATE_RPS_BEGIN | sub::ENUMERATE_RPS_GET_NEXT_RP => named_site("a.example", Some(500)),
        _ => credential(user("ann"), number, Some(u64::MAX)),
    }));
    let found: usize = everything.unwrap().sites.iter().map(|at| at.credentials.len()).sum();
    assert_eq!(found, MOST, "of all sites together");
}

#[test]
fn a_count_that_is_too_low_is_believed() {
    for total in [0, 1] {
        let list = at_one_site(move |_, number| credential(user("ann"), number, Some(total))).unwrap();
        assert_eq!(list.sites[0].credentials.len(), 1, "{total}");
    }
}

#[test]
fn without_a_count_the_key_is_asked_until_it_has_no_more() {
    for end in [vec![NOT_ALLOWED], vec![0x7F], vec![0x2E]] {
        let list = at_one_site(move |_, number| match number {
            0..3 => credential(user("ann"), number, None),
            _ => end.clone(),
        });
        let list = list.unwrap();
        assert_eq!((list.sites[0].credentials.len(), list.unreadable), (3, 0));
    }
    let garbled = at_one_site(|_, _| vec![0x00, 0xFF]).unwrap();
    assert_eq!((garbled.sites[0].credentials.len(), garbled.unreadable), (0, 2), "nor for ever");
}

#[test]
fn a_broken_entry_leaves_the_others() {
    for broken in [
        vec![0x00, 0xA1],
        vec![0x00],
        vec![],
        vec![0x00, 0x01],
        done(&cbor!({6 => 1, 7 => "no id"}).unwrap()),
        done(&cbor!({7 => {"id" => 5, "type" => "public-key"}}).unwrap()),
    ] {
        for at in 0..3 {
            let broken = broken.clone();
            let list = at_one_site(move |first, number| match number {
                _ if number == at => broken.clone(),
                0..3 => credential(user("ann"), number, first.then_some(3)),
                _ => vec![NOT_ALLOWED],
            });
            let list = list.unwrap();
            let found = list.sites[0].credentials.len();
            assert_eq!((found, list.unreadable), (2, 1), "entry {at}");
        }
    }
}

#[test]
fn a_broken_site_leaves_the_others() {
    for at in 0..3 {
        let list = list_of(Box::new(move |sub_command, number| match (sub_command, number) {
            (sub::GET_CREDS_METADATA, _) => metadata(3),
            (sub::ENUMERATE_RPS_BEGIN, _) if at == 0 => vec![0x00, 0xFF],
            (sub::ENUMERATE_RPS_BEGIN, _) => named_site("a.example", Some(3)),
            (sub::ENUMERATE_RPS_GET_NEXT_RP, 0..2) if number + 1 == at => vec![0x00, 0xFF],
            (sub::ENUMERATE_RPS_GET_NEXT_RP, 0..2) => named_site("b.example", None),
            (sub::ENUMERATE_CREDENTIALS_BEGIN, _) => credential(user("ann"), 0, Some(1)),
            _ => vec![NOT_ALLOWED],
        }));
        let list = list.unwrap();
        assert_eq!((list.sites.len(), list.unreadable), (2, 1), "site {at}");
    }
}

#[test]
fn a_site_without_a_name_that_can_be_read_is_listed_by_its_hash() {
    for rp in [cbor!("a.example"), cbor!({"id" => 7}), cbor!({}), cbor!(null)] {
        let rp = rp.unwrap();
        let list = list_of(Box::new(move |sub_command, _| match sub_command {
            sub::GET_CREDS_METADATA => metadata(1),
            sub::ENUMERATE_RPS_BEGIN => site(rp.clone(), "a.example", Some(1)),
            sub::ENUMERATE_CREDENTIALS_BEGIN => credential(Value::Null, 0, Some(1)),
            _ => vec![NOT_ALLOWED],
        }));
        let list = list.unwrap();
        let at = &list.sites[0];
        assert_eq!((at.site.rp_id.as_str(), at.site.is_whole(), at.credentials.len()), ("", false, 1));
        assert_eq!(at.site.rp_id_hash, <[u8; 32]>::from(Sha256::digest("a.example")));
        assert_eq!(at.credentials[0].cred_protect, Some(2), "what can be read of the entry is read");
    }
}

#[test]
fn names_come_as_they_are_and_are_shown_without_what_deceives() {
    let name = "bank\u{202E}moc.elpmaxe\u{200B}\u{1B}[31m";
    let list = at_one_site(move |_, number| credential(user(name), number, Some(1))).unwrap();
    let told = list.sites[0].credentials[0].user.name.clone().unwrap();
    assert_eq!(told, name);
    assert_eq!(printable(&told), "bankmoc.elpmaxe[31m");
}

/// A CTAP 2.0 key keeps 64 bytes of a name, wherever the 64th stands in a character.
#[test]
fn a_name_that_was_cut_in_a_character_is_listed() {
    let cut = |name: &[u8]| {
        let mut entry = credential(user("NAME"), 0, Some(1));
        let at = entry.windows(5).position(|window| window == b"\x64NAME").unwrap();
        entry.splice(at..at + 5, [&[0x60 + u8::try_from(name.len()).unwrap()], name].concat());
        entry
    };
    for (name, shown) in
        [(&b"Zo\xC3"[..], "Zo\u{FFFD}"), (b"\xF0\x9F\x94", "\u{FFFD}"), (b"\xFF\xFE", "\u{FFFD}\u{FFFD}")]
    {
        let entry = cut(name);
        let list = at_one_site(move |_, _| entry.clone()).unwrap();
        assert_eq!(list.sites[0].credentials[0].user.name.as_deref(), Some(shown));
        assert_eq!(list.unreadable, 0);
    }
}

#[test]
fn a_key_that_says_nothing_of_its_room_is_told() {
    let error = list_of(Box::new(|_, _| vec![0x00])).err().unwrap();
    assert_eq!(
        said(&error),
        "The key's answer to CredentialManagement is not as CTAP says: a required member is missing (CTAP status 0x14)."
    );
}
