//! Who has to agree, and whose word counts.

use super::*;
use crate::ledger::Approval;
use insta::assert_snapshot;

fn approval(approver: &str, commit: &str) -> Approval {
    Approval {
        version: Version::of_commit(commit),
        approver: approver.to_owned(),
        reason: "looked at it".to_owned(),
    }
}

fn approved(given: &[Approval], deployer: Option<&str>, needed: u32) -> (Criterion, Vec<String>) {
    let mut world = World::new();
    world.policy.approvers = vec!["ada".to_owned(), "Grace".to_owned()];
    world.policy.approvals = needed;
    approvals(
        (&world.component, EnvironmentName::Production),
        &world.version,
        &Agreements {
            ledger: given,
            ..Agreements::default()
        },
        deployer,
        &world.policy,
        rule("stages.production_deployment.require_manual_approval"),
    )
}

#[test]
fn distinct_people_who_may_agree_have_to() {
    let both = [approval("ada", COMMIT), approval("grace", COMMIT)];
    let (criterion, who) = approved(&both, Some("linus"), 2);
    assert_eq!(criterion.verdict, Verdict::Passed);
    assert_eq!(who, ["ada", "grace"]);
    let twice = [approval("ada", COMMIT), approval("ADA", COMMIT)];
    let (criterion, _) = approved(&twice, Some("linus"), 2);
    assert_snapshot!(told(&criterion), @r#"
    approval: failed
      approvals: 1, needs ≥ 2
      source: ada
      gap: 1 of 2
      remedy: one of ada, Grace runs: spec2prod approve --component shop --environment production --version 1111111111111111111111111111111111111111 --reason …
    "#);
}

#[test]
fn who_deploys_who_is_not_named_and_what_is_about_another_version_does_not_count() {
    let given = [
        approval("ada", COMMIT),
        approval("linus", COMMIT),
        approval("grace", OTHER),
        approval(" ", COMMIT),
    ];
    let (criterion, who) = approved(&given, Some("Ada"), 1);
    assert!(who.is_empty());
    assert_snapshot!(told(&criterion), @r#"
    approval: failed
      approvals: 0, needs ≥ 1
      source: the record of deployments
      gap: 0 of 1; ada deploys and cannot agree to it; linus is not among `promotion.approvers`; an approval of nobody does not count
      remedy: one of ada, Grace runs: spec2prod approve --component shop --environment production --version 1111111111111111111111111111111111111111 --reason …
    "#);
    let mut artifact = approval("grace", COMMIT);
    artifact.version.digest = Some(format!("sha256:{}", "a".repeat(64)));
    let (criterion, _) = approved(&[artifact], Some("ada"), 1);
    assert!(criterion.blocks());
}

#[test]
fn where_nobody_knows_who_deploys_approvals_decide_nothing() {
    for deployer in [None, Some(""), Some("  ")] {
        let (criterion, _) = approved(&[approval("ada", COMMIT)], deployer, 1);
        assert!(
            matches!(criterion.verdict, Verdict::NoData(_)),
            "{deployer:?}"
        );
    }
    assert_eq!(approved(&[], None, 0).0.verdict, Verdict::Failed);
}

#[test]
fn what_helps_names_the_artifact_and_who_is_to_be_told() {
    let mut world = World::new();
    world.version.digest = Some(format!("sha256:{}", "a".repeat(64)));
    let approved = |given: &[Approval], deployer| {
        approvals(
            (&world.component, EnvironmentName::Production),
            &world.version,
            &Agreements {
                ledger: given,
                ..Agreements::default()
            },
            deployer,
            &world.policy,
            RuleSource::Default,
        )
        .0
    };
    let commit_alone = [approval("ada", COMMIT)];
    assert_snapshot!(told(&approved(&commit_alone, Some("linus"))), @r#"
    approval: failed
      approvals: 0, needs ≥ 1
      source: the record of deployments
      gap: 0 of 1; ada agreed without naming its artifact
      remedy: anybody but the one who deploys runs: spec2prod approve --component shop --environment production --version 1111111111111111111111111111111111111111 --artifact-digest sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa --reason …
    "#);
    let mut exact = approval("ada", COMMIT);
    exact.version = world.version.clone();
    assert_snapshot!(told(&approved(&[exact], None)), @r#"
    approval: no_data
      approvals: 1, needs ≥ 1
      reason: who deploys is not known, so it cannot be told from who agreed
      source: ada
      gap: 1 of 1
      remedy: say who deploys: GITHUB_ACTOR or USER must be set
    "#);
    assert_snapshot!(approved(&[], None).remedy.unwrap(), @"anybody but the one who deploys runs: spec2prod approve --component shop --environment production --version 1111111111111111111111111111111111111111 --artifact-digest sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa --reason …; say who deploys: GITHUB_ACTOR or USER must be set");
}

fn of_run(said: &Result<RunReviews, String>, ledger: &[Approval]) -> (Criterion, Vec<String>) {
    let mut world = World::new();
    world.policy.approvals = 1;
    let names = ["production/shop", "production"].map(str::to_owned);
    approvals(
        (&world.component, EnvironmentName::Production),
        &world.version,
        &Agreements {
            ledger,
            run: Some(said),
            names: &names,
        },
        Some("linus"),
        &world.policy,
        rule("stages.production_deployment.require_manual_approval"),
    )
}

fn said(by: &str, has_agreed: Option<bool>, environment: &str) -> RunReview {
    RunReview {
        by: Some(by.to_owned()),
        has_agreed,
        environments: vec!["docs".to_owned(), environment.to_owned()],
        comment: "Ship\n it!".to_owned(),
    }
}

fn reviews(commit: &str, reviews: Vec<RunReview>) -> Result<RunReviews, String> {
    Ok(RunReviews {
        run: "4242".to_owned(),
        commit: commit.to_owned(),
        reviews,
    })
}

#[test]
fn who_approved_the_run_for_this_environment_counts_once() {
    let given = vec![
        said("ada", Some(true), "Production/Shop"),
        said("ADA", Some(true), "production"),
        said("linus", Some(true), "production"),
        said("grace", Some(true), "staging/shop"),
        said("bob", Some(false), "production"),
        said("cyd", None, "production"),
        said("dan", Some(true), "production"),
        said("dan", Some(false), "production"),
    ];
    let (criterion, who) = of_run(&reviews(COMMIT, given.clone()), &[]);
    assert_eq!(who, ["ada"]);
    assert_snapshot!(told(&criterion), @r#"
    approval: passed
      approvals: 1, needs ≥ 1
      source: GitHub: environment reviewers of run 4242: ada (Ship it!)
      gap: 1 of 1; linus deploys and cannot agree to it; dan approved and rejected run 4242, which does not count
    "#);
    let (_, who) = of_run(&reviews(COMMIT, given), &[approval("Ada", COMMIT)]);
    assert_eq!(who, ["Ada"]);
}

#[test]
fn who_approved_a_run_of_another_commit_does_not_count() {
    let given = vec![said("ada", Some(true), "production")];
    let (criterion, who) = of_run(&reviews(OTHER, given), &[]);
    assert!(who.is_empty() && criterion.blocks());
    assert_snapshot!(criterion.gap.unwrap(), @"0 of 1; run 4242 is of another commit, so that who approved it for its environment does not count");
}

#[test]
fn where_who_approved_the_run_cannot_be_read_the_ledger_counts_alone() {
    let refused = Err("GitHub answered 403".to_owned());
    let (criterion, who) = of_run(&refused, &[]);
    assert!(who.is_empty() && criterion.verdict == Verdict::Failed);
    assert_snapshot!(criterion.gap.unwrap(), @"0 of 1; who approved this run for its environment on GitHub is not known and not counted: GitHub answered 403; the job's `permissions:` need `actions: read`");
    let (criterion, who) = of_run(&refused, &[approval("ada", COMMIT)]);
    assert_eq!((criterion.verdict, who.len()), (Verdict::Passed, 1));
    assert!(criterion.gap.unwrap().contains("`actions: read`"));
}
