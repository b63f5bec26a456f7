//! Statements of every format, and who signs them.

use authenticator::{
    Profile,
    attestation::{batch_certificate, ca_certificate},
    platform::Store,
    profile::{Enterprise, Signer},
    testing::{World, world},
};
use ctap::{
    Status,
    attestation::Statement,
    cose::{self, PublicKey},
    make_credential::Request,
};
use p256::ecdsa::{DerSignature, VerifyingKey, signature::Verifier};
use x509_cert::{
    Certificate,
    der::{Decode, Encode, asn1::OctetString},
    ext::pkix::BasicConstraints,
};

use crate::platform_side::*;

fn batch() -> Profile {
    let mut profile = Profile::device_bound();
    profile.attestation.signer = Signer::Batch;
    profile.attestation.formats = ["packed", "none", "fido-u2f"].map(str::to_owned).to_vec();
    profile
}

fn enterprise(enabled: bool) -> Profile {
    let mut profile = batch();
    profile.attestation.enterprise = Some(Enterprise { rp_ids: vec!["a".to_owned()], enabled });
    profile
}

fn key_of(certificate: &Certificate) -> VerifyingKey {
    let info = certificate.tbs_certificate().subject_public_key_info();
    VerifyingKey::from_sec1_bytes(info.subject_public_key.raw_bytes()).unwrap()
}

fn assert_signed(key: &VerifyingKey, message: &[u8], signature: &[u8]) {
    key.verify(message, &DerSignature::from_bytes(signature).unwrap()).unwrap();
}

/// WebAuthn §8.2.1, and the signature of the profile's CA.
fn assert_leaf(profile: &Profile, der: &[u8]) -> Certificate {
    let ca = Certificate::from_der(&ca_certificate(profile).unwrap()).unwrap();
    let leaf = Certificate::from_der(der).unwrap();
    let tbs = leaf.tbs_certificate();
    assert_signed(&key_of(&ca), &tbs.to_der().unwrap(), leaf.signature().raw_bytes());
    assert_eq!(tbs.issuer(), ca.tbs_certificate().subject());
    let subject = tbs.subject().to_string();
    for part in ["C=AQ", "O=Latchkey", "OU=Authenticator Attestation", "CN=Latchkey "] {
        assert!(subject.contains(part), "{subject}");
    }
    let (_, basic) = tbs.get_extension::<BasicConstraints>().unwrap().unwrap();
    assert!(!basic.ca);
    let aaguid = tbs.extensions().unwrap().iter();
    let aaguid = aaguid.clone().find(|of| of.extn_id.to_string() == "1.3.6.1.4.1.45724.1.1.4").unwrap();
    assert!(!aaguid.critical);
    let aaguid = OctetString::from_der(aaguid.extn_value.as_bytes()).unwrap();
    assert_eq!(aaguid.as_bytes(), profile.aaguid);
    leaf
}

fn packed(made: &Registered) -> (i64, &[u8], &[Vec<u8>]) {
    match &made.response.attestation {
        Statement::Packed { algorithm, signature, chain } => (*algorithm, signature, chain),
        other => panic!("{other:?}"),
    }
}

fn preferring(formats: &[&str], request: Request) -> Request {
    let attestation_formats_preference = formats.iter().map(|&format| format.to_owned()).collect();
    Request { attestation_formats_preference, ..request }
}

// proves: att-packed-self
#[test]
fn self_attestation_is_signed_by_the_credential() {
    let mut world = world(1);
    let made = make(&mut world, &register("a", 1)).unwrap();
    let (algorithm, signature, chain) = packed(&made);
    assert_eq!((algorithm, chain.len()), (cose::ES256, 0));
    check_signature(&made.key, &made.response.auth_data, signature);
}

// proves: att-packed-batch
#[test]
fn the_batch_certificate_is_that_of_the_model() {
    let mut world = World::with_profile(1, batch());
    let made = make(&mut world, &register("a", 1)).unwrap();
    let (algorithm, signature, chain) = packed(&made);
    assert_eq!(algorithm, cose::ES256);
    assert_eq!(chain, [batch_certificate(&batch()).unwrap()], "the same in every run");
    let leaf = assert_leaf(&batch(), &chain[0]);
    assert_signed(&key_of(&leaf), &[&made.response.auth_data[..], &HASH].concat(), signature);
    assert_eq!(made.auth_data.attested.unwrap().aaguid, batch().aaguid);
    assert_ne!(ca_certificate(&batch()), ca_certificate(&Profile::synced()), "each model has its own CA");
}

