//! What all gates have in common: taking evidence of a kind, keeping in mind what could not be
//! measured, judging bare exit statuses, and concluding with the worst verdict.
//!
//! Knows no gate and no limit of one.

use super::forms::{Form, unreadable};
use crate::model::{
    Actual, Evidence, EvidenceData, EvidenceKind, ExitStatusFact, Finding, Judgement, Measurement,
    Operator, Question, Reason, ReasonCode, RuleSource, Severity, SourceFacts, ThresholdSubject,
    Unavailable, Unit, Verdict, fingerprint_all,
};

/// How many of a failed command's last lines become the message of its finding.
const SHOWN_OUTPUT_LINES: usize = 20;

/// The evidence of one kind, sorted by whether and how it can be judged.
struct Sorted<'a, T> {
    forms: Vec<&'a T>,
    exit_statuses: Vec<(&'a str, &'a ExitStatusFact)>,
    unmeasured: Vec<(String, Unavailable)>,
}

impl<'a, T: Form> Sorted<'a, T> {
    fn of(evidence: &'a Evidence, kind: EvidenceKind) -> Self {
        let mut sorted = Self {
            forms: Vec::new(),
            exit_statuses: Vec::new(),
            unmeasured: Vec::new(),
        };
        let entries = evidence.of(kind);
        if entries.is_empty() {
            sorted
                .unmeasured
                .push((format!("`{kind}`"), Unavailable::NoData(no_evidence(kind))));
        }
        for (tool, data) in entries {
            let refused = match data.as_deref() {
                Ok(data) => match (T::of(data), data) {
                    (Some(form), _) => match form.check(tool) {
                        Ok(()) => {
                            sorted.forms.push(form);
                            continue;
                        }
                        Err(unavailable) => unavailable,
                    },
                    (None, EvidenceData::ExitStatus(fact)) if T::EXIT_STATUS_COUNTS => {
                        sorted.exit_statuses.push((tool, fact));
                        continue;
                    }
                    (None, EvidenceData::ExitStatus(_)) => Unavailable::NoData(Reason::new(
                        ReasonCode::NoEvidence,
                        format!(
                            "{tool} gives an exit status only, which says nothing about {kind}"
                        ),
                    )),
                    (None, _) => unreadable(format!("the report of {tool} is not about {kind}")),
                },
                Err(unavailable) => unavailable.clone(),
            };
            sorted
                .unmeasured
                .push((format!("`{kind}` of {tool}"), refused));
        }
        sorted
    }
}

/// A gate's answer while it is being put together.
#[derive(Default)]
pub(super) struct Answer {
    measurements: Vec<Measurement>,
    findings: Vec<Finding>,
    notes: Vec<String>,
    unmeasured: Vec<(String, Verdict)>,
    has_warning: bool,
}

