//! Vectors: WebAuthn Level 3 §16.17.1.2 (the PRF extension mapped to CTAP2 hmac-secret), python-fido2 2.2.1
//! `tests/test_ctap2.py` (protocol one), RFC 4231 (HMAC).

use super::{KeyAgreement, SharedSecret, Version, authenticate, verify};
use crate::{Status, cose};
use proptest::prelude::*;

const SALTS: &str = "527413ebb48293772df30f031c5ac4650c7de14bf9498671ae163447b6a772b3\
                     d68ac03329a10ee5e0ec834492bb9a96a0e547baf563bf78ccbe8789b22e776b";
const OUTPUTS: &str = "3c33e07d202c3b029cc21f1722767021bf27d595933b3d2b6a1b9d5dddc77fae\
                       a62a8773b19cda90d7ed4ef72a80a804320dbd3997e2f663805ad1fd3293d50b";

#[test]
fn protocol_one_agrees_with_webauthn() {
    let secret = webauthn_secret(Version::One);
    let shared = unhex("23e5ed7157c25892b77732fb9c8a107e3518800db2af4142f9f4adfacb771d39");
    assert_eq!(secret.aes_key.to_vec(), shared);
    assert_eq!(secret.hmac_key.to_vec(), shared);
    let (salt, output) = (&unhex(SALTS)[..32], &unhex(OUTPUTS)[..32]);
    let salt_enc = unhex("ab8c878bb05d04700f077ed91845ec9c503c925cb12b327ddbeb4243c397f913");
    let output_enc = unhex("15d4e4f3f04109b492b575c1b38c28585b6719cf8d61304215108d939f37ccfb");
    assert_eq!(secret.encrypt(&[9; 16], salt).unwrap(), salt_enc, "the vector given is not used");
    assert_eq!(secret.decrypt(&salt_enc).unwrap().as_slice(), salt);
    assert_eq!(secret.decrypt(&output_enc).unwrap().as_slice(), output);
}

#[test]
fn protocol_two_agrees_with_webauthn() {
    let secret = webauthn_secret(Version::Two);
    let shared = unhex(
        "0c63083de8170101d38bcf8bd72309568ddb4550867e23404b35d85712f7c20d\
         8bc911ee23c06034cbc14290b9669bec07739053c5a416e313ef905c79955876",
    );
    assert_eq!([secret.hmac_key, secret.aes_key].concat(), shared);
    for (plain, encrypted) in [
        (
            &unhex(SALTS)[..32],
            "23dde5e3462daf36559b85c4ac5f9656aa9bfd81c1dc2bf8533c8b9f3882854786b4f500e25b4e3d81f7fc7c74236229",
        ),
        (
            &unhex(OUTPUTS)[..32],
            "3bfaa48f7952330d63e35ff8cd5bca48d2a12823828915749287256ab146272f9fb437bf65691243c3f504bd7ea6d5e6",
        ),
        (
            &unhex(SALTS)[..],
            "d9f4236403e0fe843a8e4e5be764d120904c198ad6e77b089876a3391961f183b0008b4ca66b91cd72aa35b6151ff981\
             f6e5649f3c040e6615ad7dd8ae96ef23b229a5c97c3f0dcd8605eee166ce163a",
        ),
        (
            &unhex(OUTPUTS)[..],
            "90ee52f739043bc17b3488a74306d7801debb5b61f18662c648a25b5b5678ede482cdaff99a537a44f064fcb10ce6e04\
             dfd27619dc96a0daff8507e499296b1eecf0981f7c8518b277a7a3018f5ec6fb",
        ),
    ] {
        let encrypted = unhex(encrypted);
        assert_eq!(secret.decrypt(&encrypted).unwrap().as_slice(), plain);
        let iv = encrypted[..16].try_into().unwrap();
        assert_eq!(secret.encrypt(&iv, plain).unwrap(), encrypted);
    }
}

