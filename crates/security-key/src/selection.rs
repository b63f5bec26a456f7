//! authenticatorSelection, 0x0B (CTAP 2.3 §6.9), and what keys that do not know it take for the same: a touch that says
//! which key the person means.

use ctap::{
    Request, Status, cose,
    entity::{RelyingParty, User},
    extension::MakeCredentialInputs,
    get_info, make_credential,
    make_credential::Options,
};

use crate::{Error, Session, Transport};

impl<T: Transport> Session<T> {
    /// Resolves when the key is touched. Nothing is made or changed; dropping the future takes the question back.
    ///
    /// # Errors
    /// `OPERATION_DENIED`, `USER_ACTION_TIMEOUT` and the like as [`Error::Status`]; as [`Session::send`].
    pub async fn select(&mut self, info: &get_info::Response) -> Result<(), Error> {
        let knows = |version: &String| {
            version.starts_with("FIDO_2_") && version != "FIDO_2_0" && version != "FIDO_2_1_PRE"
        };
        if info.versions.iter().any(knows) {
            return self.send(&Request::Selection).await.map(drop);
        }
        // §6.1.2 step 1: an empty pinUvAuthParam asks for a touch, and the answer is one of these refusals.
        match self.send(&empty_proof()).await {
            Err(Error::Status(Status::PIN_INVALID | Status::PIN_NOT_SET | Status::PIN_AUTH_INVALID)) => {
                Ok(())
            }
            other => other.map(drop),
        }
    }
}

fn empty_proof() -> Request {
    Request::MakeCredential(make_credential::Request {
        client_data_hash: [0; 32],
        // No name under .invalid is ever anybody's (RFC 2606 §2).
        rp: RelyingParty { id: "select.invalid".to_owned(), name: None },
        user: User { id: vec![0], name: Some("select".to_owned()), display_name: None },
        algorithms: vec![cose::ES256],
        exclude_list: Vec::new(),
        extensions: MakeCredentialInputs::default(),
        options: Options::default(),
        pin_uv_auth_param: Some(Vec::new()),
        pin_uv_auth_protocol: Some(1),
        enterprise_attestation: None,
        attestation_formats_preference: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use authenticator::{platform::Answer, testing::now};

    use super::*;
    use crate::bench::Bench;

    #[test]
    fn a_touch_selects_a_key_of_any_generation_with_a_pin_and_without() {
        for profile in ["device-bound", "yubikey-5.7-like", "ctap20-only"] {
            for mut bench in [Bench::of(profile), Bench::with_pin(profile)] {
                let info = bench.info();
                bench.world().user.take_questions();
                assert_eq!(now(bench.session.select(&info)), Ok(()), "{profile}");
                assert_eq!(bench.world().user.take_questions().len(), 1, "{profile}");
                bench.world().user.will(Answer::TimedOut);
                let late = now(bench.session.select(&info));
                assert_eq!(late, Err(Error::Status(Status::USER_ACTION_TIMEOUT)), "{profile}");
            }
        }
    }
}
