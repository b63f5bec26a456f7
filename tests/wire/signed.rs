//! What a relying party reads: authenticator data (WebAuthn §6.1), the public key in it, and who signed.

use ciborium::Value;
use p256::ecdsa::signature::Verifier;
use sha2::{Digest, Sha256};

use super::{
    cbor::{decode, member, named},
    request::{EDDSA, ES256, RP_ID},
};

pub(crate) const UP: u8 = 0x01;
pub(crate) const UV: u8 = 0x04;
pub(crate) const BE: u8 = 0x08;
pub(crate) const AT: u8 = 0x40;

/// A registration that was checked: the response is of makeCredential.
pub(crate) struct Registered {
    pub(crate) id: Vec<u8>,
    pub(crate) aaguid: String,
    pub(crate) flags: u8,
    pub(crate) sign_count: u32,
    public_key: Value,
}

impl Registered {
    /// Reads the response and checks its self attestation (WebAuthn §8.2).
    pub(crate) fn checked(response: &[u8], client_data_hash: &[u8]) -> Self {
        let response = decode(response);
        assert_eq!(member(&response, 1), Some(&Value::from("packed")));
        let auth_data = member(&response, 2).unwrap().as_bytes().unwrap();
        let (flags, sign_count) = header(auth_data);
        assert_eq!(flags & AT, AT);
        let id_length = usize::from(u16::from_be_bytes([auth_data[53], auth_data[54]]));
        let id = auth_data[55..55 + id_length].to_vec();
        let public_key = decode(&auth_data[55 + id_length..]);
        let aaguid = auth_data[37..53].iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"));

        let statement = member(&response, 3).unwrap();
        assert_eq!(
            named(statement, "alg"),
            member(&public_key, 3),
            "the attestation is the credential's own"
        );
        assert_eq!(named(statement, "x5c"), None);
        let registered = Self { id, aaguid, flags, sign_count, public_key };
        let signature = named(statement, "sig").unwrap().as_bytes().unwrap();
        registered.assert_signed(auth_data, client_data_hash, signature);
        registered
    }

    /// Checks an assertion of this credential and returns its flags and counter.
    pub(crate) fn check_assertion(&self, response: &[u8], client_data_hash: &[u8]) -> (u8, u32) {
        let response = decode(response);
        let credential = member(&response, 1).unwrap();
        assert_eq!(named(credential, "id").unwrap().as_bytes().unwrap(), &self.id);
        assert_eq!(named(credential, "type"), Some(&Value::from("public-key")));
        let auth_data = member(&response, 2).unwrap().as_bytes().unwrap();
        assert_eq!(auth_data.len(), 37, "no attested credential data in an assertion");
        self.assert_signed(auth_data, client_data_hash, member(&response, 3).unwrap().as_bytes().unwrap());
        header(auth_data)
    }

    fn assert_signed(&self, auth_data: &[u8], client_data_hash: &[u8], signature: &[u8]) {
        let message = [auth_data, client_data_hash].concat();
        let coordinate = |label| member(&self.public_key, label).unwrap().as_bytes().unwrap().as_slice();
        let algorithm = i64::try_from(member(&self.public_key, 3).unwrap().as_integer().unwrap()).unwrap();
        match algorithm {
            ES256 => {
                let point = [&[0x04], coordinate(-2), coordinate(-3)].concat();
                let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(&point).unwrap();
                key.verify(&message, &p256::ecdsa::Signature::from_der(signature).unwrap()).unwrap();
            }
            EDDSA => {
                let key =
                    ed25519_dalek::VerifyingKey::from_bytes(coordinate(-2).try_into().unwrap()).unwrap();
                key.verify_strict(&message, &ed25519_dalek::Signature::from_slice(signature).unwrap())
                    .unwrap();
            }
            other => panic!("nobody asked for algorithm {other}"),
        }
    }
}

/// Flags and counter, for the right site.
fn header(auth_data: &[u8]) -> (u8, u32) {
    assert_eq!(auth_data[..32], Sha256::digest(RP_ID.as_bytes())[..]);
    (auth_data[32], u32::from_be_bytes(auth_data[33..37].try_into().unwrap()))
}
