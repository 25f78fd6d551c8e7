//! What all gates have in common: taking evidence of a kind, keeping in mind what could not be
//! measured, judging bare exit statuses, and concluding with the worst verdict.
//!
//! Knows no gate and no limit of one.

use crate::model::{
    Actual, Coverage, DocumentFacts, Evidence, EvidenceData, EvidenceKind, ExitStatusFact, Finding,
    FindingSet, InstructionFacts, Judgement, Measurement, Operator, Question, Reason, ReasonCode,
    RuleSource, Severity, SourceFacts, TestRun, ThresholdSubject, Unavailable, Unit, Verdict,
    fingerprint_all,
};

/// How many of a failed command's last lines become the message of its finding.
const SHOWN_OUTPUT_LINES: usize = 20;

/// Evidence in the form that a gate reads.
pub(super) trait Form: Sized {
    /// Whether a command without a report, whose exit status says it all, can stand in.
    const EXIT_STATUS_COUNTS: bool = false;

    /// The evidence in this form; `None` when it has another one.
    fn of(data: &EvidenceData) -> Option<&Self>;

    /// Whether what `tool` gave says anything at all.
    fn check(&self, _tool: &str) -> Result<(), Unavailable> {
        Ok(())
    }
}

impl Form for TestRun {
    const EXIT_STATUS_COUNTS: bool = true;

    fn of(data: &EvidenceData) -> Option<&Self> {
        match data {
            EvidenceData::Tests(run) => Some(run),
            _ => None,
        }
    }

    fn check(&self, tool: &str) -> Result<(), Unavailable> {
        let counts = [
            self.passed,
            self.failed,
            self.errored,
            self.skipped,
            self.flaky,
        ];
        if counts.iter().sum::<u64>() != self.total {
            return Err(unreadable(format!(
                "the report of {tool} has {} test cases, but its outcomes do not add up to that",
                self.total
            )));
        }
        if self.ran() > 0 {
            return Ok(());
        }
        let message = match self.skipped {
            0 => format!("the report of {tool} has no test case"),
            1 => format!("the only test of {tool} was skipped, so none ran"),
            skipped => format!("all {skipped} tests of {tool} were skipped, so none ran"),
        };
        Err(Unavailable::NoData(Reason::new(
            ReasonCode::NoTestsCollected,
            message,
        )))
    }
}

impl Form for Coverage {
    fn of(data: &EvidenceData) -> Option<&Self> {
        match data {
            EvidenceData::Coverage(coverage) => Some(coverage),
            _ => None,
        }
    }

    fn check(&self, tool: &str) -> Result<(), Unavailable> {
        if self.lines_total == 0 {
            return Err(empty(format!("the report of {tool} has no coverable line")));
        }
        if !(0.0..=100.0).contains(&self.percent) {
            return Err(unreadable(format!(
                "the report of {tool} states a coverage of {}, expected a number from 0 to 100",
                self.percent
            )));
        }
        Ok(())
    }
}

impl Form for FindingSet {
    const EXIT_STATUS_COUNTS: bool = true;

    fn of(data: &EvidenceData) -> Option<&Self> {
        match data {
            EvidenceData::Findings(set) => Some(set),
            _ => None,
        }
    }

    fn check(&self, tool: &str) -> Result<(), Unavailable> {
        match self.inspected {
            Some(0) => Err(empty(format!("{tool} looked at no file"))),
            _ => Ok(()),
        }
    }
}

impl Form for SourceFacts {
    fn of(data: &EvidenceData) -> Option<&Self> {
        match data {
            EvidenceData::Source(facts) => Some(facts),
            _ => None,
        }
    }

    fn check(&self, tool: &str) -> Result<(), Unavailable> {
        if self.files == 0 && self.parse_errors.is_empty() {
            return Err(empty(format!("{tool} found no source file")));
        }
        Ok(())
    }
}

impl Form for DocumentFacts {
    fn of(data: &EvidenceData) -> Option<&Self> {
        match data {
            EvidenceData::Documents(facts) => Some(facts),
            _ => None,
        }
    }
}

impl Form for InstructionFacts {
    fn of(data: &EvidenceData) -> Option<&Self> {
        match data {
            EvidenceData::Instructions(facts) => Some(facts),
            _ => None,
        }
    }
}

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
    /// Takes the evidence of one kind. What is missing counts towards the verdict, and so does
    /// the exit status of a command without a report.
    pub(super) fn take<'a, T: Form>(
        &mut self,
        evidence: &'a Evidence,
        kind: EvidenceKind,
    ) -> Vec<&'a T> {
        let sorted = Sorted::of(evidence, kind);
        for (what, unavailable) in sorted.unmeasured {
            self.cannot_measure(what, unavailable);
        }
        for (tool, fact) in sorted.exit_statuses {
            self.judge_exit_status(tool, fact);
        }
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

    fn cannot_measure(&mut self, what: String, unavailable: Unavailable) {
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
    .remedy(format!(
        "add a command with `evidence: [{kind}]` to the toolchain in `toolchains`, or do not require the gate in `maturity_workflow`"
    ))
}

fn empty(message: String) -> Unavailable {
    Unavailable::NoData(Reason::new(ReasonCode::ReportEmpty, message))
}

fn unreadable(message: String) -> Unavailable {
    Unavailable::Errored(Reason::new(ReasonCode::ReportUnreadable, message))
}
