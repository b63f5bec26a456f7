//! authenticatorBioEnrollment, 0x09 (CTAP 2.3 §6.7), and its preview number 0x40.

use crate::{
    Status,
    cbor::{self, Entries, Map, Member},
};
use ciborium::Value;

/// The request map, members as sent: which of them a subcommand needs is decided by its steps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
    /// 0x01: [`FINGERPRINT`] is the only one.
    pub modality: Option<u64>,
    /// 0x02
    pub sub_command: Option<u64>,
    /// 0x03
    pub params: Option<Params>,
    /// 0x03 as it stood on the wire: what `pin_uv_auth_param` is computed over. Empty where absent; `encode`
    /// writes `params`, whose bytes are [`Params::encode`].
    pub raw_params: Vec<u8>,
    /// 0x04
    pub pin_uv_auth_protocol: Option<u64>,
    /// 0x05
    pub pin_uv_auth_param: Option<Vec<u8>>,
    /// 0x06: true asks for the modality alone.
    pub get_modality: Option<bool>,
}

/// The subCommandParams map.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Params {
    /// 0x01
    pub template_id: Option<Vec<u8>>,
    /// 0x02
    pub template_friendly_name: Option<String>,
    /// 0x03
    pub timeout_milliseconds: Option<u64>,
}

/// `modality` of fingerprints.
pub const FINGERPRINT: u64 = 0x01;

/// The subcommands for fingerprints (§6.7), by their numbers.
pub mod sub_command {
    /// enrollBegin
    pub const ENROLL_BEGIN: u64 = 0x01;
    /// enrollCaptureNextSample
    pub const ENROLL_CAPTURE_NEXT_SAMPLE: u64 = 0x02;
    /// cancelCurrentEnrollment
    pub const CANCEL_CURRENT_ENROLLMENT: u64 = 0x03;
    /// enumerateEnrollments
    pub const ENUMERATE_ENROLLMENTS: u64 = 0x04;
    /// setFriendlyName
    pub const SET_FRIENDLY_NAME: u64 = 0x05;
    /// removeEnrollment
    pub const REMOVE_ENROLLMENT: u64 = 0x06;
    /// getFingerprintSensorInfo
    pub const GET_FINGERPRINT_SENSOR_INFO: u64 = 0x07;
}

/// What became of a sample (`lastEnrollSampleStatus`, §6.7), by its number.
pub mod sample_status {
    /// CTAP2_ENROLL_FEEDBACK_FP_GOOD
    pub const GOOD: u64 = 0x00;
    /// CTAP2_ENROLL_FEEDBACK_FP_TOO_HIGH
    pub const TOO_HIGH: u64 = 0x01;
    /// CTAP2_ENROLL_FEEDBACK_FP_TOO_LOW
    pub const TOO_LOW: u64 = 0x02;
    /// CTAP2_ENROLL_FEEDBACK_FP_TOO_LEFT
    pub const TOO_LEFT: u64 = 0x03;
    /// CTAP2_ENROLL_FEEDBACK_FP_TOO_RIGHT
    pub const TOO_RIGHT: u64 = 0x04;
    /// CTAP2_ENROLL_FEEDBACK_FP_TOO_FAST
    pub const TOO_FAST: u64 = 0x05;
    /// CTAP2_ENROLL_FEEDBACK_FP_TOO_SLOW
    pub const TOO_SLOW: u64 = 0x06;
    /// CTAP2_ENROLL_FEEDBACK_FP_POOR_QUALITY
    pub const POOR_QUALITY: u64 = 0x07;
    /// CTAP2_ENROLL_FEEDBACK_FP_TOO_SKEWED
    pub const TOO_SKEWED: u64 = 0x08;
    /// CTAP2_ENROLL_FEEDBACK_FP_TOO_SHORT
    pub const TOO_SHORT: u64 = 0x09;
    /// CTAP2_ENROLL_FEEDBACK_FP_MERGE_FAILURE
    pub const MERGE_FAILURE: u64 = 0x0A;
    /// CTAP2_ENROLL_FEEDBACK_FP_EXISTS
    pub const EXISTS: u64 = 0x0B;
    /// CTAP2_ENROLL_FEEDBACK_NO_USER_ACTIVITY
    pub const NO_USER_ACTIVITY: u64 = 0x0D;
    /// CTAP2_ENROLL_FEEDBACK_NO_USER_PRESENCE_TRANSITION
    pub const NO_USER_PRESENCE_TRANSITION: u64 = 0x0E;
}

