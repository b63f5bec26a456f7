//! The platform of a sequence: what it learns from the key's answers, and the requests that it makes of a step.
//! It writes CBOR by hand, so that it shares neither types nor mistakes with the key.

use authenticator::{platform::Answer, testing::World};
use ciborium::Value;
use ctap::{
    cose,
    pin_protocol::{self, KeyAgreement, SharedSecret, Version},
};
use sha2::{Digest, Sha256};
use std::time::Duration;

use crate::{
    invariants,
    step::{Extensions, GetAssertion, MakeCredential, Options, Person, Proof, Protocol, Step},
};

const HASH: [u8; 32] = [0xCD; 32];
const IV: [u8; 16] = [9; 16];

pub(crate) struct Platform {
    world: World,
    version: Version,
    session: Option<Session>,
    token: [u8; 32],
    credentials: Vec<Vec<u8>>,
    templates: Vec<Vec<u8>>,
}

/// What a key agreement gave.
struct Session {
    shared: SharedSecret,
    public: Value,
}

type Members = Vec<(Value, Value)>;

impl Platform {
    pub(crate) fn new(profile: u8) -> Self {
        Self {
            world: invariants::world(profile),
            version: Version::Two,
            session: None,
            token: [0; 32],
            credentials: Vec::new(),
            templates: Vec::new(),
        }
    }

    pub(crate) fn take(&mut self, step: Step) {
        match step {
            Step::MakeCredential(request) => self.make_credential(&request),
            Step::GetAssertion(request) => self.get_assertion(&request),
            Step::GetNextAssertion => drop(self.send(0x08, vec![])),
            Step::GetInfo => drop(self.send(0x04, vec![])),
            Step::KeyAgreement(protocol) => self.agree(protocol),
            Step::PinRetries => drop(self.pin_request(0x01, vec![])),
            Step::UvRetries => drop(self.pin_request(0x07, vec![])),
            Step::SetPin(pin) => self.set_pin(None, &pin.text()),
            Step::ChangePin(from, to) => self.set_pin(Some(&from.text()), &to.text()),
            Step::DefaultToken(pin) => self.fetch_token(0x05, Some(&pin.text()), None, None),
            Step::PinToken(pin, permissions, site) => {
                self.fetch_token(0x09, Some(&pin.text()), Some(permissions), site.map(|site| site.rp_id()));
            }
            Step::UvToken(permissions, site) => {
                self.fetch_token(0x06, None, Some(permissions), site.map(|site| site.rp_id()));
            }
            Step::BioEnrollment { sub_command, template, name, timeout, proof } => {
                let id = pick(&self.templates, template);
                let params = params(vec![
                    (1, id.map(Value::Bytes)),
                    (2, name.map(|name| Value::Text(name.0))),
                    (3, timeout.map(number)),
                ]);
                self.bio_enrollment(sub_command % 8, params, &proof);
            }
            Step::CredentialManagement { sub_command, site, credential, user, proof } => {
                let descriptor = pick(&self.credentials, credential).map(descriptor);
                let hash = Sha256::digest(site.rp_id()).to_vec();
                let params =
                    params(vec![(1, Some(Value::Bytes(hash))), (2, descriptor), (3, user.map(user_entity))]);
                self.credential_management(sub_command % 8, params, &proof);
            }
            Step::Selection => drop(self.send(0x0B, vec![])),
            Step::ReadLargeBlobs { offset, length } => {
                let members = vec![(number(1), number(length)), (number(3), number(offset))];
                drop(self.send(0x0C, members));
            }
            Step::WriteLargeBlobs { content, right_hash, fragment, proof } => {
                self.write_large_blobs(content, right_hash, usize::from(fragment), &proof);
            }
            Step::Configure { sub_command, min_pin_length, sites, force, proof } => {
                let sites = sites.map(|sites| {
                    Value::Array(sites.into_iter().take(10).map(|site| Value::Text(site.rp_id())).collect())
                });
                let params =
                    params(vec![(1, min_pin_length.map(number)), (2, sites), (3, force.map(Value::Bool))]);
                self.configure(sub_command % 6, params, &proof);
            }
            Step::Reset => drop(self.send(0x07, vec![])),
            Step::Person(person) => self.world.user.will(answer(&person)),
            Step::Wait(seconds) => self.world.clock.advance(Duration::from_secs(seconds.into())),
            Step::PowerCycle => self.world.key.power_cycle(),
            Step::Raw(message) => drop(self.exchange(&message)),
        }
    }

