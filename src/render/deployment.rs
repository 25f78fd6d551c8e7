//! A deployment in words: how it ended, what happened in each phase, and how loudly it must be
//! said. Shared by all renderers; nothing is escaped for one of them yet.

use super::text::{counted, duration, plain_cut};
use crate::model::{
    Attempt, Deployment, DeploymentOutcome, Ended, Phase, PhaseRecord, SuiteResult, Verdict,
    Version, percent_text,
};

/// The longest version, in characters: twelve digits of a commit and the beginning of a digest.
const LONGEST_VERSION: usize = 40;

/// How loudly it is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Alarm {
    /// It went well.
    None,
    /// Somebody should look: what is active was not shown to be healthy, or nothing happened.
    Look,
    /// A version failed.
    Failed,
    /// What is active may be bad, and nothing mends it by itself.
    Act,
}

/// How loudly a deployment is said.
pub(super) const fn alarm(deployment: &Deployment) -> Alarm {
    match deployment.outcome {
        DeploymentOutcome::Healthy | DeploymentOutcome::AlreadyActive => Alarm::None,
        DeploymentOutcome::Unverified
        | DeploymentOutcome::Refused
        | DeploymentOutcome::NotDeployed
        | DeploymentOutcome::Interrupted => Alarm::Look,
        DeploymentOutcome::RolledBack => Alarm::Failed,
        DeploymentOutcome::LeftFailed | DeploymentOutcome::RollbackFailed => Alarm::Act,
    }
}

/// A version for people.
pub(super) fn version(version: &Version) -> String {
    plain_cut(&version.to_string(), LONGEST_VERSION)
}

/// How it ended, in a sentence without its end: `4f1d2c9be07a is active and healthy in staging`.
/// Versions are written by `show`, since they are text of strangers.
pub(super) fn headline(deployment: &Deployment, show: fn(&Version) -> String) -> String {
    let place = deployment.environment;
    let wanted = show(&deployment.version);
    let sentence = match (deployment.outcome, &deployment.active) {
        (DeploymentOutcome::Healthy, _) => format!("{wanted} is active and healthy in {place}"),
        (DeploymentOutcome::AlreadyActive, _) => {
            format!("{wanted} was already active in {place} and is healthy")
        }
        (DeploymentOutcome::Unverified, _) => {
            format!("{wanted} was deployed to {place}, and whether it is healthy is not known")
        }
        (DeploymentOutcome::LeftFailed, _) => {
            format!("{wanted} failed in {place} and was not rolled back")
        }
        (DeploymentOutcome::RolledBack, Some(active)) => format!(
            "{wanted} failed in {place} and was rolled back: {} is active and healthy again",
            show(active)
        ),
        (DeploymentOutcome::RolledBack, None) => {
            format!("{wanted} failed in {place} and was rolled back")
        }
        (DeploymentOutcome::RollbackFailed, _) => {
            format!("{wanted} failed in {place}, and the rollback was not shown to work")
        }
        (DeploymentOutcome::Refused, _) => {
            format!("{wanted} was refused for {place}, and nothing was touched")
        }
        (DeploymentOutcome::NotDeployed, _) => {
            format!("{wanted} was not deployed to {place}, and nothing was touched")
        }
        (DeploymentOutcome::Interrupted, _) => {
            format!(
                "the deployment of {wanted} to {place} was interrupted, and the next run goes on"
            )
        }
    };
    format!("{}{sentence}", deployment.operation.prefix())
}

/// Which version is active now, where the headline does not say it.
pub(super) fn active_now(deployment: &Deployment, show: fn(&Version) -> String) -> Option<String> {
    let place = deployment.environment;
    match (deployment.outcome, &deployment.active) {
        (outcome, _) if outcome.is_success() => None,
        (DeploymentOutcome::RolledBack, Some(_)) => None,
        // Where nothing was touched, nothing may ever have been deployed.
        (DeploymentOutcome::Refused | DeploymentOutcome::NotDeployed, None) => None,
        (_, Some(active)) => Some(format!("{} is active in {place} now", show(active))),
        (_, None) => Some(format!("which version is active in {place} is not known")),
    }
}

/// Which version was there before, where there was one and the headline does not name it.
pub(super) fn before(deployment: &Deployment) -> Option<&Version> {
    let previous = deployment.previous.as_ref()?;
    let is_said = deployment.outcome == DeploymentOutcome::RolledBack
        && deployment.active.as_ref() == Some(previous);
    (!is_said && *previous != deployment.version).then_some(previous)
}

