//! Coverage that commands of the user's own report.

use super::*;

/// A component with a command for the coverage and one for the tests.
fn with_coverage(format: &str, report: &str, status: u8) -> Judged {
    let tests = "name: tests\ncommand: [\"true\"]\nevidence: [tests]";
    let repository = with_commands(
        &[&to_file("coverage", format), tests],
        &writing(report, status),
    );
    judge(&repository, "test_coverage")
}

#[test]
fn coverage_is_read_from_every_format() {
    for (format, report) in [
        ("lcov", LCOV),
        ("coverage_json", COVERAGE_JSON),
        ("cobertura", COBERTURA),
    ] {
        let judged = with_coverage(format, report, 0);
        judged.expect("test_coverage", "passed");
        let percent = judged.number("test_coverage");
        assert!((percent - 75.0).abs() < 0.01, "{format}: {percent}");
    }
    // Nothing measured, and measured by a command that failed.
    let empty = r#"{"files": {}, "totals": {"covered_lines": 0, "num_statements": 0, "percent_covered": 100.0}}"#;
    with_coverage("coverage_json", empty, 0).expect("test_coverage", "no_data report_empty");
    with_coverage("lcov", LCOV, 1).expect("test_coverage", "errored tool_crashed");
}

/// A report about a whole repository says nothing about a component by its total.
#[test]
fn coverage_is_of_the_component_alone() {
    let other = "SF:other/b.txt\nDA:1,1\nDA:2,1\nDA:3,1\nDA:4,1\nend_of_record";
    let uncovered = "SF:lib/a.txt\nDA:1,1\nDA:2,0\nDA:3,0\nDA:4,0\nend_of_record";
    let sibling = other.replace("other/", "library/");
    let judged = with_coverage("lcov", &format!("{other}\n{sibling}\n{uncovered}"), 0);
    judged.expect("test_coverage", "failed");
    assert_eq!(judged.number("test_coverage"), 25.0);

    let judged = with_coverage("lcov", other, 0);
    judged.expect("test_coverage", "no_data report_empty");
    insta::assert_snapshot!(judged.reason("test_coverage"), @"the coverage report of check names no file below lib, where the component's sources are; the first that it names is other/b.txt");

    // Where branches are part of the percentage, they stay it.
    let file = |name: &str, [lines, branches]: [u32; 2]| {
        format!(
            r#""{name}": {{"summary": {{"covered_lines": {lines}, "num_statements": 4, "percent_covered": 50, "covered_branches": {branches}, "num_branches": 4}}}}"#
        )
    };
    let report = format!(
        r#"{{"files": {{{}, {}}}, "totals": {{"covered_lines": 8, "num_statements": 8, "percent_covered": 100, "covered_branches": 8, "num_branches": 8}}}}"#,
        file("lib/a.txt", [4, 2]),
        file("other/b.txt", [4, 4]),
    );
    let judged = with_coverage("coverage_json", &report, 0);
    assert_eq!(judged.number("test_coverage"), 75.0);
}

#[test]
fn the_tests_of_a_component_do_not_cover_it() {
    let settings = to_file("coverage", "lcov");
    let report = "SF:lib/a.txt\nDA:1,1\nDA:2,0\nend_of_record\nSF:lib/checks/t.txt\nDA:1,1\nDA:2,1\nend_of_record";
    let repository = with_commands(
        &[
            &settings,
            "name: tests\ncommand: [\"true\"]\nevidence: [tests]",
        ],
        &writing(report, 0),
    );
    repository.write("lib/checks/t.txt", "t\n");
    let configuration = repository.read("workflow_config.yaml");
    let with_tests = configuration.replace("path: lib,", "path: lib, tests: [lib/checks],");
    assert_eq!(
        judge(&repository, "test_coverage").number("test_coverage"),
        75.0
    );
    repository.write("workflow_config.yaml", with_tests);
    assert_eq!(
        judge(&repository, "test_coverage").number("test_coverage"),
        50.0
    );
}

#[test]
fn one_run_gives_tests_and_coverage() {
    let settings = "name: check\ncommand: [./tools/check, \"{report}\", \"{report}.lcov\"]\nevidence: [tests]\n\
                    report: { format: junit, path: \"{report}\" }\nalso:\n  - evidence: [coverage]\n    report: { format: lcov, path: \"{report}.lcov\" }";
    let script = |tests: &str, coverage: &str, status: u8| {
        format!(
            "echo x >> tries\ncat > \"$2\" <<'END'\n{coverage}\nEND\n{}",
            writing(tests, status)
        )
    };
    let gates = ["test_pass_rate", "test_coverage"];
    let judged = |tests: &str, coverage: &str, status: u8| {
        let repository = with_command(settings, &script(tests, coverage, status));
        let judged = repository.judge("thing", &gates);
        assert_eq!(repository.read("tries"), "x\n", "the command runs once");
        gates.map(|gate| judged.verdict(gate))
    };
    assert_eq!(judged(PASSING, LCOV, 0), ["passed", "passed"]);
    // Failing tests explain the exit status, so the coverage still counts.
    assert_eq!(judged(FAILING, LCOV, 1), ["failed", "passed"]);
    // Nothing explains this one.
    assert_eq!(
        judged(PASSING, LCOV, 1),
        ["errored tool_crashed", "errored tool_crashed"]
    );
    assert_eq!(judged(PASSING, "SF:", 0)[0], "passed");
    assert_ne!(judged(PASSING, "SF:", 0)[1], "passed");
    // One of the two files is not written.
    let repository = with_command(settings, &writing(PASSING, 0));
    let judged = repository.judge("thing", &gates);
    judged
        .expect("test_pass_rate", "passed")
        .expect("test_coverage", "no_data report_missing");
}
