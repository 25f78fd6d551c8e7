//! Runs failed tests again, alone, to tell flaky ones from broken ones.
//!
//! A test that passes then is recorded as flaky, by name; it never becomes a plain pass.

use super::{Collector, attempt};
use crate::model::{CaseOutcome, EvidenceData, EvidenceKind, Stage, TestRun, ToolRun};
use crate::toolchains::{CommandTool, Readings, Tool};
use std::{collections::HashSet, time::Duration};

/// With more failures than this the change is broken, not flaky, and running them again would only
/// take time.
const MOST_FAILURES: u64 = 20;

/// Runs the failed tests again, at most as often as the testing stage retries, until all have
/// passed once.
pub(super) async fn rerun(
    collector: &Collector,
    tool: &Tool,
    again: &CommandTool,
    readings: &mut Readings,
    run: &mut ToolRun,
) {
    let rounds = collector
        .policy
        .retries
        .get(&Stage::Testing)
        .map_or(0, |retry| retry.max_retries);
    let Some(tests) = tests(readings) else { return };
    let failures = tests.failed + tests.errored;
    if rounds == 0 || failures == 0 {
        return;
    }
    if failures > MOST_FAILURES {
        run.notes.push(format!(
            "{failures} tests failed, more than the {MOST_FAILURES} that are run again to find flaky ones"
        ));
        return;
    }
    let alone = Tool {
        evidence: vec![EvidenceKind::Tests],
        ..tool.clone()
    };
    for _ in 0..rounds {
        if collector.cancel.is_cancelled() {
            return;
        }
        let mut outcome = attempt::run(collector, &alone, again, run, Duration::ZERO).await;
        let Some(second) = self::tests(&mut outcome.readings) else {
            return;
        };
        let passed: HashSet<(String, String)> = second
            .cases
            .iter()
            .filter(|case| case.outcome == CaseOutcome::Passed)
            .map(|case| (case.class.clone(), case.name.clone()))
            .collect();
        let Some(first) = self::tests(readings) else {
            return;
        };
        let mut cases = std::mem::take(&mut first.cases);
        for case in &mut cases {
            let has_failed = matches!(case.outcome, CaseOutcome::Failed | CaseOutcome::Errored);
            if has_failed && passed.contains(&(case.class.clone(), case.name.clone())) {
                case.outcome = CaseOutcome::Flaky;
            }
        }
        *first = TestRun::from_cases(cases, first.duration_ms);
        if first.failed + first.errored == 0 {
            break;
        }
    }
    let rounds = run.attempts.len().saturating_sub(1);
    run.notes.push(format!(
        "{failures} failed tests were run again, alone, {rounds} times"
    ));
}

fn tests(readings: &mut Readings) -> Option<&mut TestRun> {
    readings.iter_mut().find_map(|(_, reading)| match reading {
        Ok(EvidenceData::Tests(run)) => Some(run),
        _ => None,
    })
}
