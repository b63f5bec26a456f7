//! Every extension but hmac-secret's getAssertion, which has a file of its own.

use authenticator::{
    Profile, permission,
    platform::Store,
    testing::{World, world},
};
use ctap::{
    Status,
    extension::{
        GetAssertionInputs, GetAssertionOutputs, LargeBlob, LargeBlobInput, LargeBlobOutput,
        LargeBlobSupport, MakeCredentialInputs, MakeCredentialOutputs, UnsignedOutputs,
    },
    get_assertion, make_credential,
};

use crate::{hmac_secret, platform_side::*};

fn making(extensions: MakeCredentialInputs) -> make_credential::Request {
    make_credential::Request { extensions, ..register("a", 1) }
}

fn asking(extensions: GetAssertionInputs) -> get_assertion::Request {
    get_assertion::Request { extensions, ..sign_in("a") }
}

fn made_outputs(made: &Registered) -> MakeCredentialOutputs {
    let extensions = made.auth_data.extensions.as_ref();
    extensions.map(|map| MakeCredentialOutputs::decode(map).unwrap()).unwrap_or_default()
}

fn outputs(response: &get_assertion::Response, made: &Registered) -> GetAssertionOutputs {
    let extensions = verified(response, &made.key).extensions;
    extensions.map(|map| GetAssertionOutputs::decode(&map).unwrap()).unwrap_or_default()
}

// proves: ext-cred-blob
#[test]
fn a_blob_that_fits_is_kept_and_handed_out() {
    let mut world = world(1);
    let asked = || asking(GetAssertionInputs { cred_blob: Some(true), ..Default::default() });
    for (blob, kept) in [(vec![7; 128], true), (vec![], true), (vec![7; 129], false)] {
        let inputs = MakeCredentialInputs { cred_blob: Some(blob.clone()), ..Default::default() };
        let made = make(&mut world, &making(inputs)).unwrap();
        assert_eq!(made_outputs(&made).cred_blob, Some(kept));
        let told = outputs(&assert(&mut world, &asked()).unwrap(), &made);
        assert_eq!(told.cred_blob, Some(if kept { blob } else { vec![] }));
    }
    let made = make(&mut world, &register("a", 1)).unwrap();
    assert_eq!(made_outputs(&made).cred_blob, None, "nobody asked");
    assert_eq!(outputs(&assert(&mut world, &asked()).unwrap(), &made).cred_blob, Some(vec![]));
    assert_eq!(outputs(&assert(&mut world, &sign_in("a")).unwrap(), &made).cred_blob, None);
}

// proves: ext-large-blob-key
#[test]
fn a_large_blob_key_stays_the_same_and_is_told_to_who_asks() {
    let mut world = world(1);
    let wants = |value| MakeCredentialInputs { large_blob_key: Some(value), ..Default::default() };
    let made = make(&mut world, &making(wants(true))).unwrap();
    let key = made.response.large_blob_key.unwrap();
    assert_ne!(key, [0; 32]);
    assert_eq!(made.auth_data.extensions, None, "it is no part of what is signed");
    let asked = |value| asking(GetAssertionInputs { large_blob_key: Some(value), ..Default::default() });
    assert_eq!(assert(&mut world, &asked(true)).unwrap().large_blob_key, Some(key));
    assert_eq!(assert(&mut world, &sign_in("a")).unwrap().large_blob_key, None);

    let other = make(&mut world, &make_credential::Request { user: user(2), ..making(wants(true)) }).unwrap();
    assert_ne!(other.response.large_blob_key, Some(key), "each credential has its own");

    let second_factor =
        make_credential::Request { options: options(None, None, Some(true)), ..making(wants(true)) };
    for refused in [making(wants(false)), second_factor] {
        assert_eq!(make(&mut world, &refused).err(), Some(Status::INVALID_OPTION));
    }
    assert_eq!(assert(&mut world, &asked(false)).err(), Some(Status::INVALID_OPTION));
}

fn blob() -> LargeBlob {
    LargeBlob { compressed: vec![3; 500], original_size: 900 }
}

fn large_blob(world: &mut World, request: &get_assertion::Request) -> Option<LargeBlobOutput> {
    assert(world, request).unwrap().unsigned_extension_outputs.large_blob
}

