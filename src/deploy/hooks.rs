//! Commands before and after phases.

use super::{
    Means,
    commands::Job,
    effects::{Call, Hooks},
    place::Place,
};
use crate::config::{EnvironmentPolicy, HookMoment, OnHookFailure};
use crate::model::{Reason, ReasonCode, Verdict};
use std::time::Duration;

/// Runs the hooks of one side of a phase, in their order. Those behind one that fails are not run.
///
/// While a version is taken back, no hook stops anything: a failure is a warning.
pub(super) async fn run(
    means: &Means,
    environment: &EnvironmentPolicy,
    place: &Place,
    moment: HookMoment,
    call: &Call,
    time: Duration,
) -> Hooks {
    let mut hooks = Hooks::default();
    for hook in environment
        .hooks
        .iter()
        .filter(|hook| hook.moment == moment)
    {
        let side = match moment {
            HookMoment::Before(phase) => format!("before {phase}"),
            HookMoment::After(phase) => format!("after {phase}"),
        };
        let what = format!("the hook {side} ({})", hook.rule);
        let job = Job {
            what: &what,
            log: &format!("{}-{}-hooks", environment.name, call.phase),
            words: &hook.command,
            place,
            attempt: 1,
            working_directory: environment.working_directory.as_deref(),
            timeout: time,
            cancel: &call.stop,
        };
        let (verdict, message) = match job.run(means).await {
            Ok(mut done) => {
                hooks.warnings.append(&mut done.outputs.problems);
                if done.is_success() {
                    continue;
                }
                let verdict = if done.is_cancelled() {
                    interrupted(done.message())
                } else {
                    Verdict::Failed
                };
                (verdict, done.message())
            }
            Err(error) => {
                let reason = Reason::new(ReasonCode::CommandNotStarted, error.message())
                    .remedy("install what the hook needs, or correct it in the configuration");
                (Verdict::Errored(reason), error.message())
            }
        };
        let stops = hook.on_failure == OnHookFailure::Fail || verdict.is_interrupted();
        if stops && !call.is_rollback {
            hooks.failure = Some((verdict, message));
            return hooks;
        }
        hooks.warnings.push(message);
    }
    hooks
}

/// The verdict of something that a cancellation ended.
pub(super) fn interrupted(message: impl Into<String>) -> Verdict {
    Verdict::Errored(Reason::new(ReasonCode::Interrupted, message))
}
