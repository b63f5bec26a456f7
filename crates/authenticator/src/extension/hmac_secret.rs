//! The `hmac-secret` and `hmac-secret-mc` extensions (§12.7, §12.8).

use ctap::{
    Status,
    extension::{HmacSecretInput, MakeCredentialInputs},
    pin_protocol::{SharedSecret, Version},
};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::{
    Authenticator,
    credential::{CredRandom, Credential},
    platform::Rng,
};

/// One salt or two, of this many bytes each.
const SALT_LENGTH: usize = 32;

/// The platform's salts, and the secret under which the outputs go back.
pub(crate) struct Salts {
    shared_secret: SharedSecret,
    salts: Zeroizing<Vec<u8>>,
}

impl Authenticator {
    /// Checks and opens the extension's input.
    ///
    /// # Errors
    /// `INVALID_PARAMETER` for a key that is no point, `PIN_AUTH_INVALID` for a wrong proof,
    /// `INVALID_LENGTH` for anything but one salt or two.
    pub(crate) fn open_salts(&self, input: &HmacSecretInput) -> Result<Salts, Status> {
        let version = input.pin_uv_auth_protocol.unwrap_or(Version::One);
        let key = self.state.key_agreements.of(version);
        let shared_secret = key.shared_secret(version, &input.key_agreement)?;
        if !shared_secret.verify(&input.salt_enc, &input.salt_auth) {
            return Err(Status::PIN_AUTH_INVALID);
        }
        let salts = shared_secret.decrypt(&input.salt_enc).map_err(|_| Status::INVALID_LENGTH)?;
        if salts.len() != SALT_LENGTH && salts.len() != 2 * SALT_LENGTH {
            return Err(Status::INVALID_LENGTH);
        }
        Ok(Salts { shared_secret, salts })
    }
}

impl Authenticator {
    /// `hmac-secret-mc`: the outputs for salts that come with the registration.
    ///
    /// # Errors
    /// `MISSING_PARAMETER` without `hmac-secret`, which makes the seeds, and as [`Authenticator::open_salts`].
    pub(crate) fn hmac_secret_when_made(
        &self,
        inputs: &MakeCredentialInputs,
        credential: &Credential,
        verified: bool,
    ) -> Result<Option<Vec<u8>>, Status> {
        let Some(input) = &inputs.hmac_secret_mc else { return Ok(None) };
        let seeds = credential.cred_random.as_ref().ok_or(Status::MISSING_PARAMETER)?;
        self.open_salts(input)?.output(seeds, verified, &*self.platform.rng).map(Some)
    }
}

impl Salts {
    /// encrypt(shared secret, output1 [|| output2]), each output HMAC-SHA-256(CredRandom, salt).
    pub(crate) fn output(
        &self,
        seeds: &CredRandom,
        verified: bool,
        rng: &dyn Rng,
    ) -> Result<Vec<u8>, Status> {
        let seed = if verified { &seeds.with_uv } else { &seeds.without_uv };
        let mut outputs = Zeroizing::new(Vec::with_capacity(self.salts.len()));
        for salt in self.salts.chunks(SALT_LENGTH) {
            outputs.extend_from_slice(&hmac_sha256(seed, salt));
        }
        let mut iv = [0; 16];
        rng.fill(&mut iv);
        self.shared_secret.encrypt(&iv, &outputs)
    }
}

/// HMAC-SHA-256(key, message)
pub(crate) fn hmac_sha256(key: &[u8; 32], message: &[u8]) -> [u8; 32] {
    // RFC 2104: a key shorter than a block is padded with zeroes.
    let mut block = Zeroizing::new([0; 64]);
    for (to, from) in block.iter_mut().zip(key) {
        *to = *from;
    }
    let mut mac = Hmac::<Sha256>::new((&*block).into());
    mac.update(message);
    mac.finalize().into_bytes().into()
}
