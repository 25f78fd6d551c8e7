//! The forms of evidence that gates read, and whether a report in such a form says anything at all.

use crate::model::{
    Coverage, DocumentFacts, EvidenceData, FindingSet, InstructionFacts, PerformanceRun, Reason,
    ReasonCode, SourceFacts, TestRun, Unavailable,
};

/// Evidence in the form that a gate reads.
pub(super) trait Form: Sized {
    /// Whether a command without a report, whose exit status says it all, can stand in.
    const EXIT_STATUS_COUNTS: bool = false;

    /// The evidence in this form; `None` when it has another one.
    fn of(data: &EvidenceData) -> Option<&Self>;

    /// What must be known beside the figures.
    fn notes(&self) -> &[String] {
        &[]
    }

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

    fn notes(&self) -> &[String] {
        &self.notes
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

    fn notes(&self) -> &[String] {
        &self.notes
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

    fn notes(&self) -> &[String] {
        &self.notes
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

impl Form for PerformanceRun {
    fn of(data: &EvidenceData) -> Option<&Self> {
        match data {
            EvidenceData::Performance(run) => Some(run),
            _ => None,
        }
    }

    fn check(&self, tool: &str) -> Result<(), Unavailable> {
        if self.benchmarks.is_empty() && self.thresholds.is_empty() && self.observed.is_empty() {
            return Err(empty(format!("the report of {tool} has no benchmark")));
        }
        Ok(())
    }
}

fn empty(message: String) -> Unavailable {
    Unavailable::NoData(Reason::new(ReasonCode::ReportEmpty, message))
}

/// A report that cannot be read, with what is wrong with it.
pub(super) fn unreadable(message: String) -> Unavailable {
    Unavailable::Errored(Reason::new(ReasonCode::ReportUnreadable, message))
}