// proves: ext-large-blob
#[test]
fn a_large_blob_is_written_by_a_verified_person_and_read_back() {
    let mut world = World::with_profile(1, Profile::synced());
    let inputs = MakeCredentialInputs { large_blob: Some(LargeBlobSupport::Required), ..Default::default() };
    let made = make(&mut world, &making(inputs)).unwrap();
    let supported = UnsignedOutputs { large_blob: Some(LargeBlobOutput::Supported(true)) };
    assert_eq!(made.response.unsigned_extension_outputs, supported);

    let alone = |input| get_assertion::Request {
        allow_list: Some(ids(&[&made])),
        ..asking(GetAssertionInputs { large_blob: Some(input), ..Default::default() })
    };
    assert_eq!(large_blob(&mut world, &alone(LargeBlobInput::Read)), None, "nothing was written");
    let write = alone(LargeBlobInput::Write(blob()));
    assert_eq!(large_blob(&mut world, &write), Some(LargeBlobOutput::Written(true)));
    assert_eq!(large_blob(&mut world, &alone(LargeBlobInput::Read)), Some(LargeBlobOutput::Read(blob())));
    assert_eq!(world.store.all().unwrap()[0].large_blob, Some(blob()));

    let other = LargeBlob { compressed: vec![4; 4], original_size: 4 };
    let too_large = LargeBlob { compressed: vec![4; 4097], original_size: 5000 };
    let unverified = options(None, None, None);
    for refused in [
        get_assertion::Request { options: unverified, ..alone(LargeBlobInput::Write(other.clone())) },
        get_assertion::Request { allow_list: None, ..alone(LargeBlobInput::Write(other)) },
        alone(LargeBlobInput::Write(too_large)),
    ] {
        assert_eq!(large_blob(&mut world, &refused), Some(LargeBlobOutput::Written(false)));
    }
    assert_eq!(world.store.all().unwrap()[0].large_blob, Some(blob()));
}

// proves: ext-min-pin-length, ext-pin-complexity
#[test]
fn the_rules_for_pins_are_told_to_listed_sites_alone() {
    let mut profile = Profile::device_bound();
    profile.pin.complexity = true;
    let mut world = World::with_profile(1, profile);
    let inputs = MakeCredentialInputs {
        min_pin_length: Some(true),
        pin_complexity_policy: Some(true),
        ..Default::default()
    };
    let told = |world: &mut World| {
        let outputs = made_outputs(&make(world, &making(inputs.clone())).unwrap());
        (outputs.min_pin_length, outputs.pin_complexity_policy)
    };
    assert_eq!(told(&mut world), (None, None), "no site is listed");
    let list = |rp_id: &str, world: &World| {
        let rp_ids = Some(vec![rp_id.to_owned()]);
        world.store.update_state(&mut |state| state.min_pin_length_rp_ids.clone_from(&rp_ids)).unwrap();
    };
    list("b", &world);
    assert_eq!(told(&mut world), (None, None), "another site is listed");
    list("a", &world);
    assert_eq!(told(&mut world), (Some(4), Some(true)));
    world.store.update_state(&mut |state| state.min_pin_length = Some(9)).unwrap();
    assert_eq!(told(&mut world), (Some(9), Some(true)));
    assert_eq!(made_outputs(&make(&mut world, &register("a", 1)).unwrap()).min_pin_length, None);
}

// proves: ext-hmac-secret-mc
#[test]
fn the_salts_of_a_registration_are_answered_as_those_of_a_sign_in() {
    for version in BOTH {
        let mut world = world(1);
        let session = Session::open(&mut world, version);
        let salts = [[1; 32], [2; 32]].concat();
        let input = hmac_secret::input(&session, &salts);
        let inputs = MakeCredentialInputs {
            hmac_secret: Some(true),
            hmac_secret_mc: Some(input.clone()),
            ..Default::default()
        };
        let made = make(&mut world, &making(inputs.clone())).unwrap();
        let encrypted = made_outputs(&made).hmac_secret_mc.unwrap();
        let at_once = session.shared.decrypt(&encrypted).unwrap().to_vec();
        let later = asking(GetAssertionInputs { hmac_secret: Some(input), ..Default::default() });
        let response = assert(&mut world, &later).unwrap();
        assert_eq!(at_once, hmac_secret::output(&session, &made, &response));

        let alone = MakeCredentialInputs { hmac_secret: None, ..inputs.clone() };
        assert_eq!(make(&mut world, &making(alone)).err(), Some(Status::MISSING_PARAMETER));
        let mut forged = inputs;
        forged.hmac_secret_mc.as_mut().unwrap().salt_auth[0] ^= 1;
        assert_eq!(make(&mut world, &making(forged)).err(), Some(Status::PIN_AUTH_INVALID));
        assert_eq!(world.store.all().unwrap().len(), 1, "what was refused is not kept");
    }
}

