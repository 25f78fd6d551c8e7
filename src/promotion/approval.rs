//! Whether enough people who may agree have agreed. Pure.

use crate::config::PromotionPolicy;
use crate::ledger::Approval;
use crate::model::{
    Actual, ComponentName, Criterion, EnvironmentName, Measurement, Operator, Reason, ReasonCode,
    Requirement, RuleSource, Unit, Verdict, Version,
};

/// The criterion's name.
const NAME: &str = "approval";

/// Whether a version has the approvals that it needs, and whose. Those count that are about this very
/// version, of people who may approve, once each, and never of the one who deploys. Names are compared
/// without regard to case, as GitHub does.
///
/// `rule` is where it is set that somebody has to agree.
#[must_use]
pub fn approvals(
    (component, environment): (&ComponentName, EnvironmentName),
    version: &Version,
    given: &[Approval],
    deployer: Option<&str>,
    policy: &PromotionPolicy,
    rule: RuleSource,
) -> (Criterion, Vec<String>) {
    let is_named = |name: &str| {
        let mut approvers = policy.approvers.iter();
        policy.approvers.is_empty() || approvers.any(|one| one.eq_ignore_ascii_case(name))
    };
    let mut counted: Vec<String> = Vec::new();
    let mut notes = Vec::new();
    for approval in given {
        let name = approval.approver.trim();
        if approval.version != *version {
            if approval.version.commit == version.commit {
                notes.push(match approval.version.digest {
                    Some(_) => format!("{name} agreed to another artifact of this commit"),
                    None => format!("{name} agreed without naming its artifact"),
                });
            }
        } else if name.is_empty() {
            notes.push("an approval of nobody does not count".to_owned());
        } else if deployer.is_some_and(|deployer| deployer.trim().eq_ignore_ascii_case(name)) {
            notes.push(format!("{name} deploys and cannot agree to it"));
        } else if !is_named(name) {
            notes.push(format!("{name} is not among `promotion.approvers`"));
        } else if !counted.iter().any(|one| one.eq_ignore_ascii_case(name)) {
            counted.push(name.to_owned());
        }
    }
    notes.dedup();
    let needed = policy.approvals.max(1);
    let measurement = Measurement::new(
        "approvals",
        Actual::Number(counted.len() as f64),
        Operator::AtLeast,
        f64::from(needed),
        Unit::Count,
        rule,
    );
    let holds = measurement.holds;
    let is_known = deployer.is_some_and(|deployer| !deployer.trim().is_empty());
    let verdict = match (holds, is_known) {
        (false, _) => Verdict::Failed,
        (true, true) => Verdict::Passed,
        (true, false) => Verdict::NoData(Reason::new(
            ReasonCode::NoEvidence,
            "who deploys is not known, so it cannot be told from who agreed",
        )),
    };
    let is_passed = verdict.is_pass();
    let may = match policy.approvers.as_slice() {
        [] => "anybody but the one who deploys".to_owned(),
        approvers => format!("one of {}", approvers.join(", ")),
    };
    let artifact = version.digest.iter();
    let artifact = artifact.map(|digest| format!(" --artifact-digest {digest}"));
    let agree = format!(
        "{may} runs: spec2prod approve --component {component} --environment {environment} --version {}{} --reason …",
        version.commit,
        artifact.collect::<String>()
    );
    let tell = "say who deploys: GITHUB_ACTOR or USER must be set".to_owned();
    let remedies = (!holds).then_some(agree).into_iter();
    let remedies: Vec<String> = remedies.chain((!is_known).then_some(tell)).collect();
    let gap = format!(
        "{} of {needed}{}",
        counted.len(),
        match notes.is_empty() {
            true => String::new(),
            false => format!("; {}", notes.join("; ")),
        }
    );
    let criterion = Criterion {
        source: Some(match counted.is_empty() {
            true => "the record of deployments".to_owned(),
            false => counted.join(", "),
        }),
        gap: (!is_passed || !notes.is_empty()).then_some(gap),
        remedy: (!remedies.is_empty()).then(|| remedies.join("; ")),
        ..Criterion::new(NAME, verdict, Requirement::Required, vec![measurement])
    };
    (criterion, counted)
}
