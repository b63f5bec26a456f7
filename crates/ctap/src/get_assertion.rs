//! authenticatorGetAssertion, 0x02, and authenticatorGetNextAssertion, 0x08 (CTAP 2.3 §6.2, §6.3).

use crate::{
    entity::{Descriptor, User},
    extension::GetAssertionInputs,
    make_credential::Options,
};

/// The request map of getAssertion; getNextAssertion has none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// 0x01
    pub rp_id: String,
    /// 0x02
    pub client_data_hash: [u8; 32],
    /// 0x03: `None` where absent; an empty list is an error of the platform's and is refused when decoded.
    pub allow_list: Option<Vec<Descriptor>>,
    /// 0x04
    pub extensions: GetAssertionInputs,
    /// 0x05: `rk` present is refused by the command's steps.
    pub options: Options,
    /// 0x06: may be empty, which asks the person to select this key.
    pub pin_uv_auth_param: Option<Vec<u8>>,
    /// 0x07
    pub pin_uv_auth_protocol: Option<u64>,
}

/// The response map of both commands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// 0x01: the credential id.
    pub credential: Descriptor,
    /// 0x02: authenticator data, as signed.
    pub auth_data: Vec<u8>,
    /// 0x03
    pub signature: Vec<u8>,
    /// 0x04
    pub user: Option<User>,
    /// 0x05: only in the first of several.
    pub number_of_credentials: Option<u64>,
    /// 0x06: the person chose the account on the key itself.
    pub user_selected: Option<bool>,
}
