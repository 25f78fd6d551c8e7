//! The tools: version, command, and every attempt with its error and the wait before it.

use super::prose::Prose;
use super::{Few, SENTENCES, command, name, sentence};
use crate::model::{Attempt, Ended, Report, ToolRun};
use crate::render::text::duration;

/// A tool that was run.
pub(super) struct ToolView {
    pub(super) name: String,
    /// Empty when unknown.
    pub(super) version: String,
    pub(super) evidence: String,
    pub(super) time: String,
    /// Empty when the tool runs inside spec2prod.
    pub(super) command: String,
    /// Where its output is kept; empty when it is not.
    pub(super) log: String,
    pub(super) was_not_started: bool,
    pub(super) notes: Few<Prose>,
    /// Its attempts, where there is more to say than that the only one gave evidence.
    pub(super) attempts: Few<AttemptView>,
}

/// One try.
pub(super) struct AttemptView {
    pub(super) number: u32,
    pub(super) gave_evidence: bool,
    /// The kind of error; empty when it gave evidence.
    pub(super) error_kind: &'static str,
    pub(super) time: String,
    /// How long was waited before it; empty when it was not.
    pub(super) waited: String,
    /// Empty when it ended without one.
    pub(super) exit_status: String,
    /// Why it gave no evidence.
    pub(super) message: Option<Prose>,
}

/// Every tool run of the report.
pub(super) fn views(report: &Report) -> Vec<ToolView> {
    report.tools.iter().map(view).collect()
}

fn view(run: &ToolRun) -> ToolView {
    let is_plain = matches!(&run.attempts[..], [only] if only.ended == Ended::WithEvidence);
    let attempts: &[Attempt] = if is_plain { &[] } else { &run.attempts };
    ToolView {
        name: name(&run.tool),
        version: run.version.as_deref().map(name).unwrap_or_default(),
        evidence: name(&run.evidence.join(", ")),
        time: duration(run.duration_ms as f64),
        command: command(&run.command),
        log: run.log.as_deref().map(name).unwrap_or_default(),
        was_not_started: run
            .notes
            .iter()
            .any(|note| note.starts_with("not started: ")),
        notes: Few::of(run.notes.iter(), SENTENCES, |note| sentence(note)),
        attempts: Few::of(attempts.iter(), SENTENCES, AttemptView::of),
    }
}

impl AttemptView {
    fn of(attempt: &Attempt) -> Self {
        let (error_kind, message) = match &attempt.ended {
            Ended::WithEvidence => ("", None),
            Ended::WithError { kind, reason } => {
                (kind.as_str(), Some(sentence(&reason.to_string())))
            }
        };
        Self {
            number: attempt.number,
            gave_evidence: attempt.ended == Ended::WithEvidence,
            error_kind,
            time: duration(attempt.duration_ms as f64),
            waited: match attempt.delay_ms {
                0 => String::new(),
                delay => duration(delay as f64),
            },
            exit_status: attempt
                .exit_status
                .map(|s| s.to_string())
                .unwrap_or_default(),
            message,
        }
    }
}
