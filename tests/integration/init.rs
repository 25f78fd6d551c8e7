//! `spec2prod init`: what it writes is good, and what is there stays as it is.

use crate::support::Repository;
use spec2prod::yaml;
use std::{collections::BTreeSet, fs, os::unix::fs::symlink};

const WORKFLOW: &str = ".github/workflows/spec2prod.yml";

/// A repository with sources and tests, and without anything of spec2prod.
fn bare() -> Repository {
    let repository = Repository::with_shop();
    repository.delete("specs/shop.md");
    repository
}

#[test]
fn what_is_written_is_valid() {
    for (repository, name) in [(bare(), "shop"), (Repository::new(), "example_component")] {
        let file = format!("specs/{name}.md");
        let ran = repository.run(&["init"]).expect_status(0);
        for written in ["workflow_config.yaml", &file, WORKFLOW] {
            let line = format!("written  {written}");
            assert!(ran.stdout.contains(&line), "{}", ran.stdout);
        }
        let configuration = repository.read("workflow_config.yaml");
        let first = configuration.lines().next().unwrap();
        let (_, schema) = first
            .split_once("# yaml-language-server: $schema=")
            .unwrap();
        repository.read(schema);
        assert!(!configuration.contains('@'), "{configuration}");

        let ran = repository.run(&["config", "check"]).expect_status(0);
        assert_eq!(ran.stdout, "workflow_config.yaml is valid\n");
        // Also with the example in its comments.
        let uncommented = configuration.replace("#\n", "").replace("# ", "");
        let (_, example) = uncommented.split_once("\ncomponents:").unwrap();
        let (components, planning) = example.split_once("Files that").unwrap();
        let (_, planning) = planning.split_once("planning:").unwrap();
        let text = format!("components:{components}\nplanning:{planning}");
        repository.write("example.yaml", text);
        repository
            .run(&["config", "check", "--config", "example.yaml"])
            .expect_status(0);

        let check = |target: &str| repository.run(&["spec", "check", &file, "--target", target]);
        let ran = check("dev").expect_status(0);
        assert!(!ran.stdout.contains("  error  "), "{}", ran.stdout);
        // What nobody filled in does not get further.
        let ran = check("staging").expect_status(1);
        assert!(ran.stdout.contains("spec/unresolved"), "{}", ran.stdout);
    }
}

#[test]
fn what_is_there_stays_as_it_is() {
    let repository = bare();
    repository.run(&["init"]).expect_status(0);
    for file in ["workflow_config.yaml", "specs/shop.md", WORKFLOW] {
        let own = format!("{}\n# own\n", repository.read(file));
        repository.write(file, own);
    }
    repository.delete("schemas/workflow_config.schema.json");
    let ran = repository.run(&["init"]).expect_status(0);
    assert_eq!(
        ran.stdout,
        "kept     workflow_config.yaml\nkept     specs/shop.md\nkept     .github/workflows/spec2prod.yml\n"
    );
    for file in ["workflow_config.yaml", "specs/shop.md", WORKFLOW] {
        assert!(repository.read(file).ends_with("\n# own\n"), "{file}");
    }

    // By their other endings too.
    let other = bare();
    other.write("workflow_config.yml", "version: 1\n");
    other.write(".github/workflows/spec2prod.yaml", "name: own\n");
    let ran = other.run(&["init"]).expect_status(0);
    assert!(ran.stdout.contains("kept     workflow_config.yml\n"));
    assert!(
        ran.stdout
            .contains("kept     .github/workflows/spec2prod.yaml\n")
    );
    assert!(!other.path().join("workflow_config.yaml").exists());
    assert!(!other.path().join(WORKFLOW).exists());
}

#[test]
fn every_component_without_a_specification_gets_one() {
    let repository = bare();
    repository.write("src/cart/__init__.py", "x = 1\n");
    repository.write("tests/test_cart.py", "x = 1\n");
    repository.write("specs/cart.md", "# Cart\n");
    let ran = repository.run(&["init"]).expect_status(0);
    assert!(ran.stdout.contains("kept     specs/cart.md\n"));
    assert!(ran.stdout.contains("written  specs/shop.md\n"));
    assert!(
        repository
            .read("specs/shop.md")
            .starts_with("# shop Specification\n")
    );

    // Sources alone become a component by their specification.
    let sources = Repository::new();
    sources.write("src/lone/__init__.py", "x = 1\n");
    sources.run(&["init", "--workspace", "."]).expect_status(0);
    let plan = sources
        .run(&["plan", "--all", "--format", "json"])
        .expect_status(0);
    assert_eq!(plan.json()["components"], serde_json::json!(["lone"]));
}

#[test]
fn the_workflow_asks_for_what_it_needs_and_pins_what_it_uses() {
    let repository = Repository::new();
    repository.run(&["init"]).expect_status(0);
    let text = repository.read(WORKFLOW);
    let workflow = yaml::parse(&text).unwrap().value;
    assert_eq!(workflow["permissions"], serde_json::json!({}));
    let permissions = |job: &str| workflow["jobs"][job]["permissions"].to_string();
    assert_eq!(permissions("plan"), r#"{"contents":"read"}"#);
    assert_eq!(permissions("judge"), r#"{"contents":"read"}"#);
    assert_eq!(
        permissions("verdict"),
        r#"{"contents":"read","actions":"read","checks":"write","pull-requests":"write"}"#
    );
    let uses = text
        .lines()
        .filter_map(|line| line.trim().trim_start_matches("- ").strip_prefix("uses: "));
    let uses: BTreeSet<&str> = uses.collect();
    for action in &uses {
        let (name, at) = action.split_once('@').unwrap();
        let hash = at.split(' ').next().unwrap();
        let is_pinned = hash.len() == 40 && at.contains(" # v");
        assert!(
            is_pinned || (name, at) == ("OWNER/spec2prod", "<sha>"),
            "{action}"
        );
    }
    assert_eq!(uses.len(), 3);
    // No text of an event stands in a script.
    for job in ["plan", "judge", "verdict"] {
        for step in workflow["jobs"][job]["steps"].as_array().unwrap() {
            let script = step["run"].as_str().unwrap_or_default();
            assert!(!script.contains("${{"), "{script}");
        }
    }
}

#[test]
fn nothing_is_written_outside_or_beside_a_wrong_configuration() {
    let repository = bare();
    let outside = Repository::new();
    fs::remove_dir(repository.path().join("specs")).unwrap();
    symlink(outside.path(), repository.path().join("specs")).unwrap();
    let ran = repository.run(&["init"]).expect_status(2);
    assert!(ran.stderr.contains(", outside of "), "{}", ran.stderr);
    assert!(outside.path().read_dir().unwrap().next().is_none());

    let wrong = bare();
    wrong.write("workflow_config.yaml", "stage: {}\n");
    wrong.run(&["init"]).expect_status(2);
    assert!(!wrong.path().join(WORKFLOW).exists());
    wrong
        .run(&["init", "--workspace", "absent"])
        .expect_status(2);
}
