//! The specification's names of commands, subcommands and members (CTAP 2.3 §6, §12).

/// What a member holds, beyond what its CBOR says.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    /// What its CBOR says.
    Plain,
    /// A map whose members have names.
    Map(Members),
    /// Authenticator data (WebAuthn §6.1).
    AuthData,
    /// A subcommand of the command.
    SubCommand,
    /// Not in a file that was recorded without secrets.
    Secret,
    /// Extensions by their identifiers.
    Extensions,
}

/// Integer keys with their names.
pub(super) type Members = &'static [(i64, &'static str, Kind)];

use Kind::{AuthData, Extensions, Map, Plain, Secret, SubCommand};

/// The name of a command byte (§8.1).
pub(super) fn command(byte: u8) -> Option<&'static str> {
    ctap::Command::from_byte(byte).map(ctap::Command::name)
}

/// The name of a subcommand of `command`.
pub(super) fn sub_command(command: u8, number: i64) -> Option<&'static str> {
    Some(match (command, number) {
        (0x06, 1) => "getPINRetries",
        (0x06, 2) => "getKeyAgreement",
        (0x06, 3) => "setPIN",
        (0x06, 4) => "changePIN",
        (0x06, 5) => "getPinToken",
        (0x06, 6) => "getPinUvAuthTokenUsingUvWithPermissions",
        (0x06, 7) => "getUVRetries",
        (0x06, 9) => "getPinUvAuthTokenUsingPinWithPermissions",
        (0x09 | 0x40, 1) => "enrollBegin",
        (0x09 | 0x40, 2) => "enrollCaptureNextSample",
        (0x09 | 0x40, 3) => "cancelCurrentEnrollment",
        (0x09 | 0x40, 4) => "enumerateEnrollments",
        (0x09 | 0x40, 5) => "setFriendlyName",
        (0x09 | 0x40, 6) => "removeEnrollment",
        (0x09 | 0x40, 7) => "getFingerprintSensorInfo",
        (0x0A | 0x41, 1) => "getCredsMetadata",
        (0x0A | 0x41, 2) => "enumerateRPsBegin",
        (0x0A | 0x41, 3) => "enumerateRPsGetNextRP",
        (0x0A | 0x41, 4) => "enumerateCredentialsBegin",
        (0x0A | 0x41, 5) => "enumerateCredentialsGetNextCredential",
        (0x0A | 0x41, 6) => "deleteCredential",
        (0x0A | 0x41, 7) => "updateUserInformation",
        (0x0D, 1) => "enableEnterpriseAttestation",
        (0x0D, 2) => "toggleAlwaysUv",
        (0x0D, 3) => "setMinPINLength",
        (0x0D, 4) => "enableLongTouchForReset",
        (0x0D, 0xFF) => "vendorPrototype",
        _ => return None,
    })
}

/// The members of a request.
pub(super) fn request(command: u8) -> Members {
    match command {
        0x01 => &[
            (0x01, "clientDataHash", Plain),
            (0x02, "rp", Plain),
            (0x03, "user", Plain),
            (0x04, "pubKeyCredParams", Plain),
            (0x05, "excludeList", Plain),
            (0x06, "extensions", Extensions),
            (0x07, "options", Plain),
            (0x08, "pinUvAuthParam", Plain),
            (0x09, "pinUvAuthProtocol", Plain),
            (0x0A, "enterpriseAttestation", Plain),
            (0x0B, "attestationFormatsPreference", Plain),
        ],
        0x02 => &[
            (0x01, "rpId", Plain),
            (0x02, "clientDataHash", Plain),
            (0x03, "allowList", Plain),
            (0x04, "extensions", Extensions),
            (0x05, "options", Plain),
            (0x06, "pinUvAuthParam", Plain),
            (0x07, "pinUvAuthProtocol", Plain),
            (0x08, "enterpriseAttestation", Plain),
            (0x09, "attestationFormatsPreference", Plain),
        ],
        0x06 => &[
            (0x01, "pinUvAuthProtocol", Plain),
            (0x02, "subCommand", SubCommand),
            (0x03, "keyAgreement", Map(COSE_KEY)),
            (0x04, "pinUvAuthParam", Plain),
            (0x05, "newPinEnc", Secret),
            (0x06, "pinHashEnc", Secret),
            (0x09, "permissions", Plain),
            (0x0A, "rpId", Plain),
        ],
        0x09 | 0x40 => &[
            (0x01, "modality", Plain),
            (0x02, "subCommand", SubCommand),
            (0x03, "subCommandParams", Map(BIO_ENROLLMENT_PARAMS)),
            (0x04, "pinUvAuthProtocol", Plain),
            (0x05, "pinUvAuthParam", Plain),
            (0x06, "getModality", Plain),
        ],
        0x0A | 0x41 => &[
            (0x01, "subCommand", SubCommand),
            (0x02, "subCommandParams", Map(CREDENTIAL_MANAGEMENT_PARAMS)),
            (0x03, "pinUvAuthProtocol", Plain),
            (0x04, "pinUvAuthParam", Plain),
        ],
        0x0C => &[
            (0x01, "get", Plain),
            (0x02, "set", Secret),
            (0x03, "offset", Plain),
            (0x04, "length", Plain),
            (0x05, "pinUvAuthParam", Plain),
            (0x06, "pinUvAuthProtocol", Plain),
        ],
        0x0D => &[
            (0x01, "subCommand", SubCommand),
            (0x02, "subCommandParams", Map(CONFIG_PARAMS)),
            (0x03, "pinUvAuthProtocol", Plain),
            (0x04, "pinUvAuthParam", Plain),
        ],
        _ => &[],
    }
}

