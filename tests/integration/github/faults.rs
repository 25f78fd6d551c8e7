//! Whatever GitHub does, the verdict is the same, and nothing is there twice.

use super::{FAILS, Setting};
use crate::support::{
    WRITES_A_PASS,
    github::{Fault, Limit},
};

#[test]
fn a_lost_answer_makes_neither_two_check_runs_nor_two_comments() {
    let setting = Setting::new(WRITES_A_PASS);
    setting
        .github
        .plan(Fault::After(502).on("POST", "*/check-runs"));
    setting
        .github
        .plan(Fault::ResetAfter.on("POST", "*/comments"));
    setting.run().expect_status(0);
    setting.github.assert_all_struck();
    assert_eq!(setting.github.check_runs().len(), 1);
    assert_eq!(setting.github.comments(7).len(), 1);
    assert_eq!(setting.problems(), Vec::<String>::new());
}

#[test]
fn trouble_before_the_write_is_tried_again() {
    let setting = Setting::new(FAILS);
    setting
        .github
        .plan(Fault::Before(503).on("POST", "*/check-runs").times(2));
    setting
        .github
        .plan(Fault::Html(502).on("GET", "*/comments"));
    setting
        .github
        .plan(Fault::Truncated.on("PATCH", "*/check-runs/*"));
    setting.run().expect_status(1);
    setting.github.assert_all_struck();
    let checks = setting.github.check_runs();
    assert_eq!(checks.len(), 1);
    assert_eq!(checks[0].conclusion.as_deref(), Some("failure"));
    assert_eq!(
        checks[0].annotations.len(),
        1,
        "an annotation is there once"
    );
}

#[test]
fn a_limit_that_lasts_longer_than_publishing_may_is_said_and_changes_nothing() {
    let setting = Setting::new(FAILS);
    setting.github.plan(
        Fault::Limited(Limit::Primary {
            status: 403,
            retry_after: None,
            resets_in: 3000,
        })
        .on("*", "*")
        .times(1000),
    );
    setting.run().expect_status(1);
    let problems = setting.problems();
    assert!(
        problems
            .iter()
            .any(|problem| problem.contains("gave up because waiting")),
        "{problems:#?}"
    );
    assert!(setting.step.summary().contains("is blocked"));
}
