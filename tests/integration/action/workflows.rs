//! The workflows of this repository, and those that the document shows: pinned, with the least
//! permissions, and with inputs that exist.

use super::description::{action, data, file, keys};
use regex::Regex;
use serde_json::Value;
use std::{collections::BTreeSet, fs, path::Path};

/// The workflows of this repository: name and text.
fn workflows() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(".github/workflows");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let names = files.map(|entry| entry.file_name().into_string().unwrap());
    let read = |name: String| {
        let text = file(&format!(".github/workflows/{name}"));
        (name, text)
    };
    names.map(read).collect()
}

/// The workflows that the documents show.
fn examples() -> Vec<String> {
    let page = file("docs/github.md");
    let blocks = page.split("\n```yml\n").skip(1);
    let blocks = blocks.map(|block| block.split("\n```\n").next().unwrap().to_owned());
    blocks.collect()
}

/// Every step, of a workflow or of a list of steps.
fn steps(document: &Value) -> Vec<Value> {
    let of = |value: &Value| value["steps"].as_array().cloned().unwrap_or_default();
    let jobs = document["jobs"].as_object().cloned().unwrap_or_default();
    jobs.values().chain([document]).flat_map(of).collect()
}

#[test]
fn every_action_is_pinned_and_its_version_is_said() {
    let pinned = Regex::new(r"uses: [\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$").unwrap();
    let own =
        Regex::new(r"uses: \./(\.spec2prod/action)? # zizmor: ignore\[self-repository\] ").unwrap();
    let mut count = 0;
    let texts = workflows()
        .into_iter()
        .chain([("action.yml".into(), file("action.yml"))]);
    for (name, text) in texts {
        for line in text.lines().filter(|line| line.contains("uses: ")) {
            assert!(
                pinned.is_match(line) || own.is_match(line),
                "{name}: {line}"
            );
            count += 1;
        }
    }
    assert!(count > 25, "{count}");
    // One action has one version everywhere, in the documents too.
    let version = Regex::new(r"(actions/[a-z-]+)@(\S+ # v\S+)").unwrap();
    let all: String = workflows().into_iter().map(|(_, text)| text).collect();
    let all = all + &file("action.yml") + &examples().join("\n");
    let versions: BTreeSet<(&str, &str)> = version
        .captures_iter(&all)
        .map(|found| {
            (
                found.get(1).unwrap().as_str(),
                found.get(2).unwrap().as_str(),
            )
        })
        .collect();
    let names: BTreeSet<&str> = versions.iter().map(|(name, _)| *name).collect();
    assert_eq!(versions.len(), names.len(), "{versions:#?}");
}

#[test]
fn every_job_has_its_permissions_and_a_time_limit() {
    for (name, text) in workflows() {
        let workflow = data(&text);
        assert_eq!(workflow["permissions"], serde_json::json!({}), "{name}");
        for (job, content) in workflow["jobs"].as_object().unwrap() {
            assert!(content["permissions"].is_object(), "{name}: {job}");
            assert!(content.get("timeout-minutes").is_some(), "{name}: {job}");
        }
        // A permission says what it is for.
        let mut lines = text.lines();
        let unexplained = lines.find(|line| line.trim_end().ends_with(": write"));
        assert_eq!(unexplained, None, "{name}");
        for step in steps(&workflow) {
            let uses = step["uses"].as_str().unwrap_or_default();
            if uses.starts_with("actions/checkout@") {
                assert_eq!(
                    step["with"]["persist-credentials"], false,
                    "{name}: {step:#}"
                );
            }
            let run = step["run"].as_str().unwrap_or_default();
            assert!(!run.contains("${{"), "{name}: {run}");
        }
    }
}

#[test]
fn a_release_uses_no_cache() {
    let text = file(".github/workflows/release.yml");
    assert!(!text.contains("actions/cache"));
    assert!(!text.contains("uses: ./"));
}

