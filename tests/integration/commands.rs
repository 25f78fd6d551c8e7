//! The small subcommands.

use crate::support::Repository;
use serde_json::json;

#[test]
fn gates_judges_what_is_named_and_nothing_else() {
    let repository = Repository::with_shop();
    let ran = repository
        .run(&[
            "gates",
            "--component",
            "shop",
            "--format",
            "json",
            "linting",
            "documentation",
        ])
        .expect_status(0);
    let results = ran.json();
    assert_eq!(results["verdict"], "passed");
    let tools: Vec<&str> = results["tools"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tool| tool["tool"].as_str().unwrap())
        .collect();
    assert!(
        !tools.contains(&"pytest") && tools.contains(&"ruff check"),
        "{tools:?}"
    );

    // One component: it need not be named.
    repository.run(&["gates", "linting"]).expect_status(0);
    let ran = repository.run(&["gates", "lintin"]).expect_status(2);
    assert!(ran.stderr.contains("linting"), "{}", ran.stderr);
}

#[test]
fn inspect_prints_what_the_gates_read() {
    let repository = Repository::new();
    repository.write(
        "junit.xml",
        r#"<testsuite name="s" time="1.5"><testcase classname="c" name="a" time="0.5"/><testcase classname="c" name="b" time="1.0"><failure message="no">boom</failure></testcase></testsuite>"#,
    );
    let document = repository
        .run(&["inspect", "--format", "json", "junit.xml"])
        .expect_status(0)
        .json();
    assert_eq!(document["file"], "junit.xml");
    assert_eq!(document["format"], "junit");
    let evidence = &document["evidence"];
    for (key, value) in [
        ("total", 2),
        ("passed", 1),
        ("failed", 1),
        ("errored", 0),
        ("skipped", 0),
        ("flaky", 0),
    ] {
        assert_eq!(evidence[key], json!(value), "{key}");
    }
    assert_eq!(evidence["cases"][1]["outcome"], "failed");
    assert_eq!(evidence["cases"][1]["suite"], "s");
    let ran = repository.run(&["inspect", "junit.xml"]).expect_status(0);
    assert!(ran.stdout.contains("junit.xml"), "{}", ran.stdout);
}

#[test]
fn spec_show_and_check_speak_of_lines() {
    let repository = Repository::with_shop();
    let shown = repository
        .run(&["spec", "show", "specs/shop.md", "--format", "json"])
        .expect_status(0)
        .json();
    assert_eq!(shown["component"], "shop");
    assert_eq!(shown["requirements"][0]["title"], "Sum");
    repository
        .run(&["spec", "check", "specs/shop.md"])
        .expect_status(0);
    let text = repository
        .read("specs/shop.md")
        .replace("Adds up the prices of a basket.", "TBD");
    repository.write("specs/shop.md", text);
    repository
        .run(&["spec", "check", "specs/shop.md", "--target", "dev"])
        .expect_status(0);
    let ran = repository
        .run(&["spec", "check", "specs/shop.md", "--target", "staging"])
        .expect_status(1);
    assert!(ran.stdout.contains("specs/shop.md:8:1"), "{}", ran.stdout);
}

#[test]
fn explain_knows_every_gate_and_code_and_helps_with_others() {
    let repository = Repository::new();
    for what in ["test_coverage", "tool_missing", "complexity"] {
        let ran = repository.run(&["explain", what]).expect_status(0);
        assert!(ran.stdout.contains(what), "{}", ran.stdout);
    }
    let ran = repository
        .run(&["explain", "test_coverge"])
        .expect_status(2);
    assert!(
        ran.stderr.contains("did you mean test_coverage"),
        "{}",
        ran.stderr
    );
}

#[test]
fn doctor_names_tools_and_versions_and_installs_nothing() {
    let repository = Repository::with_shop();
    let ran = repository.run(&["doctor"]).expect_status(0);
    for tool in [
        "pytest",
        "ruff check",
        "pyright",
        "detect-secrets",
        "bandit",
    ] {
        assert!(ran.stdout.contains(tool), "no {tool}: {}", ran.stdout);
    }
    let bare = Repository::with_shop().variable("VIRTUAL_ENV", "");
    let ran = bare.run(&["doctor"]).expect_status(3);
    assert!(ran.stdout.contains("python3 -m venv"), "{}", ran.stdout);
    assert!(!bare.path().join(".spec2prod/cache/python").exists());
}

#[test]
fn the_session_of_the_day_is_continued_and_shown() {
    let repository = Repository::with_shop();
    let run = || {
        repository
            .run(&["run", "--component", "shop"])
            .expect_status(0)
    };
    run();
    let id = repository.report("shop")["context_session_id"]
        .as_str()
        .unwrap()
        .to_owned();
    let messages = || {
        let session = repository
            .run(&["context", "show", &id, "--format", "json"])
            .expect_status(0)
            .json();
        session["messages"].as_array().unwrap().len()
    };
    let first = messages();
    assert!(first >= 4);
    run();
    assert!(
        messages() > first,
        "the second run of the day added nothing"
    );
    let ran = repository.run(&["context", "show", &id]).expect_status(0);
    assert!(ran.stdout.contains("test_pass_rate"), "{}", ran.stdout);
    repository
        .run(&["context", "show", "../../etc/passwd"])
        .expect_status(2);
}

#[test]
fn a_session_that_cannot_be_used_is_said_and_changes_no_verdict() {
    let repository = Repository::with_shop();
    repository.write(".spec2prod/context", "a file where a folder should be");
    repository
        .run(&["run", "--component", "shop"])
        .expect_status(0);
    let report = repository.report("shop");
    assert_eq!(report["success"], true);
    assert_eq!(report["publishing_problems"][0]["sink"], "context session");
}

#[test]
fn explain_lists_every_code_with_a_whole_sentence() {
    let repository = Repository::new();
    let listed = repository.run(&["explain"]).expect_status(0).stdout;
    let sentence = "The stage is switched off by `stages.<stage>.enabled: false`.\n";
    assert!(listed.contains(sentence), "{listed}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_result_that_cannot_be_written_is_no_success() {
    let repository = crate::support::with_script(crate::support::WRITES_A_PASS);
    for arguments in [
        &["run", "--component", "thing", "--format", "json"][..],
        &["run", "--component", "thing"],
        &["gates", "test_pass_rate", "--component", "thing"],
        &["config", "show"],
        &["explain"],
        &["--help"],
        &["--version"],
    ] {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full");
        let mut command = repository.command(arguments);
        let child = command.stdout(full.unwrap()).spawn().unwrap();
        let ran = crate::support::finish(child).expect_status(3);
        let said = "error: the result cannot be written to standard output: No space left";
        assert!(ran.stderr.contains(said), "{arguments:?}: {}", ran.stderr);
        // A reader who goes away has had enough.
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let child = command.stdout(writer).spawn().unwrap();
        let ran = crate::support::finish(child).expect_status(0);
        assert!(!ran.stderr.contains("error"), "{}", ran.stderr);
    }
}
