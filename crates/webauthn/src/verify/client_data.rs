//! The steps about client data, which both ceremonies share: 7.1.5 to 7.1.11 and 7.2.8 to 7.2.14.

use super::{Policy, steps::Steps};
use crate::client_data::CollectedClientData;

/// Runs the steps. `first` is the number of the parsing step; the others follow it.
pub(super) fn check(steps: &mut Steps, first: u8, expected_type: &str, policy: &Policy, json: &[u8]) {
    let parsed = CollectedClientData::parse(json);
    match &parsed {
        Ok(_) => steps.check("client-data", first, PARSE, true, String::from_utf8_lossy(json)),
        Err(error) => steps.check("client-data", first, PARSE, false, format!("It is not: {error}.")),
    }
    let Ok(data) = parsed else {
        for (id, title, after) in [
            ("type", TYPE, 1),
            ("challenge", CHALLENGE, 2),
            ("origin", ORIGIN, 3),
            ("cross-origin", CROSS_ORIGIN, 4),
            ("top-origin", TOP_ORIGIN, 5),
        ] {
            steps.skip(id, first + after, title, "The client data could not be read.");
        }
        return;
    };

    steps.check(
        "type",
        first + 1,
        TYPE,
        data.kind == expected_type,
        format!("Expected {expected_type}, came {:?}.", data.kind),
    );
    let challenge = policy.challenge.to_string();
    steps.check(
        "challenge",
        first + 2,
        CHALLENGE,
        data.challenge == challenge,
        format!("Sent {challenge}, came {}.", data.challenge),
    );
    steps.check(
        "origin",
        first + 3,
        ORIGIN,
        policy.origins.contains(&data.origin),
        format!("Expected {}, came {}.", policy.origins.join(" or "), data.origin),
    );
    match data.cross_origin {
        Some(true) => steps.check(
            "cross-origin",
            first + 4,
            CROSS_ORIGIN,
            policy.allow_cross_origin,
            if policy.allow_cross_origin {
                "Asked from a frame of another origin; the policy allows it."
            } else {
                "Asked from a frame of another origin; the policy does not allow it."
            },
        ),
        _ => steps.check(
            "cross-origin",
            first + 4,
            CROSS_ORIGIN,
            true,
            "Not asked from a frame of another origin.",
        ),
    }
    match &data.top_origin {
        Some(top_origin) => steps.check(
            "top-origin",
            first + 5,
            TOP_ORIGIN,
            policy.top_origins.contains(top_origin),
            format!("Expected one of [{}], came {top_origin}.", policy.top_origins.join(", ")),
        ),
        None => steps.skip("top-origin", first + 5, TOP_ORIGIN, "No page around it is stated."),
    }
}

const PARSE: &str = "The client data is JSON of the right shape";
const TYPE: &str = "The ceremony is of the right type";
const CHALLENGE: &str = "The challenge is the one that was sent";
const ORIGIN: &str = "The origin is one of ours";
const CROSS_ORIGIN: &str = "No unexpected frame of another origin asked";
const TOP_ORIGIN: &str = "The page around such a frame is expected";
