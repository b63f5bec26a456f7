use super::*;
use authenticator::{Kind, platform::User};
use ctap::entity::{self, RelyingParty};
use secrecy::ExposeSecret;

struct Passphrase;

impl Proof for Passphrase {
    fn needed(&self) -> SecretKind {
        SecretKind::Passphrase
    }

    fn verify(&self, _: SecretKind, secret: &SecretString) -> Result<bool, AppError> {
        Ok(secret.expose_secret() == "right")
    }
}

fn register(verify: bool) -> Question {
    Question::Register {
        rp: RelyingParty { id: "login.example.co.uk".into(), name: Some("Example".into()) },
        user: entity::User { id: vec![1], name: Some("ada".into()), display_name: None },
        kind: Kind::Synced,
        verify,
    }
}

async fn asked(prompts: &Prompts) -> Prompt {
    let mut changes = prompts.subscribe();
    loop {
        if let Some(prompt) = prompts.current() {
            return prompt;
        }
        changes.changed().await.unwrap();
    }
}

fn typed(secret: &str) -> PromptAnswer {
    PromptAnswer::approve(Some(secret.into()))
}

#[tokio::test]
async fn the_right_passphrase_verifies_and_a_wrong_one_may_be_tried_again() {
    let prompts = Prompts::default();
    let asker = prompts.asker("synced", Arc::new(Passphrase));
    let face = async {
        let prompt = asked(&prompts).await;
        assert_eq!(prompt.registrable_domain.as_deref(), Some("example.co.uk"));
        assert_eq!((prompt.secret, prompt.tries_left), (SecretKind::Passphrase, Some(3)));
        prompts.answer(prompt.id, typed("wrong")).unwrap();
        let again = asked(&prompts).await;
        assert_eq!((again.id, again.tries_left), (prompt.id, Some(2)));
        assert!(again.problem.is_some());
        prompts.answer(prompt.id, typed("right")).unwrap();
    };
    let (answer, ()) = tokio::join!(asker.ask(register(true), Duration::from_secs(30)), face);
    assert_eq!(answer, Answer::Approved { account: 0, verified: true });
    assert_eq!(prompts.current(), None);
}

#[tokio::test]
async fn three_wrong_passphrases_are_not_verified() {
    let prompts = Prompts::default();
    let asker = prompts.asker("synced", Arc::new(Passphrase));
    let face = async {
        let id = asked(&prompts).await.id;
        for _ in 0..3 {
            prompts.answer(id, typed("wrong")).unwrap();
        }
        assert_eq!(prompts.answer(id, typed("right")).unwrap_err().code, Code::NotFound);
    };
    let (answer, ()) = tokio::join!(asker.ask(register(true), Duration::from_secs(30)), face);
    assert_eq!(answer, Answer::NotVerified);
}

#[tokio::test]
async fn presence_alone_asks_for_no_secret_and_is_not_verified() {
    let prompts = Prompts::default();
    let asker = prompts.asker("synced", Arc::new(Passphrase));
    let face = async {
        let prompt = asked(&prompts).await;
        assert_eq!(prompt.secret, SecretKind::None);
        prompts.answer(prompt.id, PromptAnswer::approve(None)).unwrap();
    };
    let (answer, ()) = tokio::join!(asker.ask(register(false), Duration::from_secs(30)), face);
    assert_eq!(answer, Answer::Approved { account: 0, verified: false });
}

#[tokio::test]
async fn declined_withdrawn_and_late_are_told_apart() {
    let prompts = Prompts::default();
    let asker = prompts.asker("synced", Arc::new(Passphrase));
    let limit = Duration::from_secs(30);
    let decline = async { prompts.answer(asked(&prompts).await.id, PromptAnswer::decline()).unwrap() };
    assert_eq!(tokio::join!(asker.ask(Question::Select, limit), decline).0, Answer::Declined);

    let withdraw = async {
        asked(&prompts).await;
        asker.withdraw();
    };
    assert_eq!(tokio::join!(asker.ask(Question::Select, limit), withdraw).0, Answer::Cancelled);

    assert_eq!(asker.ask(Question::Select, Duration::from_millis(20)).await, Answer::TimedOut);
    assert_eq!(prompts.current(), None, "a question that is over is not shown");
}

