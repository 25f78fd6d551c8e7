use super::*;
use crate::model::{ComponentName, Report, Summary};
use crate::render::{json, samples};
use std::{fs, path::Path};

fn named(report: Report, name: &str) -> Report {
    Report {
        component_name: name.parse().unwrap(),
        ..report
    }
}

fn write(folder: &Path, artifact: &str, report: &Report) {
    let folder = folder.join(artifact);
    fs::create_dir_all(&folder).unwrap();
    let file = folder.join(format!("workflow_report_{}.json", report.component_name));
    fs::write(file, json::report(report)).unwrap();
}

fn names(names: &[&str]) -> Option<Vec<ComponentName>> {
    Some(names.iter().map(|name| name.parse().unwrap()).collect())
}

fn of(folder: &Path, expectation: &Expectation) -> Summary {
    summarize(read(&[folder.to_path_buf()]), expectation)
}

fn said(summary: &Summary) -> String {
    let problems = summary.problems.iter();
    let problems: Vec<String> = problems
        .map(|problem| {
            let subject = problem.subject.rsplit('/').next().unwrap_or_default();
            format!("\n{subject}: {}", problem.message)
        })
        .collect();
    format!(
        "{} ({}): {}{}",
        summary.verdict,
        summary.exit_status,
        summary.title(),
        problems.concat()
    )
}

#[test]
fn all_green_is_green() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "one", &named(samples::green(), "billing"));
    write(folder.path(), "two", &named(samples::green(), "ledger"));
    let expectation = Expectation {
        components: names(&["ledger", "billing"]),
        ..Expectation::default()
    };
    let summary = of(folder.path(), &expectation);
    assert_eq!(said(&summary), "passed (0): all 2 components are ready");
    assert_eq!(summary.commit, samples::green().source.commit);
}

#[test]
fn one_that_blocks_blocks_all_and_a_missing_one_is_named() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "one", &named(samples::green(), "billing"));
    let expectation = Expectation {
        components: names(&["billing", "ledger"]),
        ..Expectation::default()
    };
    insta::assert_snapshot!(said(&of(folder.path(), &expectation)), @r#"
    errored (3): billing is ready, 1 problem
    ledger: has no report: its job was cancelled, ended before it judged anything, or did not upload its artifact; look at that job's log and run it again
    "#);
    write(folder.path(), "two", &named(samples::red(), "audit"));
    insta::assert_snapshot!(said(&of(folder.path(), &expectation)), @r#"
    failed (1): 1 of 2 components is blocked, 1 problem
    ledger: has no report: its job was cancelled, ended before it judged anything, or did not upload its artifact; look at that job's log and run it again
    "#);
}

#[test]
fn nothing_to_do_is_success_only_where_somebody_said_so() {
    let folder = tempfile::tempdir().unwrap();
    let nothing = Expectation {
        components: names(&[]),
        jobs: job_results(r#"{"plan": {"result": "success"}, "judge": {"result": "skipped"}}"#)
            .unwrap(),
        ..Expectation::default()
    };
    assert_eq!(
        said(&of(folder.path(), &nothing)),
        "passed (0): nothing to judge"
    );
    let summary = of(folder.path(), &Expectation::default());
    assert_eq!(summary.exit_status, 3);
    assert_eq!(summary.verdict.as_str(), "no_data");
}

#[test]
fn a_job_that_ended_badly_without_a_report_is_a_problem() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "one", &named(samples::green(), "billing"));
    for (result, is_fine) in [
        ("success", true),
        ("failure", false),
        ("cancelled", false),
        ("skipped", false),
        ("exploded", false),
    ] {
        let expectation = Expectation {
            jobs: vec![JobResult {
                job: "judge".to_owned(),
                result: result.to_owned(),
            }],
            ..Expectation::default()
        };
        let summary = of(folder.path(), &expectation);
        assert_eq!(summary.exit_status == 0, is_fine, "{}", said(&summary));
    }
}

#[test]
fn what_was_skipped_is_no_pass() {
    let folder = tempfile::tempdir().unwrap();
    let mut skipped = named(samples::green(), "ledger");
    let reason = crate::model::Reason::new(crate::model::ReasonCode::StageDisabled, "switched off");
    skipped.verdict = crate::model::Verdict::Skipped(reason);
    skipped.success = false;
    skipped.exit_status = 3;
    write(folder.path(), "two", &skipped);
    assert_eq!(of(folder.path(), &Expectation::default()).exit_status, 3);
    write(folder.path(), "one", &named(samples::green(), "billing"));
    let summary = of(folder.path(), &Expectation::default());
    assert_eq!(said(&summary), "skipped (3): 1 of 2 components is blocked");
}

