//! A profile as the file that states all of it.

use std::fmt::Write;

use super::{
    Attestation, Enterprise, Features, Limits, PinPolicy, Profile, ResetPolicy, Verification, aaguid,
    words::{ABSENT, ALGORITHMS, COUNTERS, KINDS, SIGNERS, VERIFICATIONS, word},
};

/// Every struct is taken apart in full, so that no member can be forgotten here.
pub(super) fn toml(profile: &Profile) -> String {
    let Profile {
        name,
        description,
        kind,
        backup_state,
        aaguid,
        versions,
        extensions,
        algorithms,
        transports,
        firmware_version,
        verification,
        features,
        limits,
        pin,
        attestation,
        counter,
        reset,
        time_limit,
    } = profile;
    let algorithms: Vec<_> = algorithms.iter().map(|id| word(ALGORITHMS, id)).collect();
    let mut file = File::default();
    file.member("name", quoted(name));
    file.member("description", quoted(description));
    file.member("kind", quoted(word(KINDS, kind)));
    file.member("backup-state", backup_state);
    file.member("aaguid", quoted(&aaguid::text(aaguid)));
    file.member("versions", list(versions));
    file.member("extensions", list(extensions));
    file.member("algorithms", list(&algorithms));
    file.member("transports", list(transports));
    file.member("firmware-version", firmware_version);
    file.member("verification", quoted(word(VERIFICATIONS, verification)));
    file.member("counter", quoted(word(COUNTERS, counter)));
    file.member("time-limit", time_limit.as_secs());
    file.features(features);
    file.limits(limits, *verification);
    file.pin(*pin);
    file.reset(reset);
    file.attestation(attestation);
    file.0
}

#[derive(Default)]
struct File(String);

impl File {
    fn table(&mut self, name: &str) {
        // Writing to a string does not fail.
        let _ = writeln!(self.0, "\n[{name}]");
    }

    fn member(&mut self, key: &str, value: impl std::fmt::Display) {
        let _ = writeln!(self.0, "{key} = {value}");
    }

    fn features(&mut self, features: &Features) {
        let Features {
            discoverable_credentials,
            client_pin,
            pin_uv_auth_token,
            no_mc_ga_permissions_with_client_pin,
            credential_management,
            persistent_read_only_token,
            large_blobs,
            authenticator_config,
            set_min_pin_length,
            always_uv,
            make_cred_uv_not_rqd,
            account_chooser,
        } = features;
        self.table("features");
        self.member("discoverable-credentials", discoverable_credentials);
        self.member("client-pin", client_pin);
        self.member("pin-uv-auth-token", pin_uv_auth_token);
        self.member("no-mc-ga-permissions-with-client-pin", no_mc_ga_permissions_with_client_pin);
        self.member("credential-management", credential_management);
        self.member("persistent-read-only-token", persistent_read_only_token);
        self.member("large-blobs", large_blobs);
        self.member("authenticator-config", authenticator_config);
        self.member("set-min-pin-length", set_min_pin_length);
        self.member("always-uv", flag_or_absent(*always_uv));
        self.member("make-cred-uv-not-rqd", make_cred_uv_not_rqd);
        self.member("account-chooser", account_chooser);
    }

    fn limits(&mut self, limits: &Limits, verification: Verification) {
        let Limits {
            discoverable_credentials,
            message_size,
            credential_count_in_list,
            credential_id_length,
            large_blob_array,
            cred_blob_length,
            rp_ids_for_set_min_pin_length,
            fingerprints,
        } = limits;
        self.table("limits");
        self.member("discoverable-credentials", discoverable_credentials);
        self.member("message-size", message_size);
        self.member("credential-count-in-list", credential_count_in_list);
        self.member("credential-id-length", credential_id_length);
        self.member("large-blob-array", large_blob_array);
        self.member("cred-blob-length", cred_blob_length);
        self.member("rp-ids-for-set-min-pin-length", rp_ids_for_set_min_pin_length);
        if verification == Verification::Fingerprint {
            self.member("fingerprints", fingerprints);
        }
    }

    fn pin(&mut self, pin: PinPolicy) {
        let PinPolicy { min_length, max_length, retries, complexity } = pin;
        self.table("pin");
        self.member("min-length", min_length);
        self.member("max-length", max_length);
        self.member("retries", retries);
        self.member("complexity", complexity);
    }

    fn reset(&mut self, reset: &ResetPolicy) {
        let ResetPolicy { long_touch, transports } = reset;
        self.table("reset");
        self.member("long-touch", flag_or_absent(*long_touch));
        self.member("transports", list(transports));
    }

    fn attestation(&mut self, attestation: &Attestation) {
        let Attestation { formats, signer, enterprise } = attestation;
        self.table("attestation");
        self.member("formats", list(formats));
        self.member("signer", quoted(word(SIGNERS, signer)));
        let Some(Enterprise { rp_ids, enabled }) = enterprise else {
            return self.member("enterprise", quoted(ABSENT));
        };
        self.table("attestation.enterprise");
        self.member("rp-ids", list(rp_ids));
        self.member("enabled", enabled);
    }
}

/// A basic string; reading let no control characters in.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn list(words: &[impl AsRef<str>]) -> String {
    let words: Vec<_> = words.iter().map(|word| quoted(word.as_ref())).collect();
    format!("[{}]", words.join(", "))
}

fn flag_or_absent(flag: Option<bool>) -> String {
    flag.map_or_else(|| quoted(ABSENT), |flag| flag.to_string())
}
