//! A run on a pull request: its check run and its comment.

use super::{FAILS, Setting};
use crate::support::{
    WRITES_A_PASS, finish,
    github::{ACTIONS, Pull, READ_ONLY_TOKEN},
    signal, wait_for,
};

#[test]
fn what_passes_is_a_success_and_a_short_comment() {
    let setting = Setting::new(WRITES_A_PASS);
    setting.run().expect_status(0);
    let checks = setting.github.check_runs();
    let [check] = checks.as_slice() else {
        panic!("{checks:#?}")
    };
    assert_eq!(check.name, "spec2prod: thing");
    assert_eq!(
        check.head_sha, setting.pull.head_sha,
        "never the merge commit"
    );
    assert_eq!(check.status, "completed");
    assert_eq!(check.conclusion.as_deref(), Some("success"));
    assert_eq!(check.external_id.as_deref(), Some("4242.1.thing"));
    let comments = setting.github.comments(7);
    let [comment] = comments.as_slice() else {
        panic!("{comments:#?}")
    };
    assert_eq!(comment.author, ACTIONS);
    assert!(
        comment
            .body
            .starts_with("<!-- spec2prod:thing run=4242 attempt=1 ")
    );
    assert!(
        comment.body.contains("## ✅ thing is ready"),
        "{}",
        comment.body
    );
    assert!(comment.body.len() < 1500, "{}", comment.body);
    assert_eq!(setting.problems(), Vec::<String>::new());
    let requests = setting.github.requests().len();
    assert!(requests <= 8, "{requests} requests for one component");
    let first = &setting.github.writes()[0];
    assert!(
        first.body["status"] == "in_progress",
        "the check run is there while the tools work"
    );
}

#[test]
fn what_blocks_is_a_failure_with_annotations() {
    let setting = Setting::new(FAILS);
    setting.run().expect_status(1);
    let check = &setting.github.check_runs()[0];
    assert_eq!(check.conclusion.as_deref(), Some("failure"));
    assert_eq!(check.title.as_deref(), Some("dev: failed"));
    let annotation = &check.annotations[0];
    assert_eq!(annotation["path"], "lib/a.txt");
    assert_eq!(annotation["annotation_level"], "failure");
    let body = &setting.github.comments(7)[0].body;
    assert!(
        body.contains("❌ `test_pass_rate` (testing): `0 %, needs ≥ 100 %`"),
        "{body}"
    );
    assert!(body.contains("``c::n|`x`<b>: ::error::no``"), "{body}");
}

#[test]
fn what_cannot_be_judged_is_a_failure_too() {
    let setting = Setting::new("exit 0\n");
    setting.run().expect_status(3);
    let check = &setting.github.check_runs()[0];
    assert_eq!(check.conclusion.as_deref(), Some("failure"));
}

#[test]
fn an_interrupted_run_is_cancelled() {
    let setting = Setting::new("touch begun\nwhile :; do sleep 1; done\n");
    let mut child = setting
        .repository
        .command(&["run", "--component", "thing"])
        .spawn()
        .unwrap();
    wait_for(&setting.repository, "begun", &mut child);
    signal(&child, "TERM");
    finish(child).expect_status(143);
    let check = &setting.github.check_runs()[0];
    assert_eq!(check.status, "completed");
    assert_eq!(check.conclusion.as_deref(), Some("cancelled"));
}

#[test]
fn a_token_that_may_only_read_changes_nothing_but_where_it_is_shown() {
    for (script, status) in [(WRITES_A_PASS, 0), (FAILS, 1)] {
        let pull = Pull::new(7).of_fork("stranger/shop");
        let setting = Setting::with(script, pull, |step| {
            step.with("GITHUB_TOKEN", READ_ONLY_TOKEN)
        });
        let ran = setting.run().expect_status(status);
        assert!(setting.github.check_runs().is_empty());
        assert!(setting.github.comments(7).is_empty());
        let problems = setting.problems();
        let [problem] = problems.as_slice() else {
            panic!("{problems:#?}")
        };
        assert!(
            problem.contains("`checks: write`, `pull-requests: write`"),
            "{problem}"
        );
        assert_eq!(ran.stderr.matches("pull-requests: write").count(), 1);
        let summary = setting.step.summary();
        assert!(summary.contains("`test_pass_rate`"), "{summary}");
        assert!(summary.contains("pull-requests: write"), "{summary}");
        let outputs = setting.step.outputs().unwrap();
        assert_eq!(outputs["success"], (status == 0).to_string());
    }
}

#[test]
fn without_a_token_summary_and_annotations_remain() {
    let setting = Setting::with(FAILS, Pull::new(7), |step| step.with("GITHUB_TOKEN", ""));
    let ran = setting.run().expect_status(1);
    assert!(setting.github.requests().is_empty());
    assert!(
        ran.stderr.contains("::error file=lib/a.txt,line=1,"),
        "{}",
        ran.stderr
    );
    assert!(setting.problems()[0].contains("there is no token"));
    assert!(setting.step.summary().contains("is blocked"));
}

#[test]
fn only_the_surfaces_that_are_wanted_are_used() {
    let setting = Setting::with(WRITES_A_PASS, Pull::new(7), |step| {
        step.with("SPEC2PROD_SURFACES", "summary, annotations")
    });
    setting.run().expect_status(0);
    assert!(setting.github.requests().is_empty());
    assert_eq!(setting.problems(), Vec::<String>::new());

    let setting = Setting::with(WRITES_A_PASS, Pull::new(7), |step| {
        step.with("SPEC2PROD_SURFACES", "comment")
    });
    setting.run().expect_status(0);
    assert!(setting.github.check_runs().is_empty());
    assert_eq!(setting.github.comments(7).len(), 1);
    assert!(setting.step.summary().is_empty());
}

#[test]
fn the_token_is_nowhere_to_be_seen() {
    let setting = Setting::new(&format!("env > seen\n{WRITES_A_PASS}"));
    let ran = setting.run().expect_status(0);
    let report = setting.repository.read("workflow_report_thing.json");
    let seen = setting.repository.read("seen");
    for text in [
        &ran.stdout,
        &ran.stderr,
        &report,
        &seen,
        &setting.step.summary(),
    ] {
        assert!(!text.contains("ghs_full"), "{text}");
    }
}

#[test]
fn enterprise_servers_are_asked_at_their_address() {
    let setting = Setting::new(WRITES_A_PASS);
    let repository = crate::support::with_script(WRITES_A_PASS)
        .in_step(&setting.step)
        .variable("GITHUB_API_URL", &setting.github.enterprise_url())
        .variable("GITHUB_SERVER_URL", "https://github.example")
        .variable("GITHUB_EVENT_NAME", "workflow_dispatch")
        .variable("GITHUB_SHA", &setting.pull.head_sha);
    repository
        .run(&["run", "--component", "thing"])
        .expect_status(0);
    let writes = setting.github.writes();
    let report = repository.report("thing");
    assert!(!writes.is_empty(), "{:#}", report["publishing_problems"]);
    assert!(
        writes
            .iter()
            .all(|write| write.path.contains("/repos/octo/shop/"))
    );
}
