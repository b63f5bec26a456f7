use authenticator::{
    Profile, permission,
    platform::{Question, Store},
    profile::Verification,
    testing::{World, world},
};
use ctap::{
    Request, Response, Status,
    large_blobs::{self, Request as Blobs},
    pin_protocol::Version,
};
use sha2::{Digest, Sha256};

use crate::platform_side::*;

const LBW: u8 = permission::LARGE_BLOB_WRITE;
/// maxMsgSize of the device-bound profile, less 64.
const MOST: usize = 1536 - 64;

fn send(world: &mut World, request: Blobs) -> Result<large_blobs::Response, Status> {
    match world.request(&Request::LargeBlobs(request))? {
        Response::LargeBlobs(response) => Ok(response),
        other => panic!("{other:?}"),
    }
}

fn read(world: &mut World, count: u64, offset: u64) -> Result<Vec<u8>, Status> {
    let request = Blobs { get: Some(count), offset: Some(offset), ..Blobs::default() };
    send(world, request).map(|response| response.config.unwrap())
}

/// The array with its hash.
fn hashed(content: &[u8]) -> Vec<u8> {
    [content, &Sha256::digest(content)[..16]].concat()
}

fn fragment(token: &Token, set: &[u8], offset: usize, length: Option<usize>) -> Blobs {
    let le = u32::try_from(offset).unwrap().to_le_bytes();
    let message = [&[0xFF; 32][..], &[0x0C, 0x00], &le, &Sha256::digest(set)].concat();
    Blobs {
        set: Some(set.to_vec()),
        offset: Some(offset as u64),
        length: length.map(|length| length as u64),
        pin_uv_auth_param: Some(token.prove(&message)),
        pin_uv_auth_protocol: Some(token.0 as u64),
        ..Blobs::default()
    }
}

fn write(world: &mut World, token: &Token, array: &[u8], size: usize) -> Result<(), Status> {
    for (number, chunk) in array.chunks(size).enumerate() {
        let length = (number == 0).then_some(array.len());
        let response = send(world, fragment(token, chunk, number * size, length))?;
        assert_eq!(response, large_blobs::Response::default());
    }
    Ok(())
}

// proves: large-blobs
#[test]
fn a_fresh_key_holds_an_empty_array_and_its_hash() {
    let mut world = world(1);
    let initial = hashed(&[0x80]);
    assert_eq!(read(&mut world, 17, 0), Ok(initial.clone()));
    assert_eq!(read(&mut world, MOST as u64, 0), Ok(initial.clone()), "no more than there is");
    assert_eq!(read(&mut world, 4, 15), Ok(initial[15..].to_vec()));
    assert_eq!(read(&mut world, 4, 17), Ok(vec![]));
    assert_eq!(read(&mut world, 4, 18), Err(Status::INVALID_PARAMETER));
    assert_eq!(read(&mut world, MOST as u64 + 1, 0), Err(Status::INVALID_LENGTH));
    assert_eq!(world.user.take_questions(), []);
}

// proves: large-blobs
#[test]
fn an_array_is_written_in_fragments_and_read_back_also_after_a_power_cycle() {
    for version in BOTH {
        let mut world = world(1);
        set_pin(&mut world, version, b"1234").unwrap();
        let token = Token::by_pin(&mut world, version, "1234", LBW, None).unwrap();
        let array = hashed(&vec![0x5A; 3000]);
        write(&mut world, &token, &array, MOST).unwrap();
        world.key.power_cycle();
        let mut back = read(&mut world, MOST as u64, 0).unwrap();
        back.extend(read(&mut world, MOST as u64, MOST as u64).unwrap());
        back.extend(read(&mut world, MOST as u64, 2 * MOST as u64).unwrap());
        assert_eq!(back, array);
    }
}

// proves: large-blobs
#[test]
fn nothing_is_kept_of_an_array_that_is_not_whole_or_whose_hash_is_wrong() {
    let mut world = world(1);
    let token = Token::by_uv(&mut world, Version::Two, LBW, None).unwrap();
    let good = hashed(&[1; 100]);
    write(&mut world, &token, &good, MOST).unwrap();

    let mut spoilt = hashed(&[2; 100]);
    spoilt[3] ^= 1;
    assert_eq!(write(&mut world, &token, &spoilt, 50), Err(Status::INTEGRITY_FAILURE));
    assert_eq!(read(&mut world, 200, 0), Ok(good.clone()));

    send(&mut world, fragment(&token, &[3; 50], 0, Some(116))).unwrap();
    world.key.power_cycle();
    let token = Token::by_uv(&mut world, Version::Two, LBW, None).unwrap();
    let next = send(&mut world, fragment(&token, &[3; 50], 50, None));
    assert_eq!(next.err(), Some(Status::INVALID_SEQ), "power took what was written");
    assert_eq!(read(&mut world, 200, 0), Ok(good));
}

