//! The outputs that the program writes are those of `action.yml`, and the document says which command
//! sets which.

use super::description::{action, keys, table};
use crate::support::{Repository, WRITES_A_PASS, with_script};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

/// What the action reads itself, and does not hand on: the files to upload.
const OF_THE_ACTION: &str = "artifact-path";

/// A step of a workflow that a push started, without a token.
fn step(folder: &tempfile::TempDir) -> Repository {
    let place = |name: &str| folder.path().join(name).display().to_string();
    let sha = "4f1d2c9be07a86d35a1c0e9f7b62d48c13e5a790";
    with_script(WRITES_A_PASS)
        .variable("GITHUB_ACTIONS", "true")
        .variable("GITHUB_EVENT_NAME", "push")
        .variable("GITHUB_REPOSITORY", "octo-org/parcels")
        .variable("GITHUB_SHA", sha)
        .variable("GITHUB_RUN_ID", "4711")
        .variable("GITHUB_OUTPUT", &place("outputs"))
        .variable("RUNNER_TEMP", &place("temp"))
        .variable("RUNNER_OS", "Linux")
        .variable("SPEC2PROD_SURFACES", "none")
}

#[test]
fn every_command_sets_the_outputs_that_the_document_says() {
    let folder = tempfile::tempdir().unwrap();
    let repository = step(&folder);
    let mut set: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for arguments in [
        &["run", "--component", "thing"][..],
        &["gates", "--component", "thing", "test_pass_rate"],
        &["conclude", "--component", "thing"],
        &["plan", "--all"],
        &["summarize", "."],
        &["publish", "."],
    ] {
        let file = folder.path().join("outputs");
        fs::write(&file, "").unwrap();
        repository.run(arguments).expect_status(0);
        let text = fs::read_to_string(&file).unwrap();
        let names = text.lines().filter_map(|line| line.split_once("<<"));
        let names = names.map(|(name, _)| name.to_owned()).collect();
        set.insert(arguments[0], names);
    }

    let mut written: BTreeSet<String> = set.values().flatten().cloned().collect();
    assert!(written.remove(OF_THE_ACTION));
    assert_eq!(written, keys(&action()["outputs"]));

    for (output, cells) in table("Outputs") {
        let told: BTreeSet<&str> = cells[0].split(", ").collect();
        let by = |(command, names): (&&'static str, &BTreeSet<String>)| {
            names.contains(&output).then_some(*command)
        };
        let known: BTreeSet<&str> = set.iter().filter_map(by).collect();
        assert_eq!(told, known, "{output}");
    }
}
