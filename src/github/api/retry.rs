//! What an answer means for the request: done, to be tried again after a wait, or refused.
//!
//! The rules are GitHub's
//! (<https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api>): wait for
//! `retry-after`; without it until `x-ratelimit-reset` when nothing remains; without both at least a
//! minute, and longer each time.

use super::{
    answer::{Answer, NoAnswer},
    call::Call,
    error::{ApiError, seconds},
};
use jiff::Timestamp;
use std::time::Duration;

/// The wait after the first failure; each further one doubles it.
const FIRST_WAIT: Duration = Duration::from_secs(1);
/// The longest wait that is chosen here.
const LONGEST_WAIT: Duration = Duration::from_secs(30);
/// The wait after a limit for which GitHub names no time; each further one doubles it.
const LIMITED_WAIT: Duration = Duration::from_secs(60);

/// What an exchange means.
#[derive(Debug)]
pub(super) enum Judged {
    /// GitHub did it.
    Fine(Answer),
    /// It may go better later.
    Trouble(Trouble),
    /// It will never go better.
    Fatal(ApiError),
}

/// Trouble that passes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Trouble {
    /// What happened.
    pub(super) cause: String,
    pub(super) wait: Wait,
    /// Whether the write may have been done.
    pub(super) may_have_happened: bool,
}

/// How long is waited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wait {
    /// As GitHub says.
    Told(Duration),
    /// A limit without a time.
    Limited,
    /// Longer each time.
    Backoff,
}

impl Wait {
    /// The wait before the next attempt; `failures` counts those so far, `random` is below 1.
    pub(super) fn duration(self, failures: u32, random: f64) -> Duration {
        let doubled = |first: Duration| {
            let factor = 1_u32.checked_shl(failures.saturating_sub(1));
            first.saturating_mul(factor.unwrap_or(u32::MAX))
        };
        match self {
            // Not all at the same moment, but never before GitHub's.
            Self::Told(wait) => wait.max(FIRST_WAIT) + FIRST_WAIT.mul_f64(random),
            Self::Limited => doubled(LIMITED_WAIT).mul_f64(random.mul_add(0.1, 1.0)),
            Self::Backoff => doubled(FIRST_WAIT)
                .min(LONGEST_WAIT)
                .mul_f64(0.5 + random)
                .min(LONGEST_WAIT),
        }
    }
}

/// What came of sending the request.
pub(super) fn judge(call: &Call, exchanged: Result<Answer, NoAnswer>, wall: Timestamp) -> Judged {
    let answer = match exchanged {
        Ok(answer) => answer,
        Err(NoAnswer::NoWay(problem)) => return Judged::Fatal(ApiError::Settings(problem)),
        Err(NoAnswer::Unsent(cause)) => return lost(cause, false),
        Err(NoAnswer::Lost(cause)) => return lost(cause, call.is_write()),
        Err(NoAnswer::TooLarge(limit)) => {
            return Judged::Fatal(ApiError::Invalid {
                doing: call.doing.clone(),
                problem: format!("the answer has more than the {limit} bytes that are read"),
            });
        }
    };
    match answer.status {
        200..=299 => Judged::Fine(answer),
        429 => limited(&answer, wall),
        403 if is_rate_limit(&answer) => limited(&answer, wall),
        408 | 500..=599 => Judged::Trouble(Trouble {
            cause: format!("GitHub answered {}", answer.refusal()),
            wait: answer.retry_after(wall).map_or(Wait::Backoff, Wait::Told),
            may_have_happened: call.is_write(),
        }),
        _ => Judged::Fatal(refused(call, &answer)),
    }
}

/// There is no answer, for now.
fn lost(cause: String, may_have_happened: bool) -> Judged {
    Judged::Trouble(Trouble {
        cause,
        wait: Wait::Backoff,
        may_have_happened,
    })
}

/// An answer that says yes and cannot be read.
pub(super) fn unreadable(call: &Call, problem: &str) -> Trouble {
    Trouble {
        cause: format!("the answer cannot be read: {problem}"),
        wait: Wait::Backoff,
        may_have_happened: call.is_write(),
    }
}

/// Whether a 403 is about too many requests. Most are about permissions, and waiting for those is
/// in vain.
fn is_rate_limit(answer: &Answer) -> bool {
    let message = answer.refusal().message.to_lowercase();
    if message.contains("not accessible") {
        return false;
    }
    answer.retry_after.is_some()
        || answer.remaining == Some(0)
        || message.contains("rate limit")
        || message.contains("abuse detection")
}

/// GitHub did nothing, because of a limit.
fn limited(answer: &Answer, wall: Timestamp) -> Judged {
    let reset = answer
        .reset
        .filter(|_| answer.remaining == Some(0))
        .and_then(|reset| Timestamp::from_second(reset).ok());
    let wait = match (answer.retry_after(wall), reset) {
        (Some(wait), _) => Wait::Told(wait),
        // The second of the reset has to be over.
        (None, Some(reset)) => Wait::Told(answer.until(reset, wall) + Duration::from_secs(1)),
        (None, None) => Wait::Limited,
    };
    let asked = match wait {
        Wait::Told(wait) => format!(" and asks to wait {}", seconds(wait)),
        _ => String::new(),
    };
    Judged::Trouble(Trouble {
        cause: format!("GitHub answered {}{asked}", answer.refusal()),
        wait,
        may_have_happened: false,
    })
}

fn refused(call: &Call, answer: &Answer) -> ApiError {
    let doing = call.doing.clone();
    let permission = call.permission;
    let is_githubs = answer.is_githubs_refusal();
    let answered = answer.refusal();
    match answer.status {
        401 | 403 if is_githubs => ApiError::Permission {
            doing,
            answer: answered,
            permission,
        },
        // GitHub answers 404 for what a token may not know of
        // (<https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api>).
        404 if is_githubs && call.is_write() => ApiError::Permission {
            doing,
            answer: answered,
            permission,
        },
        404 if is_githubs => ApiError::NotFound {
            doing,
            answer: answered,
            permission,
        },
        _ => ApiError::Refused {
            doing,
            answer: answered,
        },
    }
}
