//! How a case ended, from all that is said about it.

use super::super::text;
use crate::model::{CaseOutcome, TestCase};
use std::collections::HashMap;

/// More of a problem's text than the longest message has, so that control characters and blanks in
/// it can still be dropped.
const MAX_TEXT: usize = 32_000;

/// A `<testcase>` that is being read.
pub(super) struct OpenCase {
    pub(super) test: TestCase,
    /// That it did not pass, in an attribute: some tools say so without a `<failure>`.
    stated: Option<CaseOutcome>,
}

impl OpenCase {
    /// `states` are its attributes that say how it ended, in small letters.
    pub(super) fn new(test: TestCase, states: &[String]) -> Self {
        let stated = states.iter().find_map(|state| match state.as_str() {
            "failed" | "failure" | "fail" => Some(CaseOutcome::Failed),
            "error" | "errored" => Some(CaseOutcome::Errored),
            _ => None,
        });
        Self { test, stated }
    }

    /// The case at its end. What stands inside of it says more than its attributes.
    pub(super) fn close(mut self) -> TestCase {
        if let (CaseOutcome::Passed, Some(stated)) = (self.test.outcome, self.stated) {
            self.test.outcome = stated;
            self.test.message = Some("the report says that it failed, but not why".to_owned());
        }
        self.test
    }

    /// A case ends as the worst that is said about it; the first such message counts.
    pub(super) fn suffer(&mut self, problem: Problem) {
        if rank(problem.outcome) > rank(self.test.outcome)
            || (problem.outcome == self.test.outcome && self.test.message.is_none())
        {
            self.test.outcome = problem.outcome;
            self.test.message = problem.message();
        }
    }
}

/// A failure is worse than an error: it says something about the code.
fn rank(outcome: CaseOutcome) -> u8 {
    match outcome {
        CaseOutcome::Passed => 0,
        CaseOutcome::Flaky => 1,
        CaseOutcome::Skipped => 2,
        CaseOutcome::Errored => 3,
        CaseOutcome::Failed => 4,
    }
}

/// A `<failure>`, `<error>`, `<skipped>` or failed attempt that is being read.
pub(super) struct Problem {
    /// How deep its element stands.
    pub(super) depth: usize,
    outcome: CaseOutcome,
    stated: Option<String>,
    text: String,
}

impl Problem {
    /// The outcome that an element means; `None` for elements that mean none. Failed attempts
    /// stand beside the `<failure>` or `<error>` of a case that failed for good, and alone in a
    /// case that passed in the end.
    pub(super) fn outcome_of(element: &str) -> Option<CaseOutcome> {
        match element {
            "failure" => Some(CaseOutcome::Failed),
            "error" => Some(CaseOutcome::Errored),
            "skipped" => Some(CaseOutcome::Skipped),
            "flakyFailure" | "flakyError" | "rerunFailure" | "rerunError" => {
                Some(CaseOutcome::Flaky)
            }
            _ => None,
        }
    }

    pub(super) fn new(depth: usize, outcome: CaseOutcome, stated: Option<String>) -> Self {
        Self {
            depth,
            outcome,
            stated,
            text: String::new(),
        }
    }

    pub(super) fn push(&mut self, text: &str) {
        let room = MAX_TEXT.saturating_sub(self.text.len());
        self.text.push_str(&text[..text.floor_char_boundary(room)]);
    }

    /// The message attribute; the text where there is none, where the text repeats the message and
    /// goes on, as nextest's does, or where the attribute is pytest's word for all such cases.
    fn message(self) -> Option<String> {
        let written = text::message(&unescape_pytest(&self.text));
        let stated = text::message(&unescape_pytest(&self.stated.unwrap_or_default()));
        let is_word = matches!(&*stated, "collection failure" | "collection skipped");
        let use_text = written.starts_with(&stated) || is_word && !written.is_empty();
        let message = if use_text { written } else { stated };
        Some(message).filter(|message| !message.is_empty())
    }
}

/// pytest writes the escape character, which XML cannot have, as `#x1B`.
fn unescape_pytest(text: &str) -> String {
    text.replace("#x1B", "\u{1b}")
}

/// Makes one case of several that pytest reports for one test.
///
/// pytest's names are unique, so that cases alike are attempts or phases of one test: with
/// pytest-rerunfailures each failed attempt is a case without a failure, followed by the final
/// one; a failure in the test and an error in its teardown are two cases.
pub(super) fn merge_attempts(cases: &mut Vec<TestCase>, first: usize) {
    type Key = (String, String, Option<String>);
    let mut merged: Vec<TestCase> = Vec::new();
    let mut index: HashMap<Key, usize> = HashMap::new();
    for case in cases.drain(first..) {
        if text::is_cut(&case.name) {
            merged.push(case);
            continue;
        }
        let key = (case.class.clone(), case.name.clone(), case.file.clone());
        let Some(&earlier) = index.get(&key) else {
            index.insert(key, merged.len());
            merged.push(case);
            continue;
        };
        let earlier = &mut merged[earlier];
        earlier.duration_ms += case.duration_ms;
        if case.outcome == CaseOutcome::Passed && earlier.outcome == CaseOutcome::Passed {
            earlier.outcome = CaseOutcome::Flaky;
            earlier.message = Some("passed when it was run again".to_owned());
        } else if rank(case.outcome) > rank(earlier.outcome) {
            earlier.outcome = case.outcome;
            earlier.message = case.message;
        }
    }
    cases.append(&mut merged);
}