    fn make_credential(&mut self, request: &MakeCredential) {
        let mut members = vec![
            (number(1), Value::Bytes(HASH.to_vec())),
            (number(2), Value::Map(vec![(text("id"), Value::Text(request.site.rp_id()))])),
            (number(3), user_entity(request.user)),
            (number(4), Value::Array(request.algorithms.iter().map(|one| algorithm(one.number())).collect())),
        ];
        if let Some(id) = request.exclude.and_then(|index| pick(&self.credentials, index)) {
            members.push((number(5), Value::Array(vec![descriptor(id)])));
        }
        members
            .extend(self.extensions(&request.extensions, "hmac-secret-mc").map(|value| (number(6), value)));
        members.extend(options(&request.options).map(|value| (number(7), value)));
        members.extend(self.proof(&request.proof, &HASH, 8, 9));
        members.extend(request.enterprise.map(|level| (number(10), number(level))));
        members.extend(request.formats.as_ref().map(|one| (number(11), Value::Array(vec![text(&one.0)]))));
        let Some(answer) = self.send(0x01, members) else { return };
        let data = answer
            .get(2)
            .and_then(Value::as_bytes)
            .and_then(|data| ctap::auth_data::AuthenticatorData::decode(data).ok());
        self.credentials.extend(data.and_then(|data| data.attested).map(|attested| attested.credential_id));
    }

    fn get_assertion(&mut self, request: &GetAssertion) {
        let mut members =
            vec![(number(1), Value::Text(request.site.rp_id())), (number(2), Value::Bytes(HASH.to_vec()))];
        if let Some(id) = request.allow.and_then(|index| pick(&self.credentials, index)) {
            members.push((number(3), Value::Array(vec![descriptor(id)])));
        }
        members.extend(self.extensions(&request.extensions, "hmac-secret").map(|value| (number(4), value)));
        members.extend(options(&request.options).map(|value| (number(5), value)));
        members.extend(self.proof(&request.proof, &HASH, 6, 7));
        drop(self.send(0x02, members));
    }

    /// The inputs of both ceremonies; the salts go under the name that the ceremony has for them.
    fn extensions(&self, wanted: &Extensions, salts: &str) -> Option<Value> {
        let mut members: Members = Vec::new();
        let mut with =
            |name: &str, value: Option<Value>| members.extend(value.map(|value| (text(name), value)));
        with("credProtect", wanted.cred_protect.map(number));
        with(
            "credBlob",
            wanted.cred_blob.as_ref().map(|blob| {
                if salts == "hmac-secret" { Value::Bool(true) } else { Value::Bytes(blob.0.clone()) }
            }),
        );
        with("largeBlobKey", wanted.large_blob_key.map(Value::Bool));
        with("minPinLength", wanted.min_pin_length.map(Value::Bool));
        with("pinComplexityPolicy", wanted.pin_complexity_policy.map(Value::Bool));
        with("thirdPartyPayment", wanted.third_party_payment.map(Value::Bool));
        with("unknown", wanted.unknown.then(|| Value::Array(vec![])));
        let secret = wanted.salts.and_then(|count| self.salts(count));
        if salts == "hmac-secret" {
            with("hmac-secret", secret);
        } else {
            with("hmac-secret", wanted.hmac_secret.map(Value::Bool));
            with("hmac-secret-mc", secret);
        }
        (!members.is_empty()).then(|| map(members))
    }

    /// The salts of hmac-secret (§12.7), encrypted and authenticated.
    fn salts(&self, count: u8) -> Option<Value> {
        let session = self.session.as_ref()?;
        let salts = vec![count; 32 * (1 + usize::from(count % 3))];
        let encrypted = session.shared.encrypt(&IV, &salts).ok()?;
        let proof = session.shared.authenticate(&encrypted);
        Some(map(vec![
            (number(1), session.public.clone()),
            (number(2), Value::Bytes(encrypted)),
            (number(3), Value::Bytes(proof)),
            (number(4), number(self.version as u8)),
        ]))
    }

    fn agree(&mut self, protocol: Protocol) {
        self.version = match protocol {
            Protocol::One => Version::One,
            Protocol::Two => Version::Two,
        };
        let members = vec![(number(1), number(self.version as u8)), (number(2), number(2))];
        let Some(answer) = self.send(0x06, members) else { return };
        let Some(peer) = answer.get(1).map(encode).and_then(|bytes| cose::PublicKey::decode(&bytes).ok())
        else {
            return;
        };
        let own = KeyAgreement::from_random(&[7; 32]).expect("a private key of P-256");
        let shared = own.shared_secret(self.version, &peer).expect("the key's public key is on the curve");
        let public = ctap::cbor::decode(&own.public_key().encode()).expect("a COSE key is CBOR");
        self.session = Some(Session { shared, public });
    }

