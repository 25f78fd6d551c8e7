//! Whether enough people who may agree have agreed. Pure.

use super::{RunReview, RunReviews};
use crate::config::PromotionPolicy;
use crate::ledger::Approval;
use crate::model::{
    Actual, ComponentName, Criterion, EnvironmentName, Measurement, Operator, Reason, ReasonCode,
    Requirement, RuleSource, Unit, Verdict, Version,
};

/// The criterion's name.
const NAME: &str = "approval";
/// What a job needs for who approved its run to be read.
const PERMISSION: &str = "actions: read";
/// The longest comment that is told, in characters.
const LONGEST_COMMENT: usize = 200;

/// Where somebody may have agreed.
#[derive(Debug, Clone, Copy, Default)]
pub struct Agreements<'a> {
    /// What the ledger says.
    pub ledger: &'a [Approval],
    /// What the reviewers of environments said of this run, or why that is not known; `None` outside a
    /// run.
    pub run: Option<&'a Result<RunReviews, String>>,
    /// What the service may call the environment.
    pub names: &'a [String],
}

/// Who agreed, and what is to be said of the others.
#[derive(Default)]
struct Counted {
    names: Vec<String>,
    /// Those who said it in the ledger.
    of_ledger: Vec<String>,
    /// Those who said it of the run, with their words.
    of_run: Vec<String>,
    notes: Vec<String>,
}

/// Whose word counts.
struct Rule<'a> {
    approvers: &'a [String],
    deployer: Option<&'a str>,
}

impl Rule<'_> {
    /// Why the word of this person does not count, where it does not.
    fn refusal(&self, name: &str) -> Option<String> {
        let is_named = |name: &str| {
            let mut approvers = self.approvers.iter();
            self.approvers.is_empty() || approvers.any(|one| one.eq_ignore_ascii_case(name))
        };
        if name.is_empty() {
            Some("an approval of nobody does not count".to_owned())
        } else if (self.deployer).is_some_and(|one| one.trim().eq_ignore_ascii_case(name)) {
            Some(format!("{name} deploys and cannot agree to it"))
        } else if !is_named(name) {
            Some(format!("{name} is not among `promotion.approvers`"))
        } else {
            None
        }
    }
}

impl Counted {
    /// Counts somebody who may agree and was not counted yet.
    fn add(&mut self, name: &str, rule: &Rule<'_>) -> bool {
        if let Some(refusal) = rule.refusal(name) {
            self.notes.push(refusal);
            return false;
        }
        let is_new = !self.names.iter().any(|one| one.eq_ignore_ascii_case(name));
        if is_new {
            self.names.push(name.to_owned());
        }
        is_new
    }

    fn add_ledger(&mut self, given: &[Approval], version: &Version, rule: &Rule<'_>) {
        for approval in given {
            let name = approval.approver.trim();
            if approval.version == *version {
                if self.add(name, rule) {
                    self.of_ledger.push(name.to_owned());
                }
            } else if approval.version.commit == version.commit {
                self.notes.push(match approval.version.digest {
                    Some(_) => format!("{name} agreed to another artifact of this commit"),
                    None => format!("{name} agreed without naming its artifact"),
                });
            }
        }
    }

    fn add_run(&mut self, said: &RunReviews, names: &[String], version: &Version, rule: &Rule<'_>) {
        let is_meant = |review: &&RunReview| {
            let mut environments = review.environments.iter();
            environments.any(|one| names.iter().any(|name| name.eq_ignore_ascii_case(one)))
        };
        let about: Vec<&RunReview> = said.reviews.iter().filter(is_meant).collect();
        let agreed = || about.iter().filter(|one| one.has_agreed == Some(true));
        if !said.commit.eq_ignore_ascii_case(&version.commit) {
            if agreed().next().is_some() {
                self.notes.push(format!(
                    "run {} is of another commit, so that who approved it for its environment does not count",
                    said.run
                ));
            }
            return;
        }
        for review in agreed() {
            let name = review.by.as_deref().unwrap_or_default().trim();
            let has_refused = about.iter().any(|other| {
                let by = other.by.as_deref().unwrap_or_default().trim();
                other.has_agreed == Some(false) && by.eq_ignore_ascii_case(name)
            });
            // GitHub does not say which of the two came last.
            if has_refused {
                self.notes.push(format!(
                    "{name} approved and rejected run {}, which does not count",
                    said.run
                ));
            } else if self.add(name, rule) {
                self.of_run.push(match comment(&review.comment) {
                    said if said.is_empty() => name.to_owned(),
                    said => format!("{name} ({said})"),
                });
            }
        }
    }

    /// Where it is known from.
    fn source(&self, run: Option<&str>) -> String {
        let ledger = (!self.of_ledger.is_empty()).then(|| self.of_ledger.join(", "));
        let run = run.filter(|_| !self.of_run.is_empty()).map(|run| {
            format!(
                "GitHub: environment reviewers of run {run}: {}",
                self.of_run.join(", ")
            )
        });
        let parts: Vec<String> = ledger.into_iter().chain(run).collect();
        match parts.is_empty() {
            true => "the record of deployments".to_owned(),
            false => parts.join("; "),
        }
    }
}

/// What somebody wrote, on one line, and no longer than people read.
fn comment(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").chars().take(LONGEST_COMMENT).collect()
}

/// Whether a version has the approvals that it needs, and whose. Those count that are about this very
/// version, of people who may approve, once each, and never of the one who deploys. Names are compared
/// without regard to case, as GitHub does. What was said of this run counts where the run is of the
/// version's commit and it was said of this environment.
///
/// `rule` is where it is set that somebody has to agree.
#[must_use]
pub fn approvals(
    (component, environment): (&ComponentName, EnvironmentName),
    version: &Version,
    given: &Agreements<'_>,
    deployer: Option<&str>,
    policy: &PromotionPolicy,
    rule: RuleSource,
) -> (Criterion, Vec<String>) {
    let rule_of_people = Rule {
        approvers: &policy.approvers,
        deployer,
    };
    let mut counted = Counted::default();
    counted.add_ledger(given.ledger, version, &rule_of_people);
    match given.run {
        Some(Ok(said)) => counted.add_run(said, given.names, version, &rule_of_people),
        Some(Err(problem)) => {
            let needed = match problem.contains(PERMISSION) {
                true => String::new(),
                false => format!("; the job's `permissions:` need `{PERMISSION}`"),
            };
            counted.notes.push(format!(
                "who approved this run for its environment on GitHub is not known and not counted: {problem}{needed}"
            ));
        }
        None => {}
    }
    let run = given.run.and_then(|said| said.as_ref().ok());
    let source = counted.source(run.map(|said| said.run.as_str()));
    let Counted {
        names: counted,
        mut notes,
        ..
    } = counted;
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
        source: Some(source),
        gap: (!is_passed || !notes.is_empty()).then_some(gap),
        remedy: (!remedies.is_empty()).then(|| remedies.join("; ")),
        ..Criterion::new(NAME, verdict, Requirement::Required, vec![measurement])
    };
    (criterion, counted)
}
