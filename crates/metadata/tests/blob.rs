//! BLOBs of a metadata service of the tests' own: those that hold, and every way in which one does not.

use std::sync::LazyLock;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jiff::Timestamp;
use metadata::{
    Anchor, Blob, Catalogue, Error, File, List, Root, Severity, Source, aaguid,
    testing::{Algorithm, Service},
};
use serde_json::{Value, json};

const KEY: &str = "0102aabb-0000-4000-8000-000000000001";
const ICON: &str = "data:image/svg+xml;base64,PHN2Zz48L3N2Zz4=";

static RSA: LazyLock<Service> = LazyLock::new(|| Service::new(Algorithm::Rs256));

fn now() -> Timestamp {
    "2026-06-01T12:00:00Z".parse().unwrap()
}

fn entry(aaguid: &str, description: &str) -> Value {
    json!({
        "aaguid": aaguid,
        "metadataStatement": {
            "description": description,
            "icon": ICON,
            "attestationRootCertificates": ["AAEC\nAw=="],
            "authenticatorGetInfo": {"versions": ["FIDO_2_0"], "aaguid": aaguid.replace('-', "")},
            "ofTomorrow": {"deep": [[[]]]},
        },
        "statusReports": [{"status": "FIDO_CERTIFIED_L1", "effectiveDate": "2024-02-03", "certificateNumber": "F-1"}],
        "timeOfLastStatusChange": "2024-02-03",
        "ofTomorrow": null,
    })
}

fn payload(entries: &[Value]) -> Value {
    json!({"legalHeader": "…", "no": 42, "nextUpdate": "2026-06-30", "ofTomorrow": 1, "entries": entries})
}

fn good() -> Value {
    payload(&[entry(KEY, "A key of tests")])
}

fn verified(entries: &[Value]) -> Blob {
    let text = RSA.blob(&payload(entries));
    Blob::verify(text.as_bytes(), &[RSA.own_root()], now())
        .map_or_else(|error| panic!("{error}"), |(blob, _)| blob)
}

fn refusal(blob: &str, roots: &[Root]) -> Error {
    match Blob::verify(blob.as_bytes(), roots, now()) {
        Ok((_, anchor)) => panic!("it was taken, under {anchor:?}"),
        Err(error) => error,
    }
}

#[test]
fn both_algorithms_hold_under_both_kinds_of_root() {
    for service in [&*RSA, &Service::new(Algorithm::Es256)] {
        let text = format!("{}\n", service.blob(&good()));
        let (blob, anchor) = Blob::verify(text.as_bytes(), &[service.fido_root()], now()).ok().unwrap();
        assert_eq!(anchor, Anchor::Fido("a root of tests"));
        assert_eq!((blob.number, blob.len(), blob.skipped.len()), (42, 1, 0));
        assert!(!blob.is_stale(now()) && blob.is_stale("2026-07-01T00:00:00Z".parse().unwrap()));

        let mut roots = Root::of_fido();
        roots.extend(Root::from_file(service.root_pem().as_bytes()).unwrap());
        let (_, anchor) = Blob::verify(text.as_bytes(), &roots, now()).ok().unwrap();
        assert!(matches!(anchor, Anchor::Own(hash) if hash.len() == 64));
        assert!(matches!(File::read(text.as_bytes(), &roots, now()), Ok(File::Blob(..))));
    }
}

#[test]
fn what_the_blob_says_of_a_model_is_shown() {
    let blob = verified(&[entry(KEY, "A key of tests")]);
    let catalogue = Catalogue { blob: Some(blob), ..Catalogue::default() };
    let key = aaguid::parse(KEY).unwrap();
    let model = catalogue.model(key).unwrap();
    assert_eq!(
        (model.name.as_str(), model.source, model.claimed),
        ("A key of tests", Source::Metadata, true)
    );
    assert_eq!(model.icon.as_ref().unwrap().to_data_url(), ICON);
    let certification = model.certification.clone().unwrap();
    assert_eq!(certification.name, "FIDO Certified Level 1");
    assert_eq!(certification.number.as_deref(), Some("F-1"));
    assert_eq!(model.status_changed.unwrap().to_string(), "2024-02-03");
    assert!(model.statement.is_some() && model.danger().is_none());
    assert!(!model.attested().claimed);
    assert_eq!(catalogue.attestation_roots(key), [[0, 1, 2, 3]]);
}