impl Answer {
    /// Takes the evidence of one kind, with its notes. What is missing counts towards the verdict,
    /// and so does the exit status of a command without a report.
    pub(super) fn take<'a, T: Form>(
        &mut self,
        evidence: &'a Evidence,
        kind: EvidenceKind,
    ) -> Vec<&'a T> {
        let sorted = Sorted::<T>::of(evidence, kind);
        for (what, unavailable) in sorted.unmeasured {
            self.cannot_measure(what, unavailable);
        }
        for (tool, fact) in sorted.exit_statuses {
            self.judge_exit_status(tool, fact);
        }
        let notes = sorted.forms.iter().flat_map(|form| form.notes());
        self.notes.extend(notes.cloned());
        sorted.forms
    }

    /// Asks that evidence of one kind is there, whatever it says. True when all of it is.
    pub(super) fn require<T: Form>(&mut self, evidence: &Evidence, kind: EvidenceKind) -> bool {
        let sorted = Sorted::<T>::of(evidence, kind);
        let is_there = sorted.unmeasured.is_empty();
        for (what, unavailable) in sorted.unmeasured {
            self.cannot_measure(what, unavailable);
        }
        is_there
    }

    /// Source facts; files that could not be read leave the answer incomplete, so they count.
    pub(super) fn take_source<'a>(&mut self, evidence: &'a Evidence) -> Vec<&'a SourceFacts> {
        let all: Vec<&SourceFacts> = self.take(evidence, EvidenceKind::Source);
        for facts in &all {
            if let Some(first) = facts.parse_errors.first() {
                let message = format!(
                    "{} of {} source files could not be read, the first is {}: {}",
                    facts.parse_errors.len(),
                    facts.files,
                    first.location(),
                    first.message
                );
                self.cannot_measure("part of `source`".to_owned(), unreadable(message));
                self.findings.extend(facts.parse_errors.iter().cloned());
            }
        }
        all
    }

    /// Adds something that is not known, with why.
    pub(super) fn cannot_measure(&mut self, what: String, unavailable: Unavailable) {
        self.unmeasured.push((what, unavailable.into()));
    }

    fn judge_exit_status(&mut self, tool: &str, fact: &ExitStatusFact) {
        let what = format!("exit status of {tool}");
        // One command can give two of the kinds that a gate asks for.
        if self.measurements.iter().any(|m| m.what == what) {
            return;
        }
        if fact.status != 0 {
            let lines: Vec<&str> = fact.output.lines().collect();
            let shown = &lines[lines.len().saturating_sub(SHOWN_OUTPUT_LINES)..];
            let mut message = format!("{tool} ended with exit status {}", fact.status);
            if !shown.is_empty() {
                message.push_str(":\n");
                message.push_str(&shown.join("\n"));
            }
            self.add_made(vec![Finding::new("exit_status", Severity::Error, message)]);
        }
        self.measure(Measurement::new(
            what,
            Actual::Number(f64::from(fact.status)),
            Operator::Equals,
            0.0,
            Unit::Count,
            RuleSource::Default,
        ));
    }

    /// Adds a condition.
    pub(super) fn measure(&mut self, measurement: Measurement) {
        self.measurements.push(measurement);
    }

    /// Adds the condition that no more than `limit` things were counted.
    pub(super) fn at_most(&mut self, what: &str, count: u64, limit: u64, rule: RuleSource) {
        self.measure(Measurement::new(
            what,
            Actual::Number(count as f64),
            Operator::AtMost,
            limit as f64,
            Unit::Count,
            rule,
        ));
    }

    /// Adds findings of a tool, which have their fingerprints.
    pub(super) fn add_found(&mut self, findings: impl IntoIterator<Item = Finding>) {
        self.findings.extend(findings);
    }

    /// Adds findings that the gate made itself, and gives them fingerprints.
    pub(super) fn add_made(&mut self, mut findings: Vec<Finding>) {
        fingerprint_all(&mut findings);
        self.findings.extend(findings);
    }

    /// Sorts the findings: most severe first, then by file and line.
    pub(super) fn sort_findings(&mut self) {
        self.findings.sort_by(|a, b| {
            (a.severity, &a.file, a.line, a.column).cmp(&(b.severity, &b.file, b.line, b.column))
        });
    }

    /// Adds a remark.
    pub(super) fn note(&mut self, note: impl Into<String>) {
        self.notes.push(note.into());
    }

    /// The answer passes at best with a warning.
    pub(super) const fn warn(&mut self) {
        self.has_warning = true;
    }

    /// The configured limit, or a stricter one that the specification states for this level. A
    /// laxer one is noted and changes nothing.
    pub(super) fn stricter_limit(
        &mut self,
        question: &Question<'_>,
        subject: ThresholdSubject,
        operator: Operator,
        configured: f64,
        rule: RuleSource,
    ) -> (f64, RuleSource) {
        let is_stricter = |value: f64, than: f64| match operator {
            Operator::AtLeast => value > than,
            Operator::AtMost => value < than,
            Operator::Equals => false,
        };
        let (mut limit, mut source) = (configured, rule);
        for stated in question.stated {
            let is_for_this = stated.subject == subject
                && stated.level.is_none_or(|level| level == question.target);
            if !is_for_this {
                continue;
            }
            if is_stricter(stated.value, limit) {
                limit = stated.value;
                source = RuleSource::File {
                    file: stated.file.clone(),
                    line: stated.at.line,
                    key: stated.text.clone(),
                };
            } else if is_stricter(configured, stated.value) {
                self.note(format!(
                    "{}:{} states {}, which is laxer than the configured {configured}; the stricter limit counts",
                    stated.file, stated.at.line, stated.value
                ));
            }
        }
        (limit, source)
    }

    /// The worst verdict wins; what else could not be measured is noted.
    pub(super) fn conclude(self) -> Judgement {
        let Self {
            measurements,
            findings,
            mut notes,
            unmeasured,
            has_warning,
        } = self;
        let mut verdict = if measurements.iter().any(|m| !m.holds) {
            Verdict::Failed
        } else if measurements.is_empty() && unmeasured.is_empty() {
            // An answer without a question must not read as a pass.
            Verdict::NoData(Reason::new(
                ReasonCode::NoEvidence,
                "nothing was measured: the gate's limits ask for nothing",
            ))
        } else if has_warning {
            Verdict::Warned
        } else {
            Verdict::Passed
        };
        let mut worst = None;
        for (index, (_, unavailable)) in unmeasured.iter().enumerate() {
            if unavailable.rank() > verdict.rank() {
                verdict = unavailable.clone();
                worst = Some(index);
            }
        }
        for (index, (what, unavailable)) in unmeasured.iter().enumerate() {
            if let (true, Some(reason)) = (worst != Some(index), unavailable.reason()) {
                notes.push(format!("{what} could not be measured: {reason}"));
            }
        }
        Judgement {
            verdict,
            measurements,
            findings,
            notes,
        }
    }
}

/// `part` of `whole`, in percent. Multiplied before it is divided: 57 of 100 is exactly 57.
pub(super) fn percent(part: u64, whole: u64) -> f64 {
    100.0 * part as f64 / whole as f64
}

fn no_evidence(kind: EvidenceKind) -> Reason {
    Reason::new(
        ReasonCode::NoEvidence,
        format!("no tool of the component's toolchain gives `{kind}` evidence"),
    )
    .remedy(match kind {
        EvidenceKind::Source | EvidenceKind::Documents | EvidenceKind::Instructions => "no command can give it, only the Python toolchain does so far: do not require the gate in `maturity_workflow`".to_owned(),
        _ => format!(
            "add a command with `evidence: [{kind}]` to the toolchain in `toolchains`, or do not require the gate in `maturity_workflow`"
        ),
    })
}