// proves: large-blobs
#[test]
fn fragments_out_of_order_too_long_or_misannounced_are_refused() {
    let mut world = world(1);
    let token = Token::by_uv(&mut world, Version::Two, LBW, None).unwrap();
    for (request, status) in [
        (fragment(&token, &[0; 20], 0, None), Status::INVALID_PARAMETER),
        (fragment(&token, &[0; 16], 0, Some(16)), Status::INVALID_PARAMETER),
        (fragment(&token, &[0; 20], 0, Some(4097)), Status::LARGE_BLOB_STORAGE_FULL),
        (fragment(&token, &[0; 20], 20, None), Status::INVALID_SEQ),
        (fragment(&token, &[0; 20], 20, Some(40)), Status::INVALID_PARAMETER),
        (fragment(&token, &vec![0; MOST + 1], 0, Some(4000)), Status::INVALID_LENGTH),
        (fragment(&token, &[0; 20], 0, Some(19)), Status::INVALID_PARAMETER),
        (Blobs { get: Some(1), ..fragment(&token, &[0; 20], 0, Some(20)) }, Status::INVALID_PARAMETER),
        (Blobs { offset: None, ..fragment(&token, &[0; 20], 0, Some(20)) }, Status::INVALID_PARAMETER),
        (Blobs { offset: Some(0), ..Blobs::default() }, Status::INVALID_PARAMETER),
        (
            Blobs { get: Some(1), offset: Some(0), length: Some(1), ..Blobs::default() },
            Status::INVALID_PARAMETER,
        ),
        (
            Blobs { get: Some(1), offset: Some(0), pin_uv_auth_protocol: Some(2), ..Blobs::default() },
            Status::INVALID_PARAMETER,
        ),
    ] {
        assert_eq!(send(&mut world, request.clone()).err(), Some(status), "{request:?}");
    }
    send(&mut world, fragment(&token, &[0; 20], 0, Some(60))).unwrap();
    let gap = send(&mut world, fragment(&token, &[0; 20], 21, None));
    assert_eq!(gap.err(), Some(Status::INVALID_SEQ));
    let beyond = send(&mut world, fragment(&token, &[0; 41], 20, None));
    assert_eq!(beyond.err(), Some(Status::INVALID_PARAMETER));
}

// proves: large-blobs
#[test]
fn a_protected_key_is_written_only_with_the_lbw_permission() {
    let mut world = world(1);
    let array = hashed(&[1; 30]);
    let wrong = Token::by_uv(&mut world, Version::Two, permission::CREDENTIAL_MANAGEMENT, None).unwrap();
    let refused = write(&mut world, &wrong, &array, MOST);
    assert_eq!(refused, Err(Status::PIN_AUTH_INVALID), "another permission");

    let token = Token::by_uv(&mut world, Version::Two, LBW, None).unwrap();
    let good = fragment(&token, &array, 0, Some(array.len()));
    for (request, status) in [
        (Blobs { pin_uv_auth_param: None, ..good.clone() }, Status::PUAT_REQUIRED),
        (Blobs { pin_uv_auth_protocol: None, ..good.clone() }, Status::MISSING_PARAMETER),
        (Blobs { pin_uv_auth_protocol: Some(3), ..good.clone() }, Status::INVALID_PARAMETER),
        (Blobs { set: Some(hashed(&[2; 30])), ..good.clone() }, Status::PIN_AUTH_INVALID),
    ] {
        assert_eq!(send(&mut world, request.clone()).err(), Some(status), "{request:?}");
    }
    assert!(world.store.state().unwrap().large_blob_array.is_none());
    // One token serves a ceremony and the write that follows it.
    let both = LBW | permission::MAKE_CREDENTIAL;
    let token = Token::by_uv(&mut world, Version::Two, both, Some("a")).unwrap();
    make(&mut world, &token.register(register("a", 1))).unwrap();
    write(&mut world, &token, &array, MOST).unwrap();
    assert!(!world.user.take_questions().contains(&Question::Select));
}

// proves: large-blobs
#[test]
fn a_key_that_nothing_protects_takes_a_write_without_a_token_and_one_without_the_feature_none() {
    let profile = Profile { verification: Verification::None, ..Profile::device_bound() };
    let mut world = World::with_profile(1, profile.clone());
    let array = hashed(&[1; 30]);
    let length = Some(array.len() as u64);
    let bare = Blobs { set: Some(array.clone()), offset: Some(0), length, ..Blobs::default() };
    send(&mut world, bare).unwrap();
    assert_eq!(read(&mut world, 100, 0), Ok(array));

    let mut profile = profile;
    profile.features.large_blobs = false;
    assert_eq!(read(&mut World::with_profile(1, profile), 1, 0), Err(Status::INVALID_COMMAND));
}
