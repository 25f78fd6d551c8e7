//! Reports that a command writes at a place that the configuration names.

use super::*;

/// The same for a report at a place that is the same in every run.
fn at_fixed_place(script: &str) -> Repository {
    let settings = "name: check\ncommand: [./tools/check, rep.xml, \"{component}\"]\nevidence: [tests]\nreport: { format: junit, path: ./rep.xml }";
    with_command(settings, script)
}

#[test]
fn a_report_of_an_earlier_run_is_removed() {
    // The first run writes it, the others only add to it, touch it, or put back an old one.
    let repository = at_fixed_place("exit 0\n");
    repository.write("rep.xml", PASSING);
    judge(&repository, "test_pass_rate").expect("test_pass_rate", "no_data report_missing");
    for (script, verdict) in [
        ("touch $1\n", "errored report_unreadable"),
        ("echo '<!-- -->' >> $1\n", "errored report_unreadable"),
        (
            "cp kept.xml $1; touch -t 200101010000 $1\n",
            "no_data report_stale",
        ),
        ("cp kept.xml $1\n", "passed"),
    ] {
        let repository = at_fixed_place(script);
        repository.write("kept.xml", PASSING);
        repository.write("rep.xml", PASSING);
        judge(&repository, "test_pass_rate").expect("test_pass_rate", verdict);
    }
    // A link goes, and what it leads to stays; a folder is left alone.
    let repository = at_fixed_place("cat kept.xml > $1\n");
    repository.write("kept.xml", PASSING);
    std::os::unix::fs::symlink("kept.xml", repository.path().join("rep.xml")).unwrap();
    judge(&repository, "test_pass_rate").expect("test_pass_rate", "passed");
    assert_eq!(repository.read("kept.xml"), PASSING);
    let repository = at_fixed_place("exit 0\n");
    repository.write("rep.xml/a", PASSING);
    judge(&repository, "test_pass_rate").expect("test_pass_rate", "no_data report_missing");
    assert_eq!(repository.read("rep.xml/a"), PASSING);
}

#[test]
fn a_file_of_the_repository_is_no_report_and_stays() {
    let repository = at_fixed_place(&writing(PASSING, 0));
    repository.write("rep.xml", FAILING);
    repository.commit();
    let judged = judge(&repository, "test_pass_rate");
    judged.expect("test_pass_rate", "no_data report_stale");
    insta::assert_snapshot!(judged.reason("test_pass_rate"), @"the report rep.xml is a file of the repository, so it cannot be removed before the command writes it");
    assert_eq!(repository.read("rep.xml"), FAILING);
}

#[test]
fn the_lock_of_a_report_is_made_in_the_workspace_or_not_at_all() {
    let repository = at_fixed_place(&writing(PASSING, 0));
    let outside = tempfile::tempdir().unwrap();
    repository.write(".spec2prod/a", "");
    let locks = repository.path().join(".spec2prod/locks");
    std::os::unix::fs::symlink(outside.path(), locks).unwrap();
    let judged = judge(&repository, "test_pass_rate");
    judged.expect("test_pass_rate", "errored report_unreadable");
    assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 0);
}

#[test]
fn runs_take_turns_at_a_report_of_both() {
    let script = format!(
        "if [ $2 = thing ]; then\n{}sleep 1.5\nexit 1\nfi\nsleep 0.3\n{}",
        writing(FAILING, 0).replace("exit 0\n", ""),
        writing(PASSING, 0)
    );
    let repository = at_fixed_place(&script);
    let config = repository.read("workflow_config.yaml");
    let both = "components:\n  other: { path: lib, toolchain: own }\n";
    repository.write(
        "workflow_config.yaml",
        config.replace("components:\n", both),
    );
    let start = |component: &str| {
        let gates = ["gates", "test_pass_rate", "--format", "json", "--component"];
        let arguments = [&gates[..], &[component]].concat();
        repository.command(&arguments).spawn().unwrap()
    };
    let mut thing = start("thing");
    wait_for(&repository, "rep.xml", &mut thing);
    let other = start("other");
    let ran = finish(thing).expect_status(1);
    assert_eq!(ran.json()["verdict"], "failed");
    let ran = finish(other).expect_status(0).json();
    let note = ran["tools"][0]["notes"][0].as_str().unwrap();
    assert!(
        note.starts_with("waited ") && note.ends_with(" s for another run that writes rep.xml"),
        "{note}"
    );
}

#[test]
fn waiting_for_a_turn_ends_in_time_and_when_it_is_interrupted() {
    let repository = at_fixed_place("echo > at-work\nsleep 60\n");
    let config = repository.read("workflow_config.yaml");
    repository.write(
        "hasty.yaml",
        format!("{config}stages:\n  testing: {{ timeout_seconds: 1 }}\n"),
    );
    let gates = ["gates", "test_pass_rate", "--format", "json"];
    let mut first = repository.command(&gates).spawn().unwrap();
    wait_for(&repository, "at-work", &mut first);
    let hasty = [&gates[..], &["--config", "hasty.yaml"]].concat();
    let reason = &repository.run(&hasty).expect_status(3).json()["gates"][0]["reason"];
    assert_eq!(reason["code"], "tool_timed_out");
    insta::assert_snapshot!(reason["message"].as_str().unwrap(), @"another run that writes rep.xml was not done within 1 s");
    let second = repository.command(&gates).spawn().unwrap();
    std::thread::sleep(std::time::Duration::from_millis(500));
    signal(&second, "INT");
    finish(second).expect_status(130);
    signal(&first, "INT");
    finish(first).expect_status(130);
}
