//! Suites of tests against an environment.

use super::too_late;
use crate::deploy::{
    SuiteAnswer, SuiteCall,
    effects::{Call, Finding, Real},
};
use crate::model::{Phase, Reason, ReasonCode, Verdict};

/// Runs the suite of a phase. One that the time of the deployment ends has failed: the version was
/// not ready in time. Before anything is deployed, that says nothing about the version.
pub(in crate::deploy) async fn run(real: &Real<'_>, call: &Call) -> Finding {
    let Some(suite) = real.means.suites.get(&call.phase) else {
        let message = "there is no such suite";
        let reason = Reason::new(ReasonCode::NotNeeded, message);
        return Finding::new(Verdict::Skipped(reason), message);
    };
    if call.phase == Phase::EndToEndTests && real.order.staging.is_none() {
        // Never against production, before anything was deployed to it.
        let message = "the end-to-end tests run against staging, which is not set up";
        let reason =
            Reason::new(ReasonCode::NoEnvironment, message).remedy("set up `environments.staging`");
        return Finding::new(Verdict::Errored(reason), message);
    }
    let place = real.place(call);
    let SuiteAnswer {
        verdict,
        message,
        tests,
        coverage,
        measurements,
    } = suite(SuiteCall {
        url: place.url().map(str::to_owned),
        env: place.env(),
        timeout: call.time_left(),
        cancel: call.stop.clone(),
    })
    .await;
    let is_unmeasured = matches!(verdict, Verdict::Errored(_) | Verdict::NoData(_));
    let is_late = call.time_left().is_zero() && is_unmeasured && !verdict.is_interrupted();
    let (verdict, message) = if is_late && call.phase == Phase::IntegrationTests {
        (Verdict::Failed, too_late(call, &message))
    } else {
        (verdict, message)
    };
    Finding {
        tests,
        coverage,
        measurements,
        ..Finding::new(verdict, message)
    }
}