    fn pin_request(&mut self, sub_command: u8, more: Members) -> Option<AnswerMap> {
        let mut members = vec![(number(1), number(self.version as u8)), (number(2), number(sub_command))];
        if let Some(session) = &self.session {
            members.push((number(3), session.public.clone()));
        }
        members.extend(more);
        self.send(0x06, members)
    }

    fn set_pin(&mut self, from: Option<&str>, to: &str) {
        let Some(session) = &self.session else { return self.agree(Protocol::Two) };
        let mut padded = to.as_bytes().to_vec();
        padded.resize(64.max(padded.len().next_multiple_of(16)), 0);
        let Ok(new_pin) = session.shared.encrypt(&IV, &padded) else { return };
        let old_pin = from.map(|pin| pin_hash(&session.shared, pin)).unwrap_or_default();
        let proof = session.shared.authenticate(&[&new_pin[..], &old_pin].concat());
        let mut members = vec![(number(4), Value::Bytes(proof)), (number(5), Value::Bytes(new_pin))];
        if from.is_some() {
            members.push((number(6), Value::Bytes(old_pin)));
        }
        drop(self.pin_request(if from.is_some() { 0x04 } else { 0x03 }, members));
    }

    fn fetch_token(
        &mut self,
        sub_command: u8,
        pin: Option<&str>,
        permissions: Option<u8>,
        rp_id: Option<String>,
    ) {
        let Some(session) = &self.session else { return self.agree(Protocol::Two) };
        let mut members = Vec::new();
        members.extend(pin.map(|pin| (number(6), Value::Bytes(pin_hash(&session.shared, pin)))));
        members.extend(permissions.map(|bits| (number(9), number(bits))));
        members.extend(rp_id.map(|rp_id| (number(10), Value::Text(rp_id))));
        let Some(answer) = self.pin_request(sub_command, members) else { return };
        let encrypted = answer.get(2).and_then(Value::as_bytes).expect("a token was promised");
        let shared = &self.session.as_ref().expect("it was there before").shared;
        let token = shared.decrypt(encrypted).expect("the key encrypts whole blocks");
        self.token = token.as_slice().try_into().expect("a token has 32 bytes");
    }

    fn bio_enrollment(&mut self, sub_command: u8, params: Option<Value>, proof: &Proof) {
        let message = [vec![0x01, sub_command], params.as_ref().map(encode).unwrap_or_default()].concat();
        let mut members = vec![(number(1), number(1)), (number(2), number(sub_command))];
        members.extend(params.map(|params| (number(3), params)));
        members.extend(self.proof(proof, &message, 5, 4));
        let Some(answer) = self.send(0x09, members) else { return };
        self.templates.extend(answer.get(4).and_then(Value::as_bytes).cloned());
    }

    fn credential_management(&mut self, sub_command: u8, params: Option<Value>, proof: &Proof) {
        let message = [vec![sub_command], params.as_ref().map(encode).unwrap_or_default()].concat();
        let mut members = vec![(number(1), number(sub_command))];
        members.extend(params.map(|params| (number(2), params)));
        members.extend(self.proof(proof, &message, 4, 3));
        drop(self.send(0x0A, members));
    }

    fn configure(&mut self, sub_command: u8, params: Option<Value>, proof: &Proof) {
        let encoded = params.as_ref().map(encode).unwrap_or_default();
        let message = [vec![0xFF; 32], vec![0x0D, sub_command], encoded].concat();
        let mut members = vec![(number(1), number(sub_command))];
        members.extend(params.map(|params| (number(2), params)));
        members.extend(self.proof(proof, &message, 4, 3));
        drop(self.send(0x0D, members));
    }

