//! What is different from an earlier result, such as that of the base of a pull request.

use super::merge::latest;
use crate::model::{ComponentChanges, Finding, GateRecord, Measurement, MeasurementChange, Report};
use std::collections::{BTreeMap, BTreeSet};

/// Compares each report with the earlier one of its component. Components without an earlier one are
/// left out, and so are those in which nothing is different.
#[must_use]
pub fn changes(reports: &[Report], earlier: &[Report]) -> Vec<ComponentChanges> {
    let earlier = latest(earlier);
    reports
        .iter()
        .filter_map(|report| {
            let before = earlier.get(&report.component_name)?;
            let changes = between(before, report);
            (!changes.is_empty()).then_some(changes)
        })
        .collect()
}

fn between(before: &Report, after: &Report) -> ComponentChanges {
    let (old, new) = (fingerprints(before), fingerprints(after));
    ComponentChanges {
        component: after.component_name.clone(),
        commit: before.source.commit.clone(),
        verdict_before: (before.verdict.as_str() != after.verdict.as_str())
            .then(|| before.verdict.clone()),
        measurements: measurements(before, after),
        new_findings: new.difference(&old).count(),
        gone_findings: old.difference(&new).count(),
    }
}

fn gates(report: &Report) -> BTreeMap<&str, &GateRecord> {
    let stages = report.stages();
    let gates = stages.flat_map(|stage| stage.quality_gates.iter());
    gates.map(|(id, gate)| (id.as_str(), gate)).collect()
}

fn measurements(before: &Report, after: &Report) -> Vec<MeasurementChange> {
    let before = gates(before);
    let mut changes = Vec::new();
    for (id, gate) in gates(after) {
        let Some(earlier) = before.get(id) else {
            continue;
        };
        for measurement in &gate.measurements {
            let is_same = |other: &&Measurement| other.what == measurement.what;
            if let Some(other) = earlier.measurements.iter().find(is_same)
                && other.actual != measurement.actual
            {
                changes.push(MeasurementChange {
                    gate: id.to_owned(),
                    what: measurement.what.clone(),
                    before: other.actual_text(),
                    after: measurement.actual_text(),
                    holds: measurement.holds,
                });
            }
        }
    }
    changes
}

/// Findings by what makes them the same in another run, also when lines have moved.
fn fingerprints(report: &Report) -> BTreeSet<&str> {
    let stages = report.stages();
    stages
        .flat_map(|stage| {
            let gates = stage.quality_gates.values();
            let of_gates = gates.flat_map(|gate| gate.findings.iter());
            stage.findings.iter().chain(of_gates)
        })
        .map(|finding: &Finding| finding.fingerprint.as_str())
        .filter(|fingerprint| !fingerprint.is_empty())
        .collect()
}