#[tokio::test]
async fn questions_of_two_keys_are_shown_one_after_the_other() {
    let prompts = Prompts::default();
    let (one, two) = (prompts.asker("one", Arc::new(Passphrase)), prompts.asker("two", Arc::new(Passphrase)));
    let face = async {
        for expected in ["one", "two"] {
            let prompt = asked(&prompts).await;
            assert_eq!(prompt.key, expected);
            prompts.answer(prompt.id, PromptAnswer::approve(None)).unwrap();
        }
    };
    let limit = Duration::from_secs(30);
    let (first, second, ()) =
        tokio::join!(one.ask(Question::Select, limit), two.ask(Question::Select, limit), face);
    assert_eq!(first, second);
}

// proves: u2f-register, u2f-authenticate
#[tokio::test]
async fn a_second_factor_is_asked_for_without_a_site() {
    let prompts = Prompts::default();
    let asker = prompts.asker("u2f-only", Arc::new(Passphrase));
    for (register, kind) in [(true, PromptKind::Register), (false, PromptKind::Authenticate)] {
        let question = Question::SecondFactor { application: [7; 32], register };
        let face = async {
            let prompt = asked(&prompts).await;
            assert_eq!((prompt.kind, prompt.rp_id, prompt.secret), (kind, None, SecretKind::None));
            prompts.answer(prompt.id, PromptAnswer::approve(None)).unwrap();
        };
        let (answer, ()) = tokio::join!(asker.ask(question, Duration::from_secs(30)), face);
        assert_eq!(answer, Answer::Approved { account: 0, verified: false });
    }
}

#[tokio::test]
async fn an_account_that_was_not_offered_is_refused() {
    let prompts = Prompts::default();
    let asker = prompts.asker("synced", Arc::new(Passphrase));
    let account = entity::User { id: vec![1], name: None, display_name: None };
    let question =
        Question::Authenticate { rp_id: "a.example".into(), accounts: vec![account], verify: false };
    let face = async {
        let id = asked(&prompts).await.id;
        let answer = PromptAnswer { account: 1, ..PromptAnswer::approve(None) };
        assert_eq!(prompts.answer(id, answer).unwrap_err().code, Code::Usage);
        prompts.answer(id, PromptAnswer::decline()).unwrap();
    };
    assert_eq!(tokio::join!(asker.ask(question, Duration::from_secs(30)), face).0, Answer::Declined);
}

struct Sensor;

impl Proof for Sensor {
    fn needed(&self) -> SecretKind {
        SecretKind::Pin
    }

    fn by_sensor(&self) -> bool {
        true
    }

    fn verify(&self, _: SecretKind, _: &SecretString) -> Result<bool, AppError> {
        Ok(false)
    }
}

#[tokio::test]
async fn a_touch_of_the_sensor_names_the_finger_and_how_it_was_read() {
    use authenticator::platform;
    let prompts = Prompts::default();
    let asker = prompts.asker("fingerprint-key", Arc::new(Sensor));
    let limit = Duration::from_secs(30);
    let enrol = async {
        let prompt = asked(&prompts).await;
        assert_eq!((prompt.kind, prompt.sensor), (PromptKind::Fingerprint, true));
        assert_eq!(prompt.remaining_samples, Some(3));
        let nameless = prompts.answer(prompt.id, PromptAnswer::approve(None));
        assert_eq!(nameless.unwrap_err().code, Code::Usage);
        prompts.answer(prompt.id, PromptAnswer::touch(Finger::LeftThumb, Quality::TooFast)).unwrap();
    };
    let (finger, quality) = (platform::Finger::LeftThumb, platform::Quality::TooFast);
    let sample = Answer::Sample { account: 0, finger, quality };
    assert_eq!(tokio::join!(asker.ask(Question::Fingerprint { remaining: 3 }, limit), enrol).0, sample);

    let sign_in = async {
        let prompt = asked(&prompts).await;
        assert_eq!((prompt.sensor, prompt.secret), (true, SecretKind::None), "nothing is typed");
        let answer = PromptAnswer { finger: Some(Finger::RightIndex), ..PromptAnswer::approve(None) };
        prompts.answer(prompt.id, answer).unwrap();
    };
    let (finger, quality) = (platform::Finger::RightIndex, platform::Quality::Good);
    let sample = Answer::Sample { account: 0, finger, quality };
    assert_eq!(tokio::join!(asker.ask(register(true), limit), sign_in).0, sample);
}
