//! Suites of tests against an environment, as a deployment runs them.
//!
//! A suite is a tool like any other: it is tried again after transient trouble, its failed tests are run
//! again alone, and its log is kept. Only what follows from its tests is said here.

use super::Request;
use super::collect::{Collected, Collector};
use super::groundwork::Groundwork;
use crate::config::{SuiteName, SuitePolicy};
use crate::deploy::{COULD_NOT_MEASURE, Suite, SuiteAnswer, SuiteCall};
use crate::model::{
    CaseOutcome, Evidence, EvidenceData, EvidenceKind, Phase, Reason, ReasonCode, Specification,
    SuiteResult, TestCase, TestRun, Verdict, percent_text,
};
use crate::toolchains::{Preparation, SuiteOrder, Toolchain, suite_tool};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    sync::Arc,
    time::Instant,
};
use tokio_util::sync::CancellationToken;

mod coverage;
#[cfg(test)]
mod tests;

use coverage::Asked;

/// What a suite gives: the verdict, what was seen in a sentence, and the tests.
type Given = (Verdict, String, Option<SuiteResult>);

/// What a suite is run with.
struct Runner {
    suite: SuitePolicy,
    /// What production asks of its coverage.
    asked: Asked,
    preparation: Preparation,
    toolchain: Arc<dyn Toolchain>,
    /// What its collector is made of.
    parts: Collector,
}

/// The component's suites, by the phase of a deployment that runs them.
pub(super) fn suites(
    groundwork: &Groundwork,
    request: &Request,
    specification: Option<&Specification>,
) -> BTreeMap<Phase, Suite> {
    let asked = Asked::of(&groundwork.policy, specification);
    let needed = BTreeSet::from([EvidenceKind::Tests, EvidenceKind::Coverage]);
    let suites = groundwork.policy.suites.iter();
    suites
        .map(|(name, suite)| {
            let runner = Arc::new(Runner {
                suite: suite.clone(),
                asked: asked.clone(),
                preparation: groundwork.preparation(
                    request,
                    &needed,
                    None,
                    groundwork.may_install(),
                ),
                toolchain: Arc::clone(&groundwork.toolchain),
                parts: groundwork.bare_collector(request),
            });
            let suite: Suite = Arc::new(move |call| {
                let runner = Arc::clone(&runner);
                Box::pin(async move { runner.run(call).await })
            });
            (phase(*name), suite)
        })
        .collect()
}

/// The phase that runs a suite.
const fn phase(name: SuiteName) -> Phase {
    match name {
        SuiteName::Integration => Phase::IntegrationTests,
        SuiteName::EndToEnd => Phase::EndToEndTests,
    }
}

impl Runner {
    async fn run(&self, call: SuiteCall) -> SuiteAnswer {
        let name = self.suite.name.as_str();
        let folder = self.preparation.run_folder.join("suites").join(name);
        if let Err(error) = fs::create_dir_all(&folder) {
            let message = format!("the folder {} cannot be made: {error}", folder.display());
            let reason = Reason::new(ReasonCode::EnvironmentFailed, message.clone());
            return (Verdict::Errored(reason), message, None).into();
        }
        let mut env = call.env;
        if let Some(url) = call.url {
            env.entry("SPEC2PROD_ENVIRONMENT_URL".to_owned())
                .or_insert(url);
        }
        // Everything of the suite ends when its time is up: what is tried again and installed, too.
        let cancel = call.cancel.child_token();
        let order = SuiteOrder {
            timeout: self.suite.timeout.min(call.timeout),
            suite: self.suite.clone(),
            env,
            folder,
        };
        let running = self.collect(&order, &cancel);
        tokio::pin!(running);
        let (collected, is_late) = tokio::select! {
            collected = &mut running => (collected, false),
            () = tokio::time::sleep(call.timeout) => {
                cancel.cancel();
                (running.await, true)
            }
        };
        let given = given(&self.suite, &collected);
        if is_late && given.0.is_interrupted() {
            let message = format!(
                "the {name} suite was not done within the {} s that were left for it",
                call.timeout.as_secs_f64()
            );
            let reason = Reason::new(ReasonCode::ToolTimedOut, message.clone());
            return (Verdict::Errored(reason), message, None).into();
        }
        self.asked
            .add(&self.suite, &collected.evidence, given.into())
    }

    async fn collect(&self, order: &SuiteOrder, cancel: &CancellationToken) -> Collected {
        let preparation = Preparation {
            cancel: cancel.clone(),
            ..self.preparation.clone()
        };
        let tool = suite_tool(self.toolchain.as_ref(), &preparation, order).await;
        let collector = Arc::new(Collector {
            cancel: cancel.clone(),
            begun: Instant::now(),
            ..self.parts.clone()
        });
        collector.collect(vec![tool]).await
    }
}

