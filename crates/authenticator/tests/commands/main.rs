//! Every command, spoken to over the wire's bytes in a seeded world.

mod algorithms;
mod attestation;
mod authenticator_config;
mod bio_enrollment;
mod client_pin;
mod credential_management;
mod extensions;
mod fault;
mod flags_and_counters;
mod get_assertion;
mod get_info;
mod hmac_secret;
mod large_blobs;
mod limits_and_versions;
mod make_credential;
mod persistent_token;
mod platform_side;
mod private_key;
mod reset_and_selection;
mod robustness;
mod signature;
mod u2f;
