//! U2F over HID, whose clients poll.

use std::{sync::Arc, time::Duration};

use authenticator::{
    Authenticator,
    platform::{Answer, Question, User},
};
use ctap::hid::Client;

use super::{KeyLoop, Over, Protocol, Request};
use crate::touch::Touch;

impl Request {
    /// U2F over HID has no keepalive: its clients poll.
    pub(super) fn polls_for_touch(&self) -> bool {
        self.protocol == Protocol::U2f && matches!(self.over, Over::Hid(_))
    }
}

impl KeyLoop {
    /// Answers a U2F message at once, whether the person has touched the key or not.
    pub(super) async fn u2f(&mut self, authenticator: &mut Authenticator, request: Request) {
        self.tell_request(&request);
        let Request { client, message, .. } = &request;
        let answer = match authenticator.u2f_question(message) {
            Some(question) => {
                let time_limit = authenticator.profile().time_limit;
                self.touched(*client, message, question, time_limit).await
            }
            None => None,
        };
        let response = authenticator.answer_u2f(message, answer);
        self.tell_response(&request, &response);
        self.answer(&request, response);
    }

    /// What the person has said to the question of this message, which is asked where it is not open yet.
    pub(super) async fn touched(
        &mut self,
        client: Client,
        message: &[u8],
        question: Question,
        time_limit: Duration,
    ) -> Option<Answer> {
        if self.touch.as_ref().is_none_or(|touch| !touch.is_for(client, message)) {
            self.close_touch().await;
            let user: Arc<dyn User> = self.user.clone();
            self.touch = Some(Touch::ask(user, (question, time_limit), client, message.to_vec()));
        }
        let answer = self.touch.as_mut()?.poll().await;
        if answer.is_some() {
            self.touch = None;
        }
        answer
    }

    pub(super) async fn close_touch(&mut self) {
        if let Some(touch) = self.touch.take() {
            touch.take_back(&*self.user).await;
        }
    }
}
