//! Runs failed tests again, alone, to tell flaky ones from broken ones.
//!
//! A test that passes then is recorded as flaky, by name; it never becomes a plain pass.

use super::{Collector, attempt};
use crate::model::{CaseOutcome, EvidenceData, EvidenceKind, Stage, TestCase, TestRun, ToolRun};
use crate::toolchains::{Readings, Rerun, Tool};
use std::{collections::HashMap, time::Duration};

/// With more failures than this the change is broken, not flaky, and running them again would only
/// take time.
const MOST_FAILURES: u64 = 20;

/// Runs the failed tests again, at most as often as the testing stage or the tool's own limits say,
/// until all have passed once.
pub(super) async fn rerun(
    collector: &Collector,
    tool: &Tool,
    again: &Rerun,
    readings: &mut Readings,
    run: &mut ToolRun,
) {
    let retries = collector.policy.retries.get(&Stage::Testing);
    let rounds = match &tool.limits {
        Some(limits) => limits.reruns,
        None => retries.map_or(0, |retry| retry.max_retries),
    };
    let Some(tests) = test_run(readings) else {
        return;
    };
    let failures = tests.failed + tests.errored;
    let is_complete =
        run.attempts.last().and_then(|attempt| attempt.exit_status) == Some(again.after);
    if rounds == 0 || failures == 0 || !is_complete {
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
        let mut outcome = attempt::run(collector, &alone, &again.tool, run, Duration::ZERO).await;
        let Some(second) = test_run(&mut outcome.readings) else {
            return;
        };
        let second = std::mem::take(&mut second.cases);
        let Some(first) = test_run(readings) else {
            return;
        };
        let mut cases = std::mem::take(&mut first.cases);
        mark_flaky(&mut cases, &second);
        *first = TestRun {
            notes: std::mem::take(&mut first.notes),
            ..TestRun::from_cases(cases, first.duration_ms)
        };
        if first.failed + first.errored == 0 {
            break;
        }
    }
    let rounds = run.attempts.len().saturating_sub(1);
    run.notes.push(format!(
        "{failures} failed tests were run again, alone, {rounds} times"
    ));
}

type Identity = (String, String, Option<String>);

fn identity(case: &TestCase) -> Identity {
    (case.class.clone(), case.name.clone(), case.file.clone())
}

const fn has_failed(case: &TestCase) -> bool {
    matches!(case.outcome, CaseOutcome::Failed | CaseOutcome::Errored)
}

/// A failed case whose test passes in the second run is flaky.
///
/// Reports can give several tests the same name, for instance where long names were cut. Such tests
/// are flaky only together, when all that failed were run again and passed: which of them passed
/// cannot be told otherwise.
fn mark_flaky(first: &mut [TestCase], second: &[TestCase]) {
    let mut failed: HashMap<Identity, usize> = HashMap::new();
    for case in first.iter().filter(|case| has_failed(case)) {
        *failed.entry(identity(case)).or_default() += 1;
    }
    // How many were run again, and how many of them passed.
    let mut again: HashMap<Identity, (usize, usize)> = HashMap::new();
    for case in second {
        let (run, passed) = again.entry(identity(case)).or_default();
        *run += 1;
        *passed += usize::from(case.outcome == CaseOutcome::Passed);
    }
    for case in first.iter_mut().filter(|case| has_failed(case)) {
        let identity = identity(case);
        let expected = failed.get(&identity).copied().unwrap_or_default();
        if again.get(&identity) == Some(&(expected, expected)) {
            case.outcome = CaseOutcome::Flaky;
        }
    }
}

fn test_run(readings: &mut Readings) -> Option<&mut TestRun> {
    readings.iter_mut().find_map(|(_, reading)| match reading {
        Ok(EvidenceData::Tests(run)) => Some(run),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use CaseOutcome::{Errored, Failed, Flaky, Passed, Skipped};

    fn case(name: &str, file: &str, outcome: CaseOutcome) -> TestCase {
        TestCase {
            suite: "pytest".to_owned(),
            class: "tests".to_owned(),
            name: name.to_owned(),
            file: Some(file.to_owned()),
            line: None,
            outcome,
            message: None,
            duration_ms: 1.0,
        }
    }

    fn marked(first: &[(&str, CaseOutcome)], second: &[(&str, CaseOutcome)]) -> Vec<CaseOutcome> {
        let cases = |list: &[(&str, CaseOutcome)]| -> Vec<TestCase> {
            let list = list.iter();
            list.map(|(name, outcome)| case(name, "a.py", *outcome))
                .collect()
        };
        let mut first = cases(first);
        mark_flaky(&mut first, &cases(second));
        first.iter().map(|case| case.outcome).collect()
    }

    #[test]
    fn only_what_failed_and_then_passed_is_flaky() {
        let first = [("a", Failed), ("b", Errored), ("c", Failed), ("d", Failed)];
        let second = [("a", Passed), ("b", Passed), ("c", Failed), ("d", Skipped)];
        assert_eq!(marked(&first, &second), [Flaky, Flaky, Failed, Failed]);
        assert_eq!(marked(&first, &[]), [Failed, Errored, Failed, Failed]);
        assert_eq!(marked(&[("a", Passed)], &[("a", Passed)]), [Passed]);
    }

    #[test]
    fn tests_of_the_same_name_never_excuse_each_other() {
        let both = [("a", Failed), ("a", Failed)];
        assert_eq!(
            marked(&both, &[("a", Passed), ("a", Failed)]),
            [Failed, Failed]
        );
        assert_eq!(marked(&both, &[("a", Passed)]), [Failed, Failed]);
        assert_eq!(
            marked(&both, &[("a", Passed), ("a", Passed)]),
            [Flaky, Flaky]
        );
        let mut first = [case("a", "a.py", Failed), case("a", "b.py", Failed)];
        mark_flaky(&mut first, &[case("a", "b.py", Passed)]);
        assert_eq!([first[0].outcome, first[1].outcome], [Failed, Flaky]);
    }
}