fn given(suite: &SuitePolicy, collected: &Collected) -> Given {
    let (verdict, mut message, result) = judge(suite, &collected.evidence);
    let attempts: usize = collected.tools.iter().map(|run| run.attempts.len()).sum();
    let logs = collected.tools.iter().filter_map(|run| run.log.as_deref());
    if attempts > 1 {
        message.push_str(&format!(", in {attempts} attempts"));
    }
    if !verdict.is_pass() {
        logs.for_each(|log| message.push_str(&format!("; its output is in {log}")));
    }
    (verdict, message, result)
}

/// What follows from the tests of a suite. Pure.
fn judge(suite: &SuitePolicy, evidence: &Evidence) -> Given {
    let tests = evidence.of(EvidenceKind::Tests).first();
    let reading = tests.map(|(tool, reading)| (tool, reading.as_ref().map(AsRef::as_ref)));
    match reading {
        Some((_, Ok(EvidenceData::Tests(run)))) => of_tests(suite, run, evidence),
        Some((tool, Ok(EvidenceData::ExitStatus(fact)))) => {
            let message = format!("{tool}: exit status {}", fact.status);
            let verdict = match fact.status {
                0 => Verdict::Passed,
                COULD_NOT_MEASURE => {
                    Verdict::Errored(Reason::new(ReasonCode::CommandFailed, message.clone()))
                }
                _ => Verdict::Failed,
            };
            (verdict, message, None)
        }
        Some((_, Err(unavailable))) => {
            let message = unavailable.reason().to_string();
            (unavailable.clone().into(), message, None)
        }
        Some((tool, Ok(_))) => without_tests(format!("{tool} gave no test results")),
        None => without_tests(format!("the {} suite was not run", suite.name.as_str())),
    }
}

fn without_tests(message: String) -> Given {
    let reason = Reason::new(ReasonCode::NoEvidence, message.clone());
    (Verdict::NoData(reason), message, None)
}

fn of_tests(suite: &SuitePolicy, run: &TestRun, evidence: &Evidence) -> Given {
    let named = |outcomes: &[CaseOutcome]| {
        let cases = run.cases.iter();
        let cases = cases.filter(|case| outcomes.contains(&case.outcome));
        cases.collect::<Vec<&TestCase>>()
    };
    let flaky = named(&[CaseOutcome::Flaky]);
    let failures = named(&[CaseOutcome::Failed, CaseOutcome::Errored]);
    let result = SuiteResult {
        total: run.total,
        passed: run.passed,
        failed: run.failed + run.errored,
        skipped: run.skipped,
        flaky: flaky.into_iter().map(full_name).collect(),
        failures: failures.into_iter().map(failure).collect(),
        coverage_percent: suite
            .has_production_coverage
            .then(|| coverage(evidence))
            .flatten(),
    };
    if run.ran() == 0 {
        let message = match run.total {
            0 => "no test was collected".to_owned(),
            total => format!("all {total} tests were skipped"),
        };
        let reason = Reason::new(ReasonCode::NoTestsCollected, message.clone());
        return (Verdict::NoData(reason), message, Some(result));
    }
    // Multiplied before it is divided, so that 57 of 100 are exactly 57 %.
    let rate = 100.0 * (run.passed + run.flaky) as f64 / run.ran() as f64;
    let verdict = if rate < suite.pass_rate || suite.pass_rate.is_nan() {
        Verdict::Failed
    } else if run.flaky > 0 || result.failed > 0 {
        Verdict::Warned
    } else {
        Verdict::Passed
    };
    let mut message = format!("{} of {} tests pass", run.passed + run.flaky, run.ran());
    if rate < 100.0 {
        message.push_str(&format!(
            ", which is {}, at least {} are asked for ({})",
            percent_text(rate),
            percent_text(suite.pass_rate),
            suite.rule
        ));
    }
    if run.flaky > 0 {
        message.push_str(&format!(
            "; only when run again: {}",
            result.flaky.join(", ")
        ));
    }
    (verdict, message, Some(result))
}

fn coverage(evidence: &Evidence) -> Option<f64> {
    let readings = evidence.of(EvidenceKind::Coverage).iter();
    let percents = readings.filter_map(|(_, reading)| match reading.as_deref() {
        Ok(EvidenceData::Coverage(coverage)) if coverage.lines_total > 0 => Some(coverage.percent),
        _ => None,
    });
    percents.min_by(f64::total_cmp)
}

fn full_name(case: &TestCase) -> String {
    if case.class.is_empty() {
        case.name.clone()
    } else {
        format!("{}::{}", case.class, case.name)
    }
}

/// The name of a failed test, and the first line of why.
fn failure(case: &TestCase) -> String {
    let why = case.message.as_deref().unwrap_or_default().trim();
    match why.lines().next() {
        Some(line) => format!("{}: {line}", full_name(case)),
        None => full_name(case),
    }
}
