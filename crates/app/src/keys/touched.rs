use authenticator::{
    Profile,
    platform::{Answer, AnswerFuture, Finger, Quality, Question, User},
    profile::Verification,
};
use std::time::Duration;
use tokio::{
    select,
    sync::{Notify, watch},
    time::{Instant, sleep, timeout},
};

use crate::prompts::asks_for_proof;

/// How long a long touch is (§6.4, longTouchForReset).
const LONG: Duration = Duration::from_secs(10);
/// How long a card that came into a reader's field counts as touched (§5, evidence of user interaction).
const TAP: Duration = Duration::from_secs(120);

/// Somebody whose finger comes and goes, as a tester says. As at a key with a button, one touch answers one question:
/// a finger that stays on the key has to be lifted before it answers the next.
pub(crate) struct Touched {
    sensor: bool,
    contact: watch::Sender<Contact>,
    withdrawn: Notify,
}

/// What touches the key.
#[derive(Default)]
struct Contact {
    finger: Option<Finger>,
    /// The finger has answered no question yet.
    fresh: bool,
    /// Until when the way into the reader's field counts as a touch, where it has answered no question yet.
    tapped: Option<Instant>,
}

impl Touched {
    pub(crate) fn new(profile: &Profile) -> Self {
        let sensor = profile.verification == Verification::Fingerprint;
        Self { sensor, contact: watch::Sender::default(), withdrawn: Notify::new() }
    }

    /// This finger touches the key and stays.
    pub(crate) fn touch(&self, finger: Finger) {
        self.contact.send_if_modified(|contact| {
            let moved = contact.finger.replace(finger) != Some(finger);
            contact.fresh |= moved;
            moved
        });
    }

    /// The finger is lifted.
    pub(crate) fn lift(&self) {
        self.contact.send_modify(|contact| (contact.finger, contact.fresh) = (None, false));
    }

    /// The card came into a reader's field.
    pub(crate) fn tap(&self) {
        self.contact.send_modify(|contact| contact.tapped = Some(Instant::now() + TAP));
    }

    async fn answer(&self, question: &Question) -> Answer {
        // Before the first wait: the card was in the field when the question came.
        if is_presence(question) && self.take(Contact::take_tap) {
            return Answer::Approved { account: 0, verified: false };
        }
        let mut contact = self.contact.subscribe();
        loop {
            if is_long(question) {
                held(&mut contact).await;
            }
            match self.take(Contact::take_finger) {
                Some(finger) if self.sensor => {
                    return Answer::Sample { account: 0, finger, quality: Quality::Good };
                }
                Some(_) => return Answer::Approved { account: 0, verified: true },
                None => drop(contact.changed().await),
            }
        }
    }

    /// Nobody waits for what is taken.
    fn take<T: Default>(&self, take: impl FnOnce(&mut Contact) -> T) -> T {
        let mut taken = T::default();
        self.contact.send_if_modified(|contact| {
            taken = take(contact);
            false
        });
        taken
    }
}

impl User for Touched {
    fn ask(&self, question: Question, time_limit: Duration) -> AnswerFuture<'_> {
        Box::pin(async move {
            select! {
                biased;
                () = self.withdrawn.notified() => Answer::Cancelled,
                answer = self.answer(&question) => answer,
                () = sleep(time_limit) => Answer::TimedOut,
            }
        })
    }

    fn withdraw(&self) {
        self.withdrawn.notify_waiters();
    }
}

impl Contact {
    fn take_tap(&mut self) -> bool {
        self.tapped.take().is_some_and(|until| Instant::now() < until)
    }

    fn take_finger(&mut self) -> Option<Finger> {
        self.finger.filter(|_| std::mem::take(&mut self.fresh))
    }
}

/// Whether a tap is enough, which proves nobody, is of no finger, and is short.
fn is_presence(question: &Question) -> bool {
    !asks_for_proof(question) && !is_long(question) && !matches!(question, Question::Fingerprint { .. })
}

fn is_long(question: &Question) -> bool {
    matches!(question, Question::Reset { long_touch: true })
}

/// Waits for a touch that has lasted long.
async fn held(contact: &mut watch::Receiver<Contact>) {
    loop {
        drop(contact.wait_for(|contact| contact.fresh).await);
        if timeout(LONG, contact.wait_for(|contact| !contact.fresh)).await.is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Duration = Duration::from_secs(30);
    const PRESENCE: Question = Question::Select;
    const RESET: Question = Question::Reset { long_touch: true };
    const PROOF: Question = Question::Verify { rp_id: None, permissions: 1 };
    const APPROVED: Answer = Answer::Approved { account: 0, verified: true };
    const TAPPED: Answer = Answer::Approved { account: 0, verified: false };

    fn person(profile: &str) -> Touched {
        Touched::new(Profile::shipped().find(|shipped| shipped.name == profile).unwrap())
    }

    #[tokio::test(start_paused = true)]
    async fn one_touch_answers_one_question() {
        let person = person("device-bound");
        person.touch(Finger::RightIndex);
        assert_eq!(person.ask(PRESENCE, LIMIT).await, APPROVED);
        person.touch(Finger::RightIndex);
        assert_eq!(person.ask(PRESENCE, LIMIT).await, Answer::TimedOut, "it was never lifted");
        person.lift();
        let (answer, ()) = tokio::join!(person.ask(PRESENCE, LIMIT), async {
            sleep(LIMIT / 2).await;
            person.touch(Finger::RightIndex);
        });
        assert_eq!(answer, APPROVED);
    }

    #[tokio::test(start_paused = true)]
    async fn a_question_is_taken_back() {
        let person = person("device-bound");
        let (answer, ()) = tokio::join!(person.ask(PRESENCE, LIMIT), async {
            sleep(LIMIT / 2).await;
            person.withdraw();
        });
        assert_eq!(answer, Answer::Cancelled);
    }

    #[tokio::test(start_paused = true)]
    async fn a_sensor_reads_which_finger_it_is() {
        let person = person("fingerprint-key");
        person.touch(Finger::LeftThumb);
        let sample = Answer::Sample { account: 0, finger: Finger::LeftThumb, quality: Quality::Good };
        assert_eq!(person.ask(PROOF, LIMIT).await, sample);
    }

    #[tokio::test(start_paused = true)]
    async fn a_tap_is_presence_once_and_for_two_minutes() {
        let person = person("device-bound");
        person.tap();
        assert_eq!(person.ask(PROOF, LIMIT).await, Answer::TimedOut);
        assert_eq!(person.ask(RESET, LIMIT).await, Answer::TimedOut);
        assert_eq!(person.ask(PRESENCE, LIMIT).await, TAPPED);
        assert_eq!(person.ask(PRESENCE, LIMIT).await, Answer::TimedOut);
        person.tap();
        sleep(TAP).await;
        assert_eq!(person.ask(PRESENCE, LIMIT).await, Answer::TimedOut);
    }

    #[tokio::test(start_paused = true)]
    async fn a_long_touch_is_long() {
        let person = person("device-bound");
        let (answer, ()) = tokio::join!(person.ask(RESET, LIMIT), async {
            person.touch(Finger::RightIndex);
            sleep(LONG / 2).await;
            person.lift();
        });
        assert_eq!(answer, Answer::TimedOut);
        let began = Instant::now();
        person.touch(Finger::RightIndex);
        assert_eq!(person.ask(RESET, LIMIT).await, APPROVED);
        assert_eq!(began.elapsed(), LONG);
    }
}