#[test]
fn the_latest_attempt_counts() {
    let folder = tempfile::tempdir().unwrap();
    let mut second = named(samples::green(), "billing");
    second.run.attempt = 2;
    write(folder.path(), "first", &named(samples::red(), "billing"));
    write(folder.path(), "second", &second);
    let summary = of(folder.path(), &Expectation::default());
    assert_eq!(summary.exit_status, 0);
    assert_eq!(summary.reports.len(), 1);
    assert_eq!(summary.reports[0].run.attempt, 2);
}

#[test]
fn a_report_about_another_commit_does_not_count() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "one", &named(samples::green(), "billing"));
    let expectation = Expectation {
        commit: Some("a".repeat(40)),
        ..Expectation::default()
    };
    let summary = of(folder.path(), &expectation);
    assert_eq!(summary.exit_status, 3);
    assert!(
        summary.problems[0]
            .message
            .contains("is about the commit 4f1d2c9")
    );
    let mut shown_elsewhere = named(samples::green(), "billing");
    shown_elsewhere.source.head = Some("a".repeat(40));
    write(folder.path(), "one", &shown_elsewhere);
    assert_eq!(of(folder.path(), &expectation).exit_status, 0);
}

#[test]
fn files_of_strangers_are_problems_and_never_a_pass() {
    let folder = tempfile::tempdir().unwrap();
    let good = named(samples::green(), "billing");
    let mut lies = named(samples::red(), "ledger");
    lies.verdict = crate::model::Verdict::Passed;
    lies.success = true;
    lies.exit_status = 0;
    write(folder.path(), "lies", &lies);
    let bad = folder.path().join("bad");
    fs::create_dir(&bad).unwrap();
    let text = json::report(&good);
    fs::write(bad.join("workflow_report_cut.json"), &text[..40]).unwrap();
    fs::write(bad.join("workflow_report_empty.json"), "").unwrap();
    fs::write(bad.join("workflow_report_list.json"), "[]").unwrap();
    fs::write(
        bad.join("workflow_report_name.json"),
        text.replace("\"billing\"", "\"../../etc\""),
    )
    .unwrap();
    fs::write(
        bad.join("workflow_report_version.json"),
        text.replace("\"schema_version\": 1", "\"schema_version\": 99"),
    )
    .unwrap();
    let summary = of(folder.path(), &Expectation::default());
    assert_eq!(summary.exit_status, 3);
    assert!(summary.reports.is_empty());
    insta::assert_snapshot!(said(&summary), @r#"
    errored (3): nothing was judged, 6 problems
    workflow_report_cut.json: is no JSON: EOF while parsing a value at line 3 column 19
    workflow_report_empty.json: is no JSON: EOF while parsing a value at line 1 column 0
    workflow_report_list.json: is no report: `schema_version` is missing
    workflow_report_name.json: is no report: component name "../../etc" is a path; a name has 1 to 100 letters, digits, `_`, `-` or `.` and starts with a letter or digit
    workflow_report_version.json: has the schema version 99, expected 1; run the same version of spec2prod everywhere
    workflow_report_ledger.json: contradicts itself: verdict passed, success true, exit status 0
    "#);
}

#[cfg(unix)]
#[test]
fn links_are_not_followed() {
    let outside = tempfile::tempdir().unwrap();
    write(outside.path(), "x", &named(samples::green(), "billing"));
    let folder = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(outside.path(), folder.path().join("link")).unwrap();
    std::os::unix::fs::symlink(
        outside.path().join("x/workflow_report_billing.json"),
        folder.path().join("workflow_report_billing.json"),
    )
    .unwrap();
    let found = read(&[folder.path().to_path_buf()]);
    assert!(found.reports.is_empty());
}

#[test]
fn what_needs_gives_is_read() {
    assert!(job_results("[]").is_err());
    assert!(job_results("{").is_err());
    assert!(job_results(r#"{"a": {}}"#).is_err());
    let jobs = job_results(r#"{"a": {"result": "success", "outputs": {}}}"#).unwrap();
    assert_eq!(jobs[0].job, "a");
}

#[test]
fn a_report_is_read_as_it_was_written() {
    for report in [
        samples::green(),
        samples::red(),
        samples::interrupted(),
        samples::production_blocked(),
        samples::hostile(),
    ] {
        let read: Report = serde_json::from_str(&json::report(&report)).unwrap();
        assert_eq!(read, report);
    }
}
