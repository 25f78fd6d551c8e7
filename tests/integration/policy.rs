//! `spec2prod run --policy-from`: a change is judged by the rules of its base.

use crate::support::{Repository, WRITES_A_PASS, with_script};
use serde_json::{Value, json};

/// `thing`, whose tests fail, on a branch that asks for less than its base does.
fn lenient() -> Repository {
    let repository =
        with_script(&WRITES_A_PASS.replace("/></testsuite>", "><failure/></testcase></testsuite>"));
    repository.commit();
    repository.git(&["checkout", "--quiet", "-b", "change"]);
    let configuration = repository.read("workflow_config.yaml");
    repository.write(
        "workflow_config.yaml",
        format!(
            "{configuration}quality_gates:\n  test_pass_rate: {{ required: 0 }}\nlogging: {{ level: ERROR }}\n"
        ),
    );
    repository.commit_all();
    repository
}

fn run(repository: &Repository, arguments: &[&str], status: i32) -> Value {
    let arguments = [&["run", "--component", "thing"], arguments].concat();
    let ran = repository.run(&arguments).expect_status(status);
    let mut report = repository.report("thing");
    report["printed"] = json!(ran.stdout);
    report
}

#[test]
fn a_change_does_not_weaken_what_judges_it() {
    let repository = lenient();
    let report = run(&repository, &[], 0);
    assert_eq!(report["policy"], Value::Null);
    assert!(!report["printed"].as_str().unwrap().contains("Rules:"));

    let report = run(&repository, &["--policy-from", "main"], 1);
    assert_eq!(
        report["policy"],
        json!({
            "from": repository.git(&["rev-parse", "main"]),
            "is_introduced": false,
            "differences": [{
                "pointer": "/quality_gates/test_pass_rate/required",
                "base": 100, "head": 0, "obeyed": "base",
            }],
        })
    );
    let line = "not obeyed: quality_gates.test_pass_rate.required";
    assert!(
        report["printed"].as_str().unwrap().contains(line),
        "{}",
        report["printed"]
    );
}

#[test]
fn a_rule_names_the_commit_that_it_stands_in() {
    let repository = lenient();
    let configuration = repository
        .read("workflow_config.yaml")
        .replace("required: 0", "required: 99");
    repository.git(&["checkout", "--quiet", "main"]);
    repository.write("workflow_config.yaml", configuration);
    let main = repository.commit_all();
    repository.git(&["checkout", "--quiet", "change"]);
    let report = run(&repository, &["--policy-from", "main"], 1);
    let gates = &report["stage_results"]["testing"]["quality_gates"];
    let rule = gates["test_pass_rate"]["measurements"][0]["rule_from"].to_string();
    assert!(
        rule.contains(&format!("workflow_config.yaml@{}", &main[..12])),
        "{rule}"
    );
}

#[test]
fn the_change_that_brings_the_configuration_is_judged_by_it() {
    let repository = with_script(WRITES_A_PASS);
    let configuration = repository.read("workflow_config.yaml");
    repository.delete("workflow_config.yaml");
    repository.commit();
    repository.write("workflow_config.yaml", configuration);
    let report = run(&repository, &["--policy-from", "HEAD"], 0);
    assert_eq!(report["policy"]["is_introduced"], true);
    assert!(
        report["printed"]
            .as_str()
            .unwrap()
            .contains("its own, because commit")
    );
}

#[test]
fn a_component_that_the_change_brings_is_found() {
    let repository = with_script(WRITES_A_PASS);
    repository.commit();
    let configuration = repository.read("workflow_config.yaml");
    repository.write("lib2/a.txt", "a\n");
    repository.write(
        "specs/third.md",
        repository.read("specs/thing.md").replace("thing", "third"),
    );
    repository.write(
        "workflow_config.yaml",
        configuration.replace(
            "toolchains:",
            "  third: { path: lib2, toolchain: scripts }\ntoolchains:",
        ),
    );
    repository
        .run(&["run", "--component", "third,thing", "--policy-from", "HEAD"])
        .expect_status(0);
    let told = |component: &str| repository.report(component)["policy"]["differences"].to_string();
    assert!(told("third").contains("/components/third/path"));
    assert_eq!(told("thing"), "[]");
}

#[test]
fn rules_that_cannot_be_had_are_refused() {
    let repository = lenient();
    let refused = |from: &str, said: &str| {
        let ran = repository
            .run(&[
                "run",
                "--component",
                "thing",
                &format!("--policy-from={from}"),
            ])
            .expect_status(2);
        assert!(ran.stderr.contains(said), "{}", ran.stderr);
    };
    refused("absent", "fetch-depth: 0");
    refused("--exec=x", "no name of a commit");
    repository.git(&["checkout", "--quiet", "main"]);
    repository.write(
        "workflow_config.yaml",
        "stages: {testing: {enable: true}}\n",
    );
    let broken = repository.commit_all();
    repository.git(&["checkout", "--quiet", "change"]);
    refused("main", &format!("workflow_config.yaml@{}", &broken[..12]));
    // The change itself must be valid too.
    repository.write(
        "workflow_config.yaml",
        "stages: {testing: {enable: true}}\n",
    );
    refused("main~1", "did you mean `enabled`");
}
