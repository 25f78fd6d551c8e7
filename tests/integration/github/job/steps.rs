//! Gates as steps of a job, which share their evidence.

use super::*;

/// A script that counts how often it runs.
fn counting() -> Job {
    Job::new(with_script(&format!("echo x >> ran\n{WRITES_A_PASS}")))
}

#[test]
fn steps_of_a_job_run_each_tool_once_and_the_last_one_concludes() {
    let job = counting();
    for _ in 0..2 {
        job.run(&["gates", "test_pass_rate", "--component", "thing"])
            .expect_status(0);
    }
    job.run(&["conclude", "--component", "thing"])
        .expect_status(0);
    assert_eq!(job.repository.read("ran"), "x\n");
    let report = job.report("thing");
    assert_eq!(report["verdict"], "passed");
    assert_eq!(report["tools"][0]["attempts"].as_array().unwrap().len(), 1);
    assert_eq!(job.outputs()["verdict"], "passed");
}

#[test]
fn what_no_step_collected_is_missing_and_blocks() {
    let job = counting();
    let ran = job
        .run(&["conclude", "--component", "thing"])
        .expect_status(3);
    assert!(!job.repository.path().join("ran").exists());
    assert!(
        ran.stdout.contains("no earlier step of this job ran check"),
        "{}",
        ran.stdout
    );
}

#[test]
fn a_failed_step_stays_failed_at_the_end() {
    let job = Job::new(with_script(&format!("echo x >> ran\n{FAILS}")));
    job.run(&["gates", "test_pass_rate", "--component", "thing"])
        .expect_status(1);
    job.run(&["conclude", "--component", "thing"])
        .expect_status(1);
    assert_eq!(job.repository.read("ran"), "x\n");
}

#[test]
fn what_was_collected_of_other_files_does_not_count() {
    for has_git in [true, false] {
        let job = counting();
        if has_git {
            // The sources of the component are generated.
            job.repository.write(".gitignore", "lib/made.txt\nran\n");
            job.repository.commit();
        }
        let gates = |status| {
            let arguments = [
                "gates",
                "test_pass_rate",
                "--component",
                "thing",
                "--format",
                "json",
            ];
            job.run(&arguments).expect_status(status)
        };
        gates(0);
        job.repository.write("lib/made.txt", "made\n");
        let ran = job.run(&["conclude", "--component", "thing"]);
        let ran = ran.expect_status(3);
        let said = "an earlier step of this job ran check, and lib/made.txt has changed since";
        assert!(ran.stdout.contains(said), "{}", ran.stdout);
        let ran = gates(0).json();
        assert_eq!(
            ran["tools"][0]["notes"][0],
            "what an earlier step collected does not count any more: lib/made.txt has changed since"
        );
        assert_eq!(job.repository.read("ran"), "x\nx\n");
        // What is wrong now is found.
        job.repository
            .write("check.sh", format!("echo x >> ran\n{FAILS}"));
        gates(1);
        gates(1);
        assert_eq!(job.repository.read("ran"), "x\nx\nx\n");
        job.repository.write("lib/made.txt", "made\n");
        job.run(&["conclude", "--component", "thing"])
            .expect_status(1);
    }
}

#[test]
fn what_steps_write_themselves_is_no_other_content() {
    let job = counting();
    job.repository.commit();
    for gates in ["test_pass_rate", "documentation", "test_pass_rate"] {
        job.run(&["gates", gates, "--component", "thing"]);
    }
    // `ran` is a file that git does not know and does not ignore.
    assert_eq!(job.repository.read("ran"), "x\n");
    for _ in 0..2 {
        job.run(&["conclude", "--component", "thing"])
            .expect_status(0);
    }
}

#[test]
fn the_reports_of_another_component_are_no_other_content() {
    let job = counting();
    let rules = job.repository.read("workflow_config.yaml");
    let rules = rules.replace("\"{report}\"", "\"{component}.xml\"");
    job.repository.write("workflow_config.yaml", rules);
    job.repository.write(".gitignore", "ran\n");
    job.repository.commit();
    for component in ["thing", "other"] {
        job.run(&["gates", "test_pass_rate", "--component", component])
            .expect_status(0);
    }
    assert!(job.repository.path().join("other.xml").is_file());
    job.run(&["conclude", "--component", "thing"])
        .expect_status(0);
    assert_eq!(job.repository.read("ran"), "x\nx\n");
}

#[test]
fn what_failed_is_tried_again_by_the_next_step_and_told_by_the_last() {
    let job = Job::new(with_script(&format!(
        "echo x >> \"$RAN\"\n[ -f \"$RAN.ready\" ] || {{ echo no database; exit 7; }}\n{WRITES_A_PASS}"
    )));
    let ran = job.runner.path().join("ran");
    let rules = job.repository.read("workflow_config.yaml");
    let env = format!("name: check\n        env: {{ RAN: {} }}\n", ran.display());
    job.repository.write(
        "workflow_config.yaml",
        rules.replace("name: check\n", &env) + "error_recovery:\n  testing: { max_retries: 0 }\n",
    );
    let gates = ["gates", "test_pass_rate", "--component", "thing"];
    job.run(&gates).expect_status(3);
    let told = job.run(&["conclude", "--component", "thing"]);
    assert!(
        told.expect_status(3).stdout.contains("no database"),
        "the reason is not told"
    );
    // Nothing of what is judged changes.
    fs::write(job.runner.path().join("ran.ready"), "").unwrap();
    job.run(&gates).expect_status(0);
    job.run(&gates).expect_status(0);
    job.run(&["conclude", "--component", "thing"])
        .expect_status(0);
    assert_eq!(fs::read_to_string(ran).unwrap(), "x\nx\n");
}

#[test]
fn what_was_collected_for_another_commit_does_not_count() {
    let job = counting();
    let git = |arguments: &[&str]| {
        let output = std::process::Command::new("git")
            .args(["-c", "user.name=a", "-c", "user.email=a@example.org"])
            .args(arguments)
            .current_dir(job.repository.path())
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
    };
    git(&["init", "--quiet"]);
    git(&["add", "lib"]);
    git(&["commit", "--quiet", "-m", "first"]);
    job.run(&["gates", "test_pass_rate", "--component", "thing"])
        .expect_status(0);
    git(&["commit", "--quiet", "--allow-empty", "-m", "second"]);
    job.run(&["conclude", "--component", "thing"])
        .expect_status(3);
}

#[test]
fn what_was_collected_by_another_configuration_does_not_count() {
    let job = counting();
    job.run(&["gates", "test_pass_rate", "--component", "thing"])
        .expect_status(0);
    let rules = job.repository.read("workflow_config.yaml");
    let other = rules.replace("[sh, check.sh,", "[sh, -e, check.sh,");
    assert_ne!(rules, other);
    job.repository.write("workflow_config.yaml", other);
    job.run(&["conclude", "--component", "thing"])
        .expect_status(3);
}