    /// Writes an array of this content in fragments, each with a proof of its own (§6.10.2).
    fn write_large_blobs(&mut self, content: Vec<u8>, right_hash: bool, fragment: usize, proof: &Proof) {
        let mut array = encode(&Value::Array(vec![Value::Bytes(content)]));
        let mut hash = Sha256::digest(&array)[..16].to_vec();
        hash[0] ^= u8::from(!right_hash);
        array.extend(hash);
        let mut offset = 0_usize;
        for part in array.chunks(fragment.max(64)) {
            let position = u32::try_from(offset).expect("an input is shorter");
            let message =
                [&[0xFF; 32][..], &[0x0C, 0x00], &position.to_le_bytes(), &Sha256::digest(part)].concat();
            let mut members = vec![(number(2), Value::Bytes(part.to_vec())), (number(3), number(position))];
            if offset == 0 {
                members.push((number(4), Value::from(array.len() as u64)));
            }
            members.extend(self.proof(proof, &message, 5, 6));
            if self.send(0x0C, members).is_none() {
                return;
            }
            offset += part.len();
        }
    }

    /// The members pinUvAuthParam and pinUvAuthProtocol.
    fn proof(&self, proof: &Proof, message: &[u8], param: u8, protocol: u8) -> Members {
        let bytes = match proof {
            Proof::None => return vec![],
            Proof::Right => pin_protocol::authenticate(self.version, &self.token, message),
            Proof::Empty => vec![],
            Proof::Wrong(bytes) => bytes.to_vec(),
        };
        vec![(number(param), Value::Bytes(bytes)), (number(protocol), number(self.version as u8))]
    }

    fn send(&mut self, command: u8, members: Members) -> Option<AnswerMap> {
        let parameters = if members.is_empty() { vec![] } else { encode(&map(members)) };
        self.exchange(&[vec![command], parameters].concat())
    }

    /// The members of an answer that is no refusal.
    fn exchange(&mut self, message: &[u8]) -> Option<AnswerMap> {
        let answer = self.world.send(message);
        invariants::check(&self.world, message, &answer);
        match answer.split_first()? {
            (0, []) => Some(AnswerMap(vec![])),
            (0, members) => match ctap::cbor::decode(members) {
                Ok(Value::Map(members)) => Some(AnswerMap(members)),
                _ => panic!("what an answer carries is a map"),
            },
            _ => None,
        }
    }
}

struct AnswerMap(Members);

impl AnswerMap {
    fn get(&self, key: u8) -> Option<&Value> {
        self.0.iter().find(|(known, _)| known.as_integer() == Some(key.into())).map(|(_, value)| value)
    }
}

fn answer(person: &Person) -> Answer {
    match *person {
        Person::Approves { account, verified } => Answer::Approved { account: account.into(), verified },
        Person::Declines => Answer::Declined,
        Person::NotVerified => Answer::NotVerified,
        Person::Sleeps => Answer::TimedOut,
        Person::Cancels => Answer::Cancelled,
    }
}

fn pin_hash(shared: &SharedSecret, pin: &str) -> Vec<u8> {
    shared.encrypt(&IV, &Sha256::digest(pin)[..16]).expect("16 bytes are a block")
}

fn pick(list: &[Vec<u8>], index: u8) -> Option<Vec<u8>> {
    list.get(usize::from(index) % list.len().max(1)).cloned()
}

fn params(members: Vec<(u8, Option<Value>)>) -> Option<Value> {
    let members: Members =
        members.into_iter().filter_map(|(key, value)| Some((number(key), value?))).collect();
    (!members.is_empty()).then(|| map(members))
}

fn options(options: &Options) -> Option<Value> {
    let members: Members = [("rk", options.rk), ("up", options.up), ("uv", options.uv)]
        .into_iter()
        .filter_map(|(name, value)| Some((text(name), Value::Bool(value?))))
        .collect();
    (!members.is_empty()).then(|| map(members))
}

fn user_entity(user: u8) -> Value {
    let user = user % 4;
    map(vec![
        (text("id"), Value::Bytes(vec![user; 1 + 16 * usize::from(user)])),
        (text("name"), Value::Text(format!("user{user}"))),
    ])
}

fn descriptor(id: Vec<u8>) -> Value {
    map(vec![(text("id"), Value::Bytes(id)), (text("type"), text("public-key"))])
}

fn algorithm(number: i64) -> Value {
    map(vec![(text("alg"), Value::from(number)), (text("type"), text("public-key"))])
}

fn number(value: impl Into<i64>) -> Value {
    Value::from(value.into())
}

fn text(value: &str) -> Value {
    Value::Text(value.to_owned())
}

/// In canonical order (§8).
fn map(mut members: Members) -> Value {
    members.sort_by_cached_key(|(key, _)| encode(key));
    Value::Map(members)
}

fn encode(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    ciborium::into_writer(value, &mut bytes).expect("a vector takes everything");
    bytes
}