/// The members of a response.
pub(super) fn response(command: u8) -> Members {
    match command {
        0x01 => &[
            (0x01, "fmt", Plain),
            (0x02, "authData", AuthData),
            (0x03, "attStmt", Plain),
            (0x04, "epAtt", Plain),
            (0x05, "largeBlobKey", Secret),
            (0x06, "unsignedExtensionOutputs", Extensions),
        ],
        0x02 | 0x08 => &[
            (0x01, "credential", Plain),
            (0x02, "authData", AuthData),
            (0x03, "signature", Plain),
            (0x04, "user", Plain),
            (0x05, "numberOfCredentials", Plain),
            (0x06, "userSelected", Plain),
            (0x07, "largeBlobKey", Secret),
            (0x08, "unsignedExtensionOutputs", Extensions),
            (0x09, "epAtt", Plain),
            (0x0A, "attStmt", Plain),
        ],
        0x04 => GET_INFO,
        0x06 => &[
            (0x01, "keyAgreement", Map(COSE_KEY)),
            (0x02, "pinUvAuthToken", Secret),
            (0x03, "pinRetries", Plain),
            (0x04, "powerCycleState", Plain),
            (0x05, "uvRetries", Plain),
        ],
        0x09 | 0x40 => &[
            (0x01, "modality", Plain),
            (0x02, "fingerprintKind", Plain),
            (0x03, "maxCaptureSamplesRequiredForEnroll", Plain),
            (0x04, "templateId", Plain),
            (0x05, "lastEnrollSampleStatus", Plain),
            (0x06, "remainingSamples", Plain),
            (0x07, "templateInfos", Plain),
            (0x08, "maxTemplateFriendlyName", Plain),
        ],
        0x0A | 0x41 => &[
            (0x01, "existingResidentCredentialsCount", Plain),
            (0x02, "maxPossibleRemainingResidentCredentialsCount", Plain),
            (0x03, "rp", Plain),
            (0x04, "rpIDHash", Plain),
            (0x05, "totalRPs", Plain),
            (0x06, "user", Plain),
            (0x07, "credentialID", Plain),
            (0x08, "publicKey", Map(COSE_KEY)),
            (0x09, "totalCredentials", Plain),
            (0x0A, "credProtect", Plain),
            (0x0B, "largeBlobKey", Secret),
            (0x0C, "thirdPartyPayment", Plain),
        ],
        0x0C => &[(0x01, "config", Secret)],
        _ => &[],
    }
}

/// COSE_Key (RFC 9052 §7, RFC 9053 §7).
pub(super) const COSE_KEY: Members =
    &[(1, "kty", Plain), (3, "alg", Plain), (-1, "crv", Plain), (-2, "x", Plain), (-3, "y", Plain)];

const BIO_ENROLLMENT_PARAMS: Members = &[
    (0x01, "templateId", Plain),
    (0x02, "templateFriendlyName", Plain),
    (0x03, "timeoutMilliseconds", Plain),
];

const CREDENTIAL_MANAGEMENT_PARAMS: Members =
    &[(0x01, "rpIDHash", Plain), (0x02, "credentialID", Plain), (0x03, "user", Plain)];

const CONFIG_PARAMS: Members = &[
    (0x01, "newMinPINLength", Plain),
    (0x02, "minPinLengthRPIDs", Plain),
    (0x03, "forceChangePin", Plain),
    (0x04, "pinComplexityPolicy", Plain),
];

const GET_INFO: Members = &[
    (0x01, "versions", Plain),
    (0x02, "extensions", Plain),
    (0x03, "aaguid", Plain),
    (0x04, "options", Plain),
    (0x05, "maxMsgSize", Plain),
    (0x06, "pinUvAuthProtocols", Plain),
    (0x07, "maxCredentialCountInList", Plain),
    (0x08, "maxCredentialIdLength", Plain),
    (0x09, "transports", Plain),
    (0x0A, "algorithms", Plain),
    (0x0B, "maxSerializedLargeBlobArray", Plain),
    (0x0C, "forcePINChange", Plain),
    (0x0D, "minPINLength", Plain),
    (0x0E, "firmwareVersion", Plain),
    (0x0F, "maxCredBlobLength", Plain),
    (0x10, "maxRPIDsForSetMinPINLength", Plain),
    (0x11, "preferredPlatformUvAttempts", Plain),
    (0x12, "uvModality", Plain),
    (0x13, "certifications", Plain),
    (0x14, "remainingDiscoverableCredentials", Plain),
    (0x15, "vendorPrototypeConfigCommands", Plain),
    (0x16, "attestationFormats", Plain),
    (0x17, "uvCountSinceLastPinEntry", Plain),
    (0x18, "longTouchForReset", Plain),
    (0x19, "encIdentifier", Plain),
    (0x1A, "transportsForReset", Plain),
    (0x1B, "pinComplexityPolicy", Plain),
    (0x1C, "pinComplexityPolicyURL", Plain),
    (0x1D, "maxPINLength", Plain),
    (0x1E, "encCredStoreState", Plain),
    (0x1F, "authenticatorConfigCommands", Plain),
];
