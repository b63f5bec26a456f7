//! Messages of other people's keys: python-fido2 2.2.1, `tests/test_ctap2.py` (a YubiKey's answers).

use super::unhex;
use ctap::attestation::{AttestationObject, Statement};
use ctap::auth_data::{AuthenticatorData, Flags};
use ctap::{Command, Response, Status, cose};

const INFO: &str = "a60182665532465f5632684649444f5f325f3002826375766d6b686d61632d7365637265740350f8a011f38c0a4d15800617\
     111f9edc7d04a462726bf5627570f564706c6174f469636c69656e7450696ef4051904b0068101";
const MAKE_CREDENTIAL: &str = "a301667061636b65640258c40021f5fc0b85cd22e60623bcd7d1ca48948909249b4776eb515154e57b66ae12410000001cf8\
     a011f38c0a4d15800617111f9edc7d0040fe3aac036d14c1e1c65518b698dd1da8f596bc33e11072813466c6bf3845691509\
     b80fb76d59309b8d39e0a93452688f6ca3a39a76f3fc52744fb73948b15783a5010203262001215820643566c206dd002270\
     05fa5de69320616ca268043a38f08bde2e9dc45a5cafaf225820171353b2932434703726aae579fa6542432861fe591e481e\
     a22d63997e1a529003a363616c67266373696758483046022100cc1ef43edf07de8f208c21619c78a565ddcf4150766ad587\
     81193be8e0a742ed022100f1ed7c7243e45b7d8e5bda6b1abf10af7391789d1ef21b70bd69fed48dba4cb163783563815901\
     973082019330820138a003020102020900859b726cb24b4c29300a06082a8648ce3d0403023047310b300906035504061302\
     555331143012060355040a0c0b59756269636f205465737431223020060355040b0c1941757468656e74696361746f722041\
     74746573746174696f6e301e170d3136313230343131353530305a170d3236313230323131353530305a3047310b30090603\
     5504061302555331143012060355040a0c0b59756269636f205465737431223020060355040b0c1941757468656e74696361\
     746f72204174746573746174696f6e3059301306072a8648ce3d020106082a8648ce3d03010703420004ad11eb0e8852e53a\
     d5dfed86b41e6134a18ec4e1af8f221a3c7d6e636c80ea13c3d504ff2e76211bb44525b196c44cb4849979cf6f896ecd2bb8\
     60de1bf4376ba30d300b30090603551d1304023000300a06082a8648ce3d0403020349003046022100e9a39f1b03197525f7\
     373e10ce77e78021731b94d0c03f3fda1fd22db3d030e7022100c4faec3445a820cf43129cdb00aabefd9ae2d874f9c5d343\
     cb2f113da23723f3";
const GET_ASSERTION: &str = "a301a26269645840fe3aac036d14c1e1c65518b698dd1da8f596bc33e11072813466c6bf3845691509b80fb76d59309b8d39\
     e0a93452688f6ca3a39a76f3fc52744fb73948b1578364747970656a7075626c69632d6b65790258250021f5fc0b85cd22e6\
     0623bcd7d1ca48948909249b4776eb515154e57b66ae12010000001d035846304402206765cbf6e871d3af7f01ae96f06b13\
     c90f26f54b905c5166a2c791274fc2397102200b143893586cc799fba4da83b119eaea1bd80ac3ce88fcedb3efbd596a1f4f\
     63";

#[test]
fn get_info() {
    let Ok(Response::GetInfo(info)) = answer(Command::GetInfo, INFO) else { panic!("not decoded") };
    assert_eq!(info.versions, ["U2F_V2", "FIDO_2_0"]);
    assert_eq!(info.extensions, ["uvm", "hmac-secret"]);
    assert_eq!(info.aaguid.to_vec(), unhex("f8a011f38c0a4d15800617111f9edc7d"));
    let options =
        ["rk", "up", "plat", "clientPin"].map(str::to_owned).into_iter().zip([true, true, false, false]);
    assert_eq!(info.options, options.collect::<Vec<_>>());
    assert_eq!(info.max_msg_size, Some(1200));
    assert_eq!(info.pin_uv_auth_protocols, [1]);
    assert!(info.other.is_empty());
}

#[test]
fn make_credential() {
    let Ok(Response::MakeCredential(made)) = answer(Command::MakeCredential, MAKE_CREDENTIAL) else {
        panic!("not decoded")
    };
    let Statement::Packed { algorithm, signature, chain } = &made.attestation else { panic!("not packed") };
    assert_eq!((*algorithm, signature.len(), chain.len()), (cose::ES256, 72, 1));
    let data = AuthenticatorData::decode(&made.auth_data).unwrap();
    assert_eq!(data.flags, Flags(Flags::UP | Flags::AT));
    assert_eq!(data.sign_count, 28);
    let attested = data.attested.unwrap();
    assert_eq!(attested.credential_id.len(), 64);
    let key = cose::PublicKey::decode(&attested.public_key).unwrap();
    assert_eq!(key.algorithm(), cose::ES256);
    assert!(key.to_p256().is_some(), "its coordinates are on the curve");
    let object = AttestationObject { statement: made.attestation, auth_data: made.auth_data };
    assert_eq!(AttestationObject::decode(&object.encode()), Ok(object));
}

#[test]
fn get_assertion() {
    let Ok(Response::GetAssertion(asserted)) = answer(Command::GetAssertion, GET_ASSERTION) else {
        panic!("not decoded")
    };
    let data = AuthenticatorData::decode(&asserted.auth_data).unwrap();
    assert_eq!((data.flags, data.sign_count), (Flags(Flags::UP), 29));
    assert_eq!(asserted.credential.id.len(), 64);
    assert_eq!((asserted.signature.len(), asserted.user, asserted.number_of_credentials), (70, None, None));
}

/// Decodes an answer and sees that it is encoded again to the same bytes.
fn answer(command: Command, members: &str) -> Result<Response, Status> {
    let message = [vec![0], unhex(members)].concat();
    let response = Response::decode(command, &message)?;
    assert_eq!(Response::encode(&Ok(response.clone())), message);
    Ok(response)
}
