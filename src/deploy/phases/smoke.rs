//! The smoke test: a command that shows that the version does its work.
//!
//! Exit status 0 passes. Any other is a failure of the version and is not tried again, except 75
//! (`EX_TEMPFAIL`), by which the test says that it could not find out, and a signal.

use super::{errored, too_late};
use crate::deploy::{
    commands::{COULD_NOT_MEASURE, Job},
    effects::{Call, Finding, Real},
    hooks::interrupted,
};
use crate::model::{Reason, ReasonCode, Verdict};

pub(in crate::deploy) async fn run(real: &Real<'_>, call: &Call) -> Finding {
    let environment = &real.order.environment;
    let place = real.place(call);
    let job = Job {
        what: "the smoke test",
        log: &format!("{}-{}", environment.name, call.phase),
        words: environment.smoke_test.as_deref().unwrap_or_default(),
        place: &place,
        attempt: 1,
        working_directory: environment.working_directory.as_deref(),
        timeout: call.time_left(),
        cancel: &call.stop,
    };
    let done = match job.run(real.means).await {
        Ok(done) => done,
        Err(error) => {
            let reason = Reason::new(ReasonCode::CommandNotStarted, error.message())
                .remedy("install the program, or correct `smoke_test` in the configuration");
            return Finding::new(Verdict::Errored(reason), error.message());
        }
    };
    let message = done.message();
    let (verdict, message) = match done.status() {
        Some(0) => (Verdict::Passed, "the smoke test passed".to_owned()),
        _ if done.is_cancelled() => (interrupted(message.clone()), message),
        _ if done.is_timeout() => (Verdict::Failed, too_late(call, &message)),
        Some(COULD_NOT_MEASURE) | None => {
            (errored(ReasonCode::CommandFailed, message.clone()), message)
        }
        Some(_) => (Verdict::Failed, message),
    };
    Finding {
        warnings: done.outputs.problems,
        outputs: done.outputs.values,
        ..Finding::new(verdict, message)
    }
}
