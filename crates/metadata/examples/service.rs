//! `service FOLDER`: writes the root of the tests' metadata services and a BLOB by each algorithm, for programs that
//! nobody here wrote: `rs256.pem` and `rs256.jwt`, `es256.pem` and `es256.jwt`.

#![allow(clippy::disallowed_methods, reason = "the crate does no IO; this program of its tests does")]

use metadata::testing::{Algorithm, Service};
use std::{fs, path::PathBuf};

fn main() -> std::io::Result<()> {
    let folder = PathBuf::from(std::env::args_os().nth(1).expect("the folder to write to"));
    for (name, algorithm) in [("rs256", Algorithm::Rs256), ("es256", Algorithm::Es256)] {
        let service = Service::new(algorithm);
        fs::write(folder.join(name).with_extension("pem"), service.root_pem())?;
        fs::write(folder.join(name).with_extension("jwt"), service.blob(&payload()))?;
    }
    Ok(())
}

/// With every member that the specification requires (Metadata Statement 3.1 §4), for readers that are strict.
fn payload() -> serde_json::Value {
    let statement = |aaguid: &str, description: &str| {
        serde_json::json!({
            "legalHeader": "For tests alone.",
            "aaguid": aaguid,
            "description": description,
            "authenticatorVersion": 2,
            "protocolFamily": "fido2",
            "schema": 3,
            "upv": [{"major": 1, "minor": 1}],
            "authenticationAlgorithms": ["secp256r1_ecdsa_sha256_raw"],
            "publicKeyAlgAndEncodings": ["cose"],
            "attestationTypes": ["basic_full"],
            "userVerificationDetails": [[{"userVerificationMethod": "passcode_external"}]],
            "keyProtection": ["hardware", "secure_element"],
            "matcherProtection": ["on_chip"],
            "attachmentHint": ["external", "wired"],
            "tcDisplay": [],
            "attestationRootCertificates": [],
            "icon": "data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciLz4=",
            "authenticatorGetInfo": {
                "versions": ["FIDO_2_0", "FIDO_2_1"],
                "aaguid": aaguid.replace('-', ""),
                "options": {"rk": true, "clientPin": true},
                "maxMsgSize": 1200,
            },
        })
    };
    let [sound, broken] = ["0102aabb-0000-4000-8000-000000000001", "0102aabb-0000-4000-8000-000000000002"];
    serde_json::json!({
        "legalHeader": "For tests alone.",
        "no": 7,
        "nextUpdate": "2099-12-31",
        "entries": [
            {
                "aaguid": sound,
                "metadataStatement": statement(sound, "A sound key"),
                "statusReports": [
                    {"status": "FIDO_CERTIFIED_L1", "effectiveDate": "2024-02-03", "certificateNumber": "FIDO2-1"},
                ],
                "timeOfLastStatusChange": "2024-02-03",
            },
            {
                "aaguid": broken,
                "metadataStatement": statement(broken, "A broken key"),
                "statusReports": [
                    {"status": "FIDO_CERTIFIED", "effectiveDate": "2020-01-01"},
                    {"status": "UPDATE_AVAILABLE", "effectiveDate": "2023-04-05", "authenticatorVersion": 3,
                     "url": "https://maker.example/update"},
                    {"status": "USER_KEY_REMOTE_COMPROMISE", "effectiveDate": "2023-04-01",
                     "authenticatorVersion": 2},
                ],
                "timeOfLastStatusChange": "2023-04-05",
            },
        ],
    })
}