#[test]
fn only_inputs_and_outputs_that_exist_are_used() {
    let action = action();
    let (inputs, outputs) = (keys(&action["inputs"]), keys(&action["outputs"]));
    let reusable = data(&file(".github/workflows/component.yml"));
    let of_reusable = keys(&reusable["on"]["workflow_call"]["inputs"]);
    let read = Regex::new(r"steps\.(?:plan|verdict)\.outputs\.([a-z-]+)").unwrap();
    let mut count = 0;
    let own = Regex::new(r"^(\./|\./\.spec2prod/action|OWNER/spec2prod@<sha>)$").unwrap();
    let texts = workflows()
        .into_iter()
        .map(|(_, text)| text)
        .chain(examples());
    for text in texts {
        let document = data(&text);
        for step in steps(&document) {
            if own.is_match(step["uses"].as_str().unwrap_or_default()) {
                let used = keys(&step["with"]);
                assert!(used.is_subset(&inputs), "{used:?} in\n{text}");
                count += 1;
            }
        }
        for job in document["jobs"].as_object().into_iter().flatten() {
            let uses = job.1["uses"].as_str().unwrap_or_default();
            if uses.starts_with("OWNER/spec2prod/.github/workflows/component.yml@") {
                let used = keys(&job.1["with"]);
                assert!(used.is_subset(&of_reusable), "{used:?}");
                count += 1;
            }
        }
        for found in read.captures_iter(&text) {
            assert!(outputs.contains(&found[1]), "{}", &found[0]);
        }
    }
    assert!(count >= 14, "{count}");
}

/// GitHub refuses a run in which a called job asks for more than the caller grants.
/// <https://docs.github.com/en/actions/reference/workflows-and-actions/reusing-workflow-configurations>
#[test]
fn who_calls_the_reusable_workflow_grants_what_its_jobs_ask_for() {
    let reusable = data(&file(".github/workflows/component.yml"));
    let mut count = 0;
    for text in examples() {
        let document = data(&text);
        for (name, job) in document["jobs"].as_object().into_iter().flatten() {
            let uses = job["uses"].as_str().unwrap_or_default();
            if !uses.contains("/.github/workflows/component.yml@") {
                continue;
            }
            count += 1;
            for called in reusable["jobs"].as_object().unwrap().values() {
                for (scope, level) in called["permissions"].as_object().unwrap() {
                    let granted = &job["permissions"][scope];
                    assert!(
                        granted == level || granted == "write",
                        "{name} grants {scope}: {granted}, asked for is {level}"
                    );
                }
            }
        }
    }
    assert!(count > 0);
}

#[test]
fn the_aggregate_job_always_runs() {
    for name in ["spec2prod.yml", "component.yml"] {
        let workflow = data(&file(&format!(".github/workflows/{name}")));
        let verdict = &workflow["jobs"]["verdict"];
        assert_eq!(verdict["if"], "always()");
        assert_eq!(verdict["needs"], serde_json::json!(["plan", "judge"]));
        assert!(
            verdict["steps"][0]["run"]
                .as_str()
                .unwrap()
                .contains("exit 1")
        );
    }
    let own = data(&file(".github/workflows/spec2prod.yml"));
    for event in ["pull_request", "merge_group"] {
        assert!(own["on"].get(event).is_some(), "{event}");
    }
}

#[test]
fn both_ways_of_judging_several_components_have_the_same_jobs() {
    let own = data(&file(".github/workflows/spec2prod.yml"));
    let reusable = data(&file(".github/workflows/component.yml"));
    for job in ["plan", "judge", "verdict"] {
        for part in ["permissions", "needs", "if", "strategy", "name"] {
            assert_eq!(
                own["jobs"][job][part], reusable["jobs"][job][part],
                "{job}.{part}"
            );
        }
    }
    assert_eq!(keys(&own["jobs"]), keys(&reusable["jobs"]));
}