#[test]
fn a_change_anywhere_is_noticed() {
    for service in [&*RSA, &Service::new(Algorithm::Es256)] {
        let roots = [service.own_root()];
        let other = service.blob(&payload(&[entry(KEY, "Another key")]));
        let text = service.blob(&good());
        let (parts, others): (Vec<_>, Vec<_>) = (text.split('.').collect(), other.split('.').collect());
        let swapped = format!("{}.{}.{}", parts[0], others[1], parts[2]);
        assert_eq!(refusal(&swapped, &roots), Error::Signature);
        let cut = format!("{}.{}.{}", parts[0], parts[1], &parts[2][..parts[2].len() - 4]);
        assert_eq!(refusal(&cut, &roots), Error::Signature);
        let unsigned = format!("{}.{}.", parts[0], parts[1]);
        assert_eq!(refusal(&unsigned, &roots), Error::Signature);
    }
}

#[test]
fn another_root_or_host_does_not_do() {
    let text = RSA.blob(&good());
    assert_eq!(refusal(&text, &Root::of_fido()), Error::UnknownRoot);
    assert_eq!(refusal(&text, &[]), Error::UnknownRoot);
    // It has the right name and another key.
    let namesake = Service::new(Algorithm::Es256).fido_root();
    assert!(matches!(refusal(&text, &[namesake]), Error::UnknownRoot | Error::Chain(_)));

    let elsewhere = Service::named(Algorithm::Es256, "mds.fidoalliance.org.example.com", 2036);
    let text = elsewhere.blob(&good());
    assert_eq!(refusal(&text, &[elsewhere.fido_root()]), Error::Host);
    assert!(Blob::verify(text.as_bytes(), &[elsewhere.own_root()], now()).is_ok());
}

#[test]
fn the_certificates_have_their_time() {
    let ended = Service::named(Algorithm::Es256, "mds.fidoalliance.org", 2025);
    let mut roots = Root::of_fido();
    roots.push(ended.fido_root());
    let text = ended.blob(&good());
    assert_eq!(refusal(&text, &roots), Error::Expired("2025-01-01T00:00:00Z".parse().unwrap()));
    let at = |time: &str| Blob::verify(text.as_bytes(), &roots, time.parse().unwrap());
    assert!(matches!(at("2019-06-01T00:00:00Z"), Err(Error::NotYet(_))));
    assert!(at("2024-06-01T00:00:00Z").is_ok());
}

#[test]
fn headers_that_do_not_say_who_signed_are_refused() {
    let roots = [RSA.own_root()];
    let text = RSA.blob(&good());
    let header = BASE64_URL_SAFE_NO_PAD.decode(text.split('.').next().unwrap()).unwrap();
    let chain = serde_json::from_slice::<Value>(&header).unwrap()["x5c"].clone();
    let refused = |header: Value| refusal(&RSA.jwt(&header, &good()), &roots);
    assert_eq!(refused(json!({"alg": "RS256"})), Error::NoChain);
    assert_eq!(refused(json!({"alg": "RS256", "x5c": []})), Error::NoChain);
    assert_eq!(refused(json!({"alg": "none", "x5c": chain})), Error::NotSigned);
    assert_eq!(refused(json!({"alg": "nOnE"})), Error::NotSigned);
    assert_eq!(refused(json!({"alg": "HS256", "x5c": chain})), Error::Algorithm("HS256".to_owned()));
    // The signer's key is of another kind than the header says.
    assert_eq!(refused(json!({"alg": "ES256", "x5c": chain})), Error::Signature);
    assert!(matches!(refused(json!({"alg": "RS256", "x5c": chain, "crit": ["x"]})), Error::Jwt(_)));
    assert!(matches!(refused(json!({"alg": "RS256", "x5c": ["AAAA"]})), Error::Certificate(_)));
    assert!(matches!(refused(json!({"alg": "RS256", "x5c": ["?"]})), Error::Certificate(_)));
    assert!(matches!(refused(json!({"alg": "RS256", "x5c": vec![chain[0].clone(); 11]})), Error::Chain(_)));
    // The authority's certificate in the signer's place.
    assert!(matches!(refused(json!({"alg": "RS256", "x5c": [chain[1]]})), Error::Chain(_)));
    // Without the authority between them, nothing leads to the root.
    assert_eq!(refused(json!({"alg": "RS256", "x5c": [chain[0]]})), Error::UnknownRoot);
    assert!(matches!(refused(json!({"x5c": chain})), Error::Jwt(_)));
    for text in ["", "a", "a.b", "a.b.c.d", "eyJ.e30.", "e30.e30.e30", "....."] {
        assert!(matches!(refusal(text, &roots), Error::Jwt(_)), "{text}");
    }
}

