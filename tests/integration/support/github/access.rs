//! What a token may do.

use super::exchange::Answer;
use std::{
    collections::BTreeMap,
    time::{SystemTime, UNIX_EPOCH},
};

/// The token of a workflow that may write everything.
pub(crate) const FULL_TOKEN: &str = "ghs_full";
/// The token of a workflow of a fork or of Dependabot.
pub(crate) const READ_ONLY_TOKEN: &str = "ghs_read_only";
/// Who writes with the token of a workflow.
pub(crate) const ACTIONS: &str = "github-actions[bot]";

/// A permission of a workflow.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Scope {
    Actions,
    Checks,
    Contents,
    Deployments,
    /// Members of the organisation, which no workflow's token sees.
    Members,
    PullRequests,
    Statuses,
}

impl Scope {
    /// Those that a workflow's token can have.
    const ALL: [Self; 6] = [
        Self::Actions,
        Self::Checks,
        Self::Contents,
        Self::Deployments,
        Self::PullRequests,
        Self::Statuses,
    ];

    /// The permission that an operation needs; `None` where every token will do.
    fn of(operation: &str) -> Option<Self> {
        let (area, name) = operation.split_once('/')?;
        match area {
            "actions" => Some(Self::Actions),
            "checks" => Some(Self::Checks),
            "git" => Some(Self::Contents),
            "issues" | "pulls" => Some(Self::PullRequests),
            "teams" => Some(Self::Members),
            "repos" if name == "get" => None,
            "repos" if name.contains("pull-request") => Some(Self::PullRequests),
            "repos" if name.contains("deployment") => Some(Self::Deployments),
            "repos" if name.contains("status") => Some(Self::Statuses),
            "repos" => Some(Self::Contents),
            _ => None,
        }
    }
}

/// How far a permission goes.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Level {
    None,
    Read,
    Write,
}

/// Why GitHub does not answer for a while.
/// <https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api>
#[derive(Clone, Copy, Debug)]
pub(crate) enum Limit {
    /// All requests of the hour are used up.
    Primary {
        /// 403 or 429.
        status: u16,
        /// Seconds, in the header of this name.
        retry_after: Option<u64>,
        /// Seconds until `x-ratelimit-reset`.
        resets_in: u64,
    },
    /// Too much in a short time.
    Secondary {
        /// Seconds, in the header of this name.
        retry_after: Option<u64>,
    },
}

impl Limit {
    pub(super) fn answer(self) -> Answer {
        let (answer, retry_after) = match self {
            Self::Primary {
                status,
                retry_after,
                resets_in,
            } => {
                let text = "API rate limit exceeded for installation ID 1. If you reach out to GitHub \
                            Support for help, please include the request ID and timestamp.";
                let answer = Answer::message(status, text)
                    .header("x-ratelimit-remaining", 0)
                    .header("x-ratelimit-reset", seconds_from_now(resets_in));
                (answer, retry_after)
            }
            Self::Secondary { retry_after } => {
                let text = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.";
                // The hour is not used up.
                let answer = Answer::message(403, text)
                    .header("x-ratelimit-remaining", 900)
                    .header("x-ratelimit-reset", seconds_from_now(3600));
                (answer, retry_after)
            }
        };
        match retry_after {
            Some(seconds) => answer.header("retry-after", seconds),
            None => answer,
        }
    }
}

/// The time in so many seconds, in seconds since 1970.
pub(super) fn seconds_from_now(seconds: u64) -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    now.as_secs() + seconds
}

/// A token.
#[derive(Clone, Debug)]
pub(crate) struct Token {
    pub(super) login: String,
    levels: BTreeMap<Scope, Level>,
    pub(super) limit: Option<Limit>,
}

impl Token {
    /// A workflow's, with the same level for everything.
    pub(crate) fn with_all(level: Level) -> Self {
        Self {
            login: ACTIONS.to_owned(),
            levels: Scope::ALL.map(|scope| (scope, level)).into(),
            limit: None,
        }
    }

    /// The same with another level for one permission.
    pub(crate) fn with(mut self, scope: Scope, level: Level) -> Self {
        self.levels.insert(scope, level);
        self
    }

    /// The same of somebody else.
    pub(crate) fn of(mut self, login: &str) -> Self {
        login.clone_into(&mut self.login);
        self
    }

    /// The same beyond its limit.
    pub(crate) fn limited(mut self, limit: Limit) -> Self {
        self.limit = Some(limit);
        self
    }

    /// Why it cannot be used for an operation.
    pub(super) fn refusal(&self, operation: &str, is_write: bool) -> Option<Answer> {
        let needed = if is_write { Level::Write } else { Level::Read };
        let scope = Scope::of(operation)?;
        let text = "Resource not accessible by integration";
        let level = self.levels.get(&scope).copied();
        (level.unwrap_or(Level::None) < needed).then(|| Answer::message(403, text))
    }
}