// proves: att-enterprise
#[test]
fn an_enterprise_attestation_names_the_key_to_the_sites_it_is_for() {
    let asking = |kind, rp_id| Request { enterprise_attestation: Some(kind), ..register(rp_id, 1) };
    let mut world = World::with_profile(1, enterprise(true));
    let vendor_facilitated = make(&mut world, &asking(1, "a")).unwrap();
    let platform_managed = make(&mut world, &asking(2, "b")).unwrap();
    for made in [&vendor_facilitated, &platform_managed] {
        assert_eq!(made.response.ep_att, Some(true));
        let leaf = assert_leaf(&batch(), &packed(made).2[0]);
        let subject = leaf.tbs_certificate().subject().to_string();
        assert!(
            subject.to_lowercase().contains("serialnumber=") || subject.contains("2.5.4.5="),
            "{subject}"
        );
        assert_signed(&key_of(&leaf), &[&made.response.auth_data[..], &HASH].concat(), packed(made).1);
    }
    assert_eq!(packed(&vendor_facilitated).2, packed(&platform_managed).2, "one key, one certificate");
    let usual = make(&mut world, &asking(1, "b")).unwrap();
    assert_eq!(usual.response.ep_att, None);
    assert_eq!(packed(&usual).2, [batch_certificate(&batch()).unwrap()]);
    assert_eq!(make(&mut world, &asking(3, "a")).err(), Some(Status::INVALID_OPTION));

    let mut another = World::with_profile(2, enterprise(true));
    let elsewhere = make(&mut another, &asking(1, "a")).unwrap();
    assert_ne!(packed(&elsewhere).2, packed(&vendor_facilitated).2, "another key has another certificate");
}

// proves: att-enterprise
#[test]
fn enterprise_attestation_waits_until_it_is_enabled() {
    let asking = Request { enterprise_attestation: Some(1), ..register("a", 1) };
    let mut incapable = World::with_profile(1, batch());
    assert_eq!(make(&mut incapable, &asking).err(), Some(Status::INVALID_PARAMETER));
    let mut world = World::with_profile(1, enterprise(false));
    assert_eq!(make(&mut world, &asking).err(), Some(Status::INVALID_PARAMETER));
    world.store.update_state(&mut |state| state.enterprise_attestation = true).unwrap();
    assert_eq!(make(&mut world, &asking).unwrap().response.ep_att, Some(true));
}

// proves: att-fido-u2f
#[test]
fn fido_u2f_signs_what_u2f_would() {
    let mut world = World::with_profile(1, batch());
    let made = make(&mut world, &preferring(&["fido-u2f"], register("a", 1))).unwrap();
    let Statement::FidoU2f { signature, certificate } = &made.response.attestation else {
        panic!("{:?}", made.response.attestation)
    };
    let PublicKey::P256 { x, y, .. } = &made.key else { panic!("{:?}", made.key) };
    let message = [&[0][..], &made.auth_data.rp_id_hash, &HASH, &made.id, &[4], x, y].concat();
    assert_signed(&key_of(&assert_leaf(&batch(), certificate)), &message, signature);
    assert_eq!(made.auth_data.attested.as_ref().unwrap().aaguid, [0; 16]);

    let ed25519 = Request { algorithms: vec![cose::EDDSA], ..register("a", 1) };
    let made = make(&mut world, &preferring(&["fido-u2f"], ed25519)).unwrap();
    assert_eq!(packed(&made).2.len(), 1, "U2F knows ES256 alone; the key's own first format instead");
}

// proves: att-formats-preference, att-none
#[test]
fn the_platforms_first_format_that_the_key_has_is_taken() {
    let mut world = World::with_profile(1, batch());
    for (preference, format) in [
        (&[][..], "packed"),
        (&["none"], "none"),
        (&["tpm", "none", "packed"], "none"),
        (&["fido-u2f", "none"], "fido-u2f"),
        (&["tpm"], "packed"),
    ] {
        let made = make(&mut world, &preferring(preference, register("a", 1))).unwrap();
        assert_eq!(made.response.attestation.encode().0, format, "{preference:?}");
    }
}
