//! What comes back to the client when something may go wrong on the way.

use super::{
    exchange::{Answer, Recorded},
    faults::Fault,
    state::State,
};
use serde_json::json;
use std::time::Duration;

/// What goes back to the client.
pub(super) struct Reaction {
    /// `None` for a reset of the connection.
    pub(super) answer: Option<Answer>,
    pub(super) delay: Duration,
    pub(super) is_truncated: bool,
}

impl State {
    /// Answers a request, unless something goes wrong.
    pub(super) fn react(&mut self, request: Recorded, base: &str) -> Reaction {
        if let Some(answer) = self.controlled(&request) {
            return plain(answer);
        }
        let index = self.requests.len();
        self.requests.push(request.clone());
        self.check(&request);
        let mut reaction = self.react_to(&request, base);
        if let Some(answer) = &mut reaction.answer {
            self.requests[index].status = Some(answer.status);
            let id = format!("FAKE:{index:04}");
            answer.headers.push(("x-github-request-id".to_owned(), id));
        }
        reaction
    }

    fn react_to(&mut self, request: &Recorded, base: &str) -> Reaction {
        let mut planned = self.planned.iter_mut();
        let struck = planned.position(|planned| planned.strikes(request));
        let Some(index) = struck else {
            return plain(self.answer(request, base));
        };
        // Taken out while it acts: it may change the rest of the state.
        let mut planned = self.planned.remove(index);
        let reaction = match &mut planned.fault {
            Fault::Before(status) => plain(failure(*status)),
            Fault::After(status) => {
                self.answer(request, base);
                plain(failure(*status))
            }
            Fault::ResetBefore => Reaction {
                answer: None,
                ..plain(Answer::empty(200))
            },
            Fault::ResetAfter => {
                self.answer(request, base);
                Reaction {
                    answer: None,
                    ..plain(Answer::empty(200))
                }
            }
            Fault::Truncated => Reaction {
                is_truncated: true,
                ..plain(self.answer(request, base))
            },
            Fault::Html(status) => plain(Answer::bytes(
                *status,
                "text/html; charset=utf-8",
                b"<!DOCTYPE html>\n<html><head><title>Unicorn! &middot; GitHub</title></head></html>\n"
                    .to_vec(),
            )),
            Fault::Slow(delay) => Reaction {
                delay: *delay,
                ..plain(self.answer(request, base))
            },
            Fault::Limited(limit) => plain(limit.answer()),
            Fault::Meanwhile(change) => {
                change(self.repository());
                plain(self.answer(request, base))
            }
        };
        self.planned.insert(index, planned);
        reaction
    }
}

/// An answer that arrives as it should.
fn plain(answer: Answer) -> Reaction {
    Reaction {
        answer: Some(answer),
        delay: Duration::ZERO,
        is_truncated: false,
    }
}

/// The answer of something in front of GitHub, or of GitHub in trouble.
fn failure(status: u16) -> Answer {
    match status {
        401 => Answer::message(401, "Bad credentials"),
        404 => Answer::not_found(),
        422 => Answer::unprocessable(vec![json!({"resource": "Fault", "code": "custom"})]),
        status => Answer::message(status, "Server Error"),
    }
}
