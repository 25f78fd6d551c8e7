//! What an earlier run made of the gates of a level, where no tool is asked again. Pure.

use crate::model::{Criterion, GateRecord, Measurement, Reason, ReasonCode, StageRecord, Verdict};

/// The records of the stages that judged a level.
#[derive(Debug, Default)]
pub(super) struct Judged<'a>(pub(super) Vec<&'a StageRecord>);

impl Judged<'_> {
    /// The record of a gate.
    pub(super) fn gate(&self, id: &str) -> Option<GateRecord> {
        let mut latest_first = self.0.iter().rev();
        let record = latest_first.find_map(|stage| stage.quality_gates.get(id))?;
        Some(GateRecord {
            verdict: by_itself(&record.verdict, &record.measurements),
            ..record.clone()
        })
    }

    /// What was made of an additional requirement.
    pub(super) fn criterion(&self, name: &str) -> Option<Criterion> {
        let mut latest_first = self.0.iter().rev().flat_map(|stage| &stage.criteria);
        let criterion = latest_first.find(|criterion| criterion.name == name)?;
        Some(Criterion {
            verdict: by_itself(&criterion.verdict, &criterion.measurements),
            exemption: None,
            ..criterion.clone()
        })
    }
}

/// The verdict without the exemption that was used then: it may be over now.
fn by_itself(verdict: &Verdict, measurements: &[Measurement]) -> Verdict {
    match verdict {
        Verdict::Skipped(reason) if reason.code == ReasonCode::Exempted => {
            match measurements.iter().any(|measurement| !measurement.holds) {
                true => Verdict::Failed,
                false => Verdict::NoData(Reason::new(
                    ReasonCode::NoEvidence,
                    format!("when it was judged it was passed over: {}", reason.message),
                )),
            }
        }
        other => other.clone(),
    }
}
