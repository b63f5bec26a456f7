//! Every command, spoken to over the wire's bytes in a seeded world.

mod client_pin;
mod credential_management;
mod get_assertion;
mod get_info;
mod hmac_secret;
mod make_credential;
mod platform_side;
mod private_key;
mod reset_and_selection;
mod robustness;
mod signature;
mod u2f;