/// The response map; empty where nothing is told (no bytes follow the status then).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Response {
    /// 0x01
    pub modality: Option<u64>,
    /// 0x02: 1 for a touch sensor, 2 for a swipe sensor.
    pub fingerprint_kind: Option<u64>,
    /// 0x03
    pub max_capture_samples_required_for_enroll: Option<u64>,
    /// 0x04
    pub template_id: Option<Vec<u8>>,
    /// 0x05: one of [`sample_status`].
    pub last_enroll_sample_status: Option<u64>,
    /// 0x06
    pub remaining_samples: Option<u64>,
    /// 0x07, without those that cannot be read.
    pub template_infos: Vec<TemplateInfo>,
    /// 0x08, in bytes of UTF-8.
    pub max_template_friendly_name: Option<u64>,
}

/// An enrolled fingerprint, as told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateInfo {
    /// 0x01
    pub template_id: Vec<u8>,
    /// 0x02
    pub template_friendly_name: Option<String>,
}

impl Request {
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Status> {
        let mut map = Map::decode(bytes)?;
        let params: Option<Value> = map.optional(0x03)?;
        Ok(Self {
            modality: map.optional(0x01)?,
            sub_command: map.optional(0x02)?,
            // What was decoded was canonical, so encoding it again gives the bytes that stood there.
            raw_params: params.as_ref().map(cbor::encode).unwrap_or_default(),
            params: params.map(Params::from_value).transpose()?,
            pin_uv_auth_protocol: map.optional(0x04)?,
            pin_uv_auth_param: map.optional(0x05)?,
            get_modality: map.optional(0x06)?,
        })
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let request = self.clone();
        Entries::default()
            .with_optional(0x01, request.modality)
            .with_optional(0x02, request.sub_command)
            .with_optional(0x03, request.params)
            .with_optional(0x04, request.pin_uv_auth_protocol)
            .with_optional(0x05, request.pin_uv_auth_param)
            .with_optional(0x06, request.get_modality)
            .encode()
    }
}

impl Params {
    /// The member as it will stand on the wire.
    pub fn encode(&self) -> Vec<u8> {
        cbor::encode(&self.clone().into_value())
    }
}

impl Member for Params {
    fn from_value(value: Value) -> Result<Self, Status> {
        let mut map = Map::from_value(value)?;
        Ok(Self {
            template_id: map.optional(0x01)?,
            template_friendly_name: map.optional(0x02)?,
            timeout_milliseconds: map.optional(0x03)?,
        })
    }

    fn into_value(self) -> Value {
        Entries::default()
            .with_optional(0x01, self.template_id)
            .with_optional(0x02, self.template_friendly_name)
            .with_optional(0x03, self.timeout_milliseconds)
            .into_value()
    }
}

impl Response {
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Status> {
        if bytes.is_empty() {
            return Ok(Self::default());
        }
        let mut map = Map::decode_lenient(bytes)?;
        Ok(Self {
            modality: map.told(0x01),
            fingerprint_kind: map.told(0x02),
            max_capture_samples_required_for_enroll: map.told(0x03),
            template_id: map.told(0x04),
            last_enroll_sample_status: map.told(0x05),
            remaining_samples: map.told(0x06),
            template_infos: map.told_list(0x07),
            max_template_friendly_name: map.told(0x08),
        })
    }

    /// No bytes where there is no member.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let response = self.clone();
        let map = Entries::default()
            .with_optional(0x01, response.modality)
            .with_optional(0x02, response.fingerprint_kind)
            .with_optional(0x03, response.max_capture_samples_required_for_enroll)
            .with_optional(0x04, response.template_id)
            .with_optional(0x05, response.last_enroll_sample_status)
            .with_optional(0x06, response.remaining_samples)
            .with_list(0x07, response.template_infos)
            .with_optional(0x08, response.max_template_friendly_name);
        if map.is_empty() { Vec::new() } else { map.encode() }
    }
}

impl Member for TemplateInfo {
    fn from_value(value: Value) -> Result<Self, Status> {
        let mut map = Map::from_value(value)?;
        Ok(Self { template_id: map.required(0x01)?, template_friendly_name: map.told(0x02) })
    }

    fn into_value(self) -> Value {
        Entries::default()
            .with(0x01, self.template_id)
            .with_optional(0x02, self.template_friendly_name)
            .into_value()
    }
}