// proves: ext-third-party-payment
#[test]
fn payments_elsewhere_are_a_property_of_the_credential() {
    let mut world = world(1);
    let inputs = |asked: bool| MakeCredentialInputs {
        third_party_payment: asked.then_some(true),
        ..Default::default()
    };
    for allowed in [false, true] {
        let made = make(&mut world, &making(inputs(allowed))).unwrap();
        let asked = GetAssertionInputs { third_party_payment: Some(true), ..Default::default() };
        let told = outputs(&assert(&mut world, &asking(asked)).unwrap(), &made);
        assert_eq!(told.third_party_payment, Some(allowed));
        let told = outputs(&assert(&mut world, &sign_in("a")).unwrap(), &made);
        assert_eq!(told.third_party_payment, None, "nobody asked");
    }
}

// proves: ext-unknown
#[test]
fn extensions_that_the_profile_does_not_list_are_ignored() {
    let mut world = World::with_profile(1, Profile { extensions: vec![], ..Profile::device_bound() });
    let session = Session::open(&mut world, ctap::pin_protocol::Version::Two);
    let input = hmac_secret::input(&session, &[1; 32]);
    let everything = MakeCredentialInputs {
        cred_protect: Some(ctap::extension::CredProtect::UserVerificationRequired),
        cred_blob: Some(vec![1]),
        large_blob_key: Some(false),
        large_blob: Some(LargeBlobSupport::Required),
        min_pin_length: Some(true),
        pin_complexity_policy: Some(true),
        hmac_secret: Some(true),
        hmac_secret_mc: Some(input.clone()),
        third_party_payment: Some(true),
    };
    let made = make(&mut world, &making(everything)).unwrap();
    assert_eq!(made.auth_data.extensions, None);
    assert_eq!(made.response.large_blob_key, None);
    assert_eq!(made.response.unsigned_extension_outputs, UnsignedOutputs::default());
    let stored = world.store.all().unwrap().remove(0);
    assert_eq!(stored.cred_protect, ctap::extension::CredProtect::default());
    assert!(stored.cred_blob.is_none() && stored.cred_random.is_none() && !stored.third_party_payment);
    let everything = GetAssertionInputs {
        cred_blob: Some(true),
        large_blob_key: Some(false),
        large_blob: Some(LargeBlobInput::Read),
        hmac_secret: Some(input),
        third_party_payment: Some(true),
    };
    assert_eq!(
        outputs(&assert(&mut world, &asking(everything)).unwrap(), &made),
        GetAssertionOutputs::default()
    );
}

// proves: ext-cred-protect
#[test]
fn a_token_finds_what_needs_verification() {
    let mut world = world(1);
    let version = ctap::pin_protocol::Version::Two;
    set_pin(&mut world, version, b"123456").unwrap();
    let inputs = MakeCredentialInputs {
        cred_protect: Some(ctap::extension::CredProtect::UserVerificationRequired),
        ..Default::default()
    };
    let made = make(&mut world, &making(inputs)).unwrap();
    let level = ctap::extension::CredProtect::UserVerificationRequired;
    assert_eq!(made_outputs(&made).cred_protect, Some(level.into()));
    let by_id = get_assertion::Request {
        allow_list: Some(ids(&[&made])),
        options: options(None, None, None),
        ..sign_in("a")
    };
    assert_eq!(assert(&mut world, &by_id).err(), Some(Status::NO_CREDENTIALS));
    let token = Token::by_pin(&mut world, version, "123456", permission::GET_ASSERTION, Some("a")).unwrap();
    verified(&assert(&mut world, &token.sign_in(by_id)).unwrap(), &made.key);
}