#[test]
fn one_entry_that_cannot_be_read_costs_no_other() {
    let blob = verified(&[
        json!({"aaguid": "nonsense"}),
        entry(KEY, "A key of tests"),
        json!({"statusReports": []}),
        json!("no object"),
        json!({"aaguid": "0102aabb-0000-4000-8000-000000000002", "statusReports": 7}),
        json!({"aaid": "0001#0001", "metadataStatement": {"description": "UAF"}}),
    ]);
    assert_eq!(blob.len(), 2);
    let places: Vec<_> = blob.skipped.iter().map(|skipped| skipped.place).collect();
    assert_eq!(places, [0, 2, 3, 4], "{:?}", blob.skipped);
    assert!(blob.skipped[0].reason.contains("nonsense"));

    let wrong = [
        json!([]),
        json!({"no": 1}),
        json!({"no": -1, "nextUpdate": "2026-01-01", "entries": []}),
        json!({"no": 1, "nextUpdate": "soon", "entries": []}),
    ];
    for payload in wrong {
        let error = refusal(&RSA.blob(&payload), &[RSA.own_root()]);
        assert!(matches!(error, Error::Content(_)), "{payload}: {error}");
    }
}

#[test]
fn a_revoked_model_is_a_danger_and_a_u2f_key_is_found_by_its_certificate() {
    let mut revoked = entry(KEY, "A key of tests");
    revoked["statusReports"] = json!([
        {"status": "FIDO_CERTIFIED_L2", "effectiveDate": "2020-01-01"},
        {"status": "USER_VERIFICATION_BYPASS", "effectiveDate": "2023-01-01"},
        {"status": "REVOKED", "effectiveDate": "2025-05-06"},
    ]);
    let u2f = json!({
        "attestationCertificateKeyIdentifiers": ["00112233445566778899aabbccddeeff00112233"],
        "metadataStatement": {"description": "A key of U2F"},
    });
    let catalogue = Catalogue { blob: Some(verified(&[revoked, u2f])), ..Catalogue::default() };
    let model = catalogue.model(aaguid::parse(KEY).unwrap()).unwrap();
    let danger = model.danger().unwrap();
    assert_eq!((danger.status.as_str(), danger.severity), ("REVOKED", Severity::Danger));
    assert_eq!(danger.date.unwrap().to_string(), "2025-05-06");
    assert_eq!(model.reports.len(), 2);

    let mut identifier = [0; 20];
    for (byte, digit) in identifier.iter_mut().zip((0..16).chain(0..4)) {
        *byte = digit * 0x11;
    }
    assert_eq!(catalogue.model_by_certificate(identifier).unwrap().name, "A key of U2F");
    assert_eq!(catalogue.model_by_certificate([0; 20]), None);
    assert_eq!(catalogue.model(aaguid::NONE), None);
}

#[test]
fn the_verified_file_comes_before_lists_and_lists_before_the_table() {
    let key = "ee882879-721c-4913-9775-3dfcce97072a";
    let list = |member: Value| List::read(json!({ key: member }).to_string().as_bytes()).ok();
    let mut catalogue = Catalogue::default();
    let said = |catalogue: &Catalogue| {
        let model = catalogue.model(aaguid::parse(key).unwrap()).unwrap();
        (model.name, model.source)
    };
    assert_eq!(said(&catalogue), ("YubiKey 5 Series".to_owned(), Source::Common));
    catalogue.community = list(json!({"name": "Community"}));
    assert_eq!(said(&catalogue), ("Community".to_owned(), Source::Community));
    catalogue.convenience = list(json!({"friendlyNames": {"en": "Convenience"}}));
    assert_eq!(said(&catalogue), ("Convenience".to_owned(), Source::Convenience));
    // A verified entry without a name has that of the next file.
    catalogue.blob = Some(verified(&[json!({"aaguid": key, "statusReports": []})]));
    assert_eq!(said(&catalogue), ("Convenience".to_owned(), Source::Metadata));
    catalogue.blob = Some(verified(&[entry(key, "Verified")]));
    assert_eq!(said(&catalogue), ("Verified".to_owned(), Source::Metadata));
}

#[test]
fn five_hundred_entries_are_all_there() {
    let of = |place: u32| format!("0102aabb-0000-4000-8000-{place:012x}");
    let entries: Vec<_> = (0..500).map(|place| entry(&of(place), &format!("Model {place}"))).collect();
    let blob = verified(&entries);
    assert_eq!((blob.len(), blob.skipped.len()), (500, 0));
    let catalogue = Catalogue { blob: Some(blob), ..Catalogue::default() };
    for place in 0..500 {
        let model = catalogue.model(aaguid::parse(&of(place)).unwrap()).unwrap();
        assert_eq!(model.name, format!("Model {place}"));
    }
}