/// A phase in words for people.
pub(super) const fn phase_words(phase: Phase) -> &'static str {
    match phase {
        Phase::EndToEndTests => "end-to-end tests",
        Phase::Deploy => "deploy",
        Phase::HealthCheck => "health check",
        Phase::SmokeTest => "smoke test",
        Phase::IntegrationTests => "integration tests",
        Phase::BakeTime => "bake time",
        Phase::Analysis => "analysis",
        Phase::Rollback => "rollback",
    }
}

/// The name of a phase for people: `health check`, `health check after rollback`.
pub(super) fn phase_name(record: &PhaseRecord) -> String {
    let name = phase_words(record.phase);
    match (record.is_rollback, record.phase) {
        (true, phase) if phase != Phase::Rollback => format!("{name} after rollback"),
        _ => name.to_owned(),
    }
}

/// How often its command was tried, where that was more than once.
pub(super) fn tries(record: &PhaseRecord) -> Option<String> {
    let attempts = record.attempts.len();
    (attempts > 1).then(|| counted(attempts, "attempt"))
}

/// How an attempt ended, in a sentence.
pub(super) fn attempt(attempt: &Attempt) -> String {
    let waited = match attempt.delay_ms {
        0 => String::new(),
        delay => format!(", after a wait of {}", duration(delay as f64)),
    };
    let took = duration(attempt.duration_ms as f64);
    match &attempt.ended {
        Ended::WithEvidence => format!("ended well in {took}{waited}"),
        Ended::WithError { kind, reason } => {
            format!("{kind} error in {took}{waited}: {}", reason.message)
        }
    }
}

/// The attempts that deserve a line each: all of them where there were several.
pub(super) fn special_attempts(record: &PhaseRecord) -> &[Attempt] {
    match record.attempts.len() {
        0 | 1 => &[],
        _ => &record.attempts,
    }
}

/// The result of a suite in a few words: `43 of 44 tests passed, 1 failed, 1 flaky`.
pub(super) fn suite(tests: &SuiteResult) -> String {
    let flaky = tests.flaky.len() as u64;
    let of_them = [
        (tests.failed, "failed"),
        (tests.skipped, "skipped"),
        (flaky, "flaky"),
    ];
    let of_them = of_them
        .iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, word)| format!(", {number} {word}"));
    let total = counted(usize::try_from(tests.total).unwrap_or(usize::MAX), "test");
    let coverage = tests.coverage_percent.map_or_else(String::new, |percent| {
        format!(", {} of the lines covered", percent_text(percent))
    });
    format!(
        "{} of {total} passed{}{coverage}",
        tests.passed.saturating_add(flaky),
        of_them.collect::<String>()
    )
}

/// Whether there is nothing to say about a phase but its name and how long it took.
pub(super) fn is_plain(record: &PhaseRecord) -> bool {
    record.verdict == Verdict::Passed
        && record.attempts.len() < 2
        && record.warnings.is_empty()
        && record
            .tests
            .as_ref()
            .is_none_or(|tests| tests.flaky.is_empty())
}

/// The phases in a line: `deploy 1.20 s, health check 10.40 s`.
pub(super) fn phases_in_a_line(deployment: &Deployment) -> String {
    let phase = |record: &PhaseRecord| {
        format!(
            "{} {}",
            phase_name(record),
            duration(record.duration_ms as f64)
        )
    };
    let phases: Vec<String> = deployment.phases.iter().map(phase).collect();
    phases.join(", ")
}

/// That it was a hotfix, which nobody is to overlook.
pub(super) fn hotfix(deployment: &Deployment) -> Option<&'static str> {
    deployment
        .is_hotfix
        .then_some("hotfix: it skipped the days in staging")
}

/// Who agreed, where somebody had to.
pub(super) fn approval(deployment: &Deployment) -> Option<String> {
    let names = deployment.approved_by.iter().take(10);
    let names: Vec<String> = names.map(|name| plain_cut(name, 40)).collect();
    (!names.is_empty()).then(|| names.join(", "))
}

