//! What can go wrong between us and GitHub. None of it changes a verdict.

use std::{fmt, time::Duration};

/// An answer of GitHub that says no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// The status, such as 422.
    pub status: u16,
    /// What GitHub says, on one line.
    pub message: String,
    /// What GitHub's support asks for.
    pub request_id: Option<String>,
}

impl fmt::Display for Answered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:?}", self.status, self.message)?;
        match &self.request_id {
            Some(id) => write!(f, " (request {id})"),
            None => Ok(()),
        }
    }
}

/// Why something was not done on GitHub. `doing` says what.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ApiError {
    /// No client can be made from the settings.
    #[error("setting up access to GitHub: {0}")]
    Settings(String),
    /// The caller asks for what GitHub never accepts, or would get more than it asked for. Nothing
    /// was changed.
    #[error("{doing}: {problem}")]
    Invalid {
        /// What was being done.
        doing: String,
        /// What was found, and what was expected.
        problem: String,
    },
    /// The token may not do it. Never tried again.
    #[error("{doing}: GitHub answered {answer}; {}", permission_remedy(.answer.status, .permission))]
    Permission {
        /// What was being done.
        doing: String,
        /// What GitHub said.
        answer: Answered,
        /// The line that is missing in `permissions:`, such as `checks: write`.
        permission: &'static str,
    },
    /// What was to be read is not there, or the token may not see it.
    #[error(
        "{doing}: GitHub answered {answer}; it is not there, or the token may not see it, for which the job's `permissions:` need `{permission}`"
    )]
    NotFound {
        /// What was being done.
        doing: String,
        /// What GitHub said.
        answer: Answered,
        /// The line that may be missing in `permissions:`.
        permission: &'static str,
    },
    /// The token may not see a team of the organisation, or there is none of that name.
    #[error(
        "{doing}: GitHub answered {answer}; the token may not see the team, or there is none with this slug, which is the end of the address of the team's page; the token of a job never sees teams: give the action a `token` with `read:org`, or with the organisation permission `Members: read`"
    )]
    Team {
        /// What was being done.
        doing: String,
        /// What GitHub said.
        answer: Answered,
    },
    /// GitHub refuses the request as it is. Never tried again.
    #[error("{doing}: GitHub answered {answer}")]
    Refused {
        /// What was being done.
        doing: String,
        /// What GitHub said.
        answer: Answered,
    },
    /// It failed as often as it may be tried.
    #[error("{doing}: gave up after {attempts} attempts, the last of which ended with: {cause}{}", doubt(*.may_have_happened))]
    Unavailable {
        /// What was being done.
        doing: String,
        /// How often it was tried.
        attempts: u32,
        /// What happened the last time.
        cause: String,
        /// Whether it may have been done all the same.
        may_have_happened: bool,
    },
    /// There is not enough time left.
    #[error(
        "{doing}: gave up because waiting {} would pass the {} that publishing may take, of which {} are left: {cause}{}",
        seconds(*.wait), seconds(*.total), seconds(*.left), doubt(*.may_have_happened)
    )]
    Deadline {
        /// What was being done.
        doing: String,
        /// How long would have to be waited.
        wait: Duration,
        /// How much time there was in all.
        total: Duration,
        /// How much of it is left.
        left: Duration,
        /// Why.
        cause: String,
        /// Whether it may have been done all the same.
        may_have_happened: bool,
    },
}

impl ApiError {
    /// The status of GitHub's answer, where it is a refusal.
    #[must_use]
    pub const fn status(&self) -> Option<u16> {
        match self {
            Self::Permission { answer, .. }
            | Self::NotFound { answer, .. }
            | Self::Team { answer, .. }
            | Self::Refused { answer, .. } => Some(answer.status),
            _ => None,
        }
    }

    /// The line that is missing in the job's `permissions:`, if that is what is wrong.
    #[must_use]
    pub const fn missing_permission(&self) -> Option<&'static str> {
        match self {
            // 401 is about the token, not about what it may do.
            Self::Permission {
                answer, permission, ..
            } if answer.status != 401 => Some(permission),
            _ => None,
        }
    }

    /// Whether a write may have been done all the same.
    pub(super) const fn may_have_happened(&self) -> bool {
        match self {
            Self::Unavailable {
                may_have_happened, ..
            }
            | Self::Deadline {
                may_have_happened, ..
            } => *may_have_happened,
            _ => false,
        }
    }
}

fn permission_remedy(status: u16, permission: &str) -> String {
    match status {
        401 => "the token is not valid here, or no longer; give the job's `github.token` or a new token"
            .to_owned(),
        404 => format!(
            "it is not there, or the token may not change it, for which the job's `permissions:` need `{permission}`"
        ),
        _ => format!(
            "the job's `permissions:` need `{permission}`; the token of a pull request from a fork or of Dependabot stays read-only"
        ),
    }
}

const fn doubt(may_have_happened: bool) -> &'static str {
    if may_have_happened {
        "; it may have been done all the same"
    } else {
        ""
    }
}

/// A duration for a message: `1.5 s`.
pub(super) fn seconds(duration: Duration) -> String {
    let tenths = duration.as_millis() / 100;
    match tenths % 10 {
        0 => format!("{} s", tenths / 10),
        rest => format!("{}.{rest} s", tenths / 10),
    }
}
