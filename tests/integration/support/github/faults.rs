//! What goes wrong between a client and GitHub.

use super::{access::Limit, exchange::Recorded, repository::Repository};
use std::time::Duration;

/// What goes wrong.
pub(crate) enum Fault {
    /// Answers this status without doing what was asked.
    Before(u16),
    /// Does what was asked, and answers this status all the same.
    After(u16),
    /// Resets the connection without doing what was asked.
    ResetBefore,
    /// Does what was asked, and resets the connection.
    ResetAfter,
    /// Does what was asked, and closes the connection in the middle of the body.
    Truncated,
    /// Answers a page for people, without doing what was asked.
    Html(u16),
    /// Does what was asked, and answers later.
    Slow(Duration),
    /// A limit.
    Limited(Limit),
    /// Something else happens in the repository just before.
    Meanwhile(Box<dyn FnMut(&mut Repository) + Send>),
}

impl Fault {
    /// Something that happens in the repository just before.
    pub(crate) fn meanwhile(change: impl FnMut(&mut Repository) + Send + 'static) -> Self {
        Self::Meanwhile(Box::new(change))
    }

    /// Plans it once, for requests of a method whose path (with its query) matches a pattern; `*`
    /// stands for anything.
    pub(crate) fn on(self, method: &str, pattern: &str) -> Planned {
        Planned {
            pattern: format!("{method} {pattern}"),
            passing: 0,
            count: 1,
            fault: self,
        }
    }
}

/// A fault that waits for its requests.
pub(crate) struct Planned {
    pattern: String,
    passing: usize,
    count: usize,
    pub(super) fault: Fault,
}

impl Planned {
    /// The same so many times.
    pub(crate) fn times(mut self, count: usize) -> Self {
        self.count = count;
        self
    }

    /// The same after so many matching requests went well.
    pub(crate) fn after(mut self, passing: usize) -> Self {
        self.passing = passing;
        self
    }

    /// Whether it strikes a request; each time counts.
    pub(super) fn strikes(&mut self, request: &Recorded) -> bool {
        if self.count == 0 || !matches(&self.pattern, request) {
            return false;
        }
        if self.passing > 0 {
            self.passing -= 1;
            return false;
        }
        self.count -= 1;
        true
    }

    /// What it waits for, where it still does.
    pub(super) fn waits_for(&self) -> Option<&str> {
        (self.count > 0).then_some(self.pattern.as_str())
    }
}

fn matches(pattern: &str, request: &Recorded) -> bool {
    let line = request.line();
    let without_query = line.split('?').next().unwrap_or_default();
    is_like(pattern, without_query) || is_like(pattern, &line)
}

/// Whether a text matches a pattern in which `*` stands for anything.
fn is_like(pattern: &str, text: &str) -> bool {
    let Some((before, pattern)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let Some(text) = text.strip_prefix(before) else {
        return false;
    };
    let mut ends = (0..=text.len()).filter(|end| text.is_char_boundary(*end));
    ends.any(|end| is_like(pattern, &text[end..]))
}