#[test]
fn protocol_one_agrees_with_python_fido2() {
    let own =
        KeyAgreement::from_random(&array("7452e599fee739d8a653f6a507343d12d382249108a651402520b72f24fe7684"))
            .unwrap();
    let peer = cose::PublicKey::P256 {
        algorithm: cose::ECDH_ES_HKDF_256,
        x: array("0501d5bc78da9252560a26cb08fcc60cbe0b6d3b8e1d1fcee514fac0af675168"),
        y: array("d551b3ed46f665731f95b4532939c25d91db7eb844bd96d4abd4083785f8df47"),
    };
    let cose::PublicKey::P256 { x, y, .. } = own.public_key() else { panic!("no P-256 key") };
    assert_eq!(x, array("44d78d7989b97e62ea993496c9ef6e8fd58b8b00715f9a89153ddd9c4657e47f"));
    assert_eq!(y, array("ec802ee7d22bd4e100f12e48537eb4e7e96ed3a47a0a3bd5f5eeab65001664f9"));
    let secret = own.shared_secret(Version::One, &peer).unwrap();
    let shared = "c42a039d548100dfba521e487debcbbb8b66bb7496f8b1862a7a395ed83e1a1c";
    assert_eq!(secret.aes_key, array(shared));
    let token_enc = unhex("7a9f98e31b77be90f9c64d12e9635040");
    assert_eq!(*secret.decrypt(&token_enc).unwrap(), unhex("aff12c6dcfbf9df52f7a09211e8865cd"));
}

/// RFC 4231 §4.2 has a key of 20 bytes; HMAC pads it with zeroes to whatever is shorter than a block.
#[test]
fn authenticate_is_hmac_sha_256() {
    let mut token = [0; 32];
    token[..20].fill(0x0B);
    let whole = unhex("b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    assert_eq!(authenticate(Version::Two, &token, b"Hi There"), whole);
    assert_eq!(authenticate(Version::One, &token, b"Hi There"), whole[..16]);
    assert!(verify(Version::Two, &token, b"Hi There", &whole));
    assert!(!verify(Version::Two, &token, b"Hi There", &whole[..16]), "half a proof is none");
    assert!(!verify(Version::One, &token, b"Hi There", &whole));
    assert!(!verify(Version::One, &token, b"Hi there", &whole[..16]));
}

#[test]
fn a_peer_off_the_curve_is_refused() {
    let own = KeyAgreement::from_random(&[1; 32]).unwrap();
    let point = cose::PublicKey::P256 { algorithm: cose::ECDH_ES_HKDF_256, x: [1; 32], y: [1; 32] };
    let ed25519 = cose::PublicKey::Ed25519 { x: [1; 32] };
    for peer in [point, ed25519] {
        assert_eq!(own.shared_secret(Version::Two, &peer).err(), Some(Status::INVALID_PARAMETER));
    }
    assert!(KeyAgreement::from_random(&[0; 32]).is_none());
    assert!(KeyAgreement::from_random(&[0xFF; 32]).is_none());
}

#[test]
fn wrong_lengths_are_refused() {
    for version in [Version::One, Version::Two] {
        let secret = webauthn_secret(version);
        assert_eq!(secret.encrypt(&[0; 16], &[0; 17]), Err(Status::INVALID_PARAMETER));
        assert_eq!(secret.decrypt(&[0; 17]).err(), Some(Status::INVALID_PARAMETER));
    }
    assert_eq!(webauthn_secret(Version::Two).decrypt(&[0; 15]).err(), Some(Status::INVALID_PARAMETER));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn both_sides_agree(
        platform in any::<[u8; 32]>(),
        key in any::<[u8; 32]>(),
        iv in any::<[u8; 16]>(),
        blocks in proptest::collection::vec(any::<[u8; 16]>(), 0..5),
        two in any::<bool>(),
    ) {
        let version = if two { Version::Two } else { Version::One };
        let (Some(platform), Some(key)) = (KeyAgreement::from_random(&platform), KeyAgreement::from_random(&key)) else {
            return Ok(());
        };
        let ours = platform.shared_secret(version, &key.public_key()).unwrap();
        let theirs = key.shared_secret(version, &platform.public_key()).unwrap();
        let plaintext = blocks.concat();
        let ciphertext = ours.encrypt(&iv, &plaintext).unwrap();
        prop_assert_eq!(&*theirs.decrypt(&ciphertext).unwrap(), &plaintext);
        prop_assert!(theirs.verify(&ciphertext, &ours.authenticate(&ciphertext)));
    }
}

fn webauthn_secret(version: Version) -> SharedSecret {
    let platform =
        KeyAgreement::from_random(&array("0971bc7fb1be48270adcd3d9a5fc15d5fb0f335b3071ff36a54c007fa6c76514"))
            .unwrap();
    let key = cose::PublicKey::P256 {
        algorithm: cose::ECDH_ES_HKDF_256,
        x: array("a30522c2de402b561965c3cf949a1cab020c6f6ea36fcf7e911ac1a0f1515300"),
        y: array("9961a929abdb2f42e6566771887d41484d889e735e3248518a53112d2b915f00"),
    };
    platform.shared_secret(version, &key).unwrap()
}

fn array(hex: &str) -> [u8; 32] {
    unhex(hex).try_into().unwrap()
}

fn unhex(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}
