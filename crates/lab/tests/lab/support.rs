//! A key in software and its browser: the ceremony's other side.

use ctap::{
    attestation::Statement,
    auth_data::{AttestedCredential, AuthenticatorData, Flags},
    cose::{self, PublicKey},
    entity::{Descriptor, User},
    get_assertion, make_credential,
};
use p256::ecdsa::{Signature, SigningKey, signature::Signer as _};
use webauthn::{
    authentication::{AuthenticationResponseJSON, PublicKeyCredentialRequestOptionsJSON},
    client::{Authentication, Capabilities, Registration},
    registration::{PublicKeyCredentialCreationOptionsJSON, RegistrationResponseJSON},
};

const ABLE: Capabilities = Capabilities { discoverable: true, user_verification: true };

/// A key with one credential, whose flags and counter are open to change.
pub(crate) struct SoftwareKey {
    pub(crate) flags: u8,
    pub(crate) counts: bool,
    pub(crate) sign_count: u32,
    pub(crate) user_handle: Vec<u8>,
    private: SigningKey,
    id: Vec<u8>,
    aaguid: [u8; 16],
}

impl SoftwareKey {
    /// BE 0, counting from 1.
    pub(crate) fn device_bound(seed: u8) -> Self {
        Self {
            flags: Flags::UP | Flags::UV,
            counts: true,
            sign_count: 0,
            user_handle: vec![],
            private: SigningKey::from_slice(&[seed; 32]).unwrap(),
            id: vec![seed; 32],
            aaguid: [seed; 16],
        }
    }

    /// BE 1, BS 1, counter 0.
    pub(crate) fn synced(seed: u8) -> Self {
        Self {
            flags: Flags::UP | Flags::UV | Flags::BE | Flags::BS,
            counts: false,
            ..Self::device_bound(seed)
        }
    }

    pub(crate) fn create(
        &mut self,
        options: &PublicKeyCredentialCreationOptionsJSON,
        origin: &str,
    ) -> RegistrationResponseJSON {
        let registration = Registration::begin(options, origin, ABLE).unwrap();
        self.user_handle.clone_from(&registration.request.user.id);
        let point = self.private.verifying_key().to_sec1_point(false);
        let key = PublicKey::P256 {
            algorithm: cose::ES256,
            x: point.as_bytes()[1..33].try_into().unwrap(),
            y: point.as_bytes()[33..].try_into().unwrap(),
        };
        let attested = AttestedCredential {
            aaguid: self.aaguid,
            credential_id: self.id.clone(),
            public_key: key.encode(),
        };
        let auth_data = self.auth_data(&registration.request.rp.id, Some(attested));
        let response = make_credential::Response {
            auth_data,
            attestation: Statement::None,
            ep_att: None,
            large_blob_key: None,
            unsigned_extension_outputs: ctap::extension::UnsignedOutputs::default(),
        };
        registration.finish(response, &["usb".to_owned()]).unwrap()
    }

    pub(crate) fn get(
        &mut self,
        options: &PublicKeyCredentialRequestOptionsJSON,
        origin: &str,
    ) -> AuthenticationResponseJSON {
        let authentication = Authentication::begin(options, origin, ABLE).unwrap();
        let auth_data = self.auth_data(&authentication.request.rp_id, None);
        let message = [auth_data.as_slice(), &authentication.request.client_data_hash].concat();
        let signature: Signature = self.private.sign(&message);
        authentication.finish(get_assertion::Response {
            credential: Descriptor { id: self.id.clone() },
            auth_data,
            signature: signature.to_der().as_bytes().to_vec(),
            user: Some(User { id: self.user_handle.clone(), name: None, display_name: None }),
            number_of_credentials: None,
            user_selected: None,
            large_blob_key: None,
            unsigned_extension_outputs: ctap::extension::UnsignedOutputs::default(),
        })
    }

    fn auth_data(&mut self, rp_id: &str, attested: Option<AttestedCredential>) -> Vec<u8> {
        use sha2::Digest as _;
        self.sign_count += u32::from(self.counts);
        AuthenticatorData {
            rp_id_hash: sha2::Sha256::digest(rp_id).into(),
            flags: Flags(self.flags),
            sign_count: self.sign_count,
            attested,
            extensions: None,
        }
        .encode()
    }
}