/// The address, where it is one of the web that can stand in a link: nothing in it can end the
/// link or run a script.
pub(super) fn web_address(url: &str) -> Option<&str> {
    let rest = url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://"))?;
    let is_plain = |c: char| {
        c.is_ascii_alphanumeric()
            || matches!(
                c,
                '-' | '.' | '_' | '~' | ':' | '/' | '?' | '=' | '%' | '#' | '+' | ','
            )
    };
    let is_host = rest.starts_with(|c: char| c.is_ascii_alphanumeric());
    (is_host && url.len() < 500 && rest.chars().all(is_plain)).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::samples;

    #[test]
    fn every_outcome_says_what_is_active() {
        let deployment = samples::deployment_of(&samples::rolled_back());
        let outcomes = [
            DeploymentOutcome::Healthy,
            DeploymentOutcome::AlreadyActive,
            DeploymentOutcome::Unverified,
            DeploymentOutcome::LeftFailed,
            DeploymentOutcome::RolledBack,
            DeploymentOutcome::RollbackFailed,
            DeploymentOutcome::Refused,
            DeploymentOutcome::NotDeployed,
            DeploymentOutcome::Interrupted,
        ];
        let mut said = String::new();
        for outcome in outcomes {
            for active in [deployment.active.clone(), None] {
                let deployment = Deployment {
                    outcome,
                    active,
                    ..deployment.clone()
                };
                said.push_str(&headline(&deployment, version));
                if let Some(active) = active_now(&deployment, version) {
                    said.push_str(&format!("; {active}"));
                }
                said.push('\n');
            }
        }
        insta::assert_snapshot!(said, @"
        4f1d2c9be07a (sha256:0f3c9a710f3c) is active and healthy in staging
        4f1d2c9be07a (sha256:0f3c9a710f3c) is active and healthy in staging
        4f1d2c9be07a (sha256:0f3c9a710f3c) was already active in staging and is healthy
        4f1d2c9be07a (sha256:0f3c9a710f3c) was already active in staging and is healthy
        4f1d2c9be07a (sha256:0f3c9a710f3c) was deployed to staging, and whether it is healthy is not known; 1a2b3c4d5e6f is active in staging now
        4f1d2c9be07a (sha256:0f3c9a710f3c) was deployed to staging, and whether it is healthy is not known; which version is active in staging is not known
        4f1d2c9be07a (sha256:0f3c9a710f3c) failed in staging and was not rolled back; 1a2b3c4d5e6f is active in staging now
        4f1d2c9be07a (sha256:0f3c9a710f3c) failed in staging and was not rolled back; which version is active in staging is not known
        4f1d2c9be07a (sha256:0f3c9a710f3c) failed in staging and was rolled back: 1a2b3c4d5e6f is active and healthy again
        4f1d2c9be07a (sha256:0f3c9a710f3c) failed in staging and was rolled back; which version is active in staging is not known
        4f1d2c9be07a (sha256:0f3c9a710f3c) failed in staging, and the rollback was not shown to work; 1a2b3c4d5e6f is active in staging now
        4f1d2c9be07a (sha256:0f3c9a710f3c) failed in staging, and the rollback was not shown to work; which version is active in staging is not known
        4f1d2c9be07a (sha256:0f3c9a710f3c) was refused for staging, and nothing was touched; 1a2b3c4d5e6f is active in staging now
        4f1d2c9be07a (sha256:0f3c9a710f3c) was refused for staging, and nothing was touched
        4f1d2c9be07a (sha256:0f3c9a710f3c) was not deployed to staging, and nothing was touched; 1a2b3c4d5e6f is active in staging now
        4f1d2c9be07a (sha256:0f3c9a710f3c) was not deployed to staging, and nothing was touched
        the deployment of 4f1d2c9be07a (sha256:0f3c9a710f3c) to staging was interrupted, and the next run goes on; 1a2b3c4d5e6f is active in staging now
        the deployment of 4f1d2c9be07a (sha256:0f3c9a710f3c) to staging was interrupted, and the next run goes on; which version is active in staging is not known
        ");
    }

    #[test]
    fn only_plain_addresses_become_links() {
        for good in [
            "http://127.0.0.1:8101/health?x=1",
            "https://shop.example.org/a%20b#top",
        ] {
            assert_eq!(web_address(good), Some(good));
        }
        for bad in [
            "javascript:alert(1)//",
            "https://",
            "https://x)[y](z",
            "https://x\"><img",
            "https://@evil.example.org",
            "https://x y",
            "ftp://x",
            "https://x`y",
            "https://x|y",
        ] {
            assert_eq!(web_address(bad), None, "{bad}");
        }
    }
}
