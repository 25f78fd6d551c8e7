use super::*;
use crate::model::{Annotation, AnnotationLevel};
use serde_json::{Value, json};
use std::{fs, path::Path};

const HEAD: &str = "4f1d2c9be07a86d35a1c0e9f7b62d48c13e5a790";
const BASE: &str = "0a1b2c3d4e5f60718293a4b5c6d7e8f901234567";
const MERGE: &str = "ffffffffffffffffffffffffffffffffffffffff";

/// The variables of a job, with a payload in a file.
fn variables(folder: &Path, event: &str, payload: &Value, more: &[(&str, &str)]) -> Variables {
    let file = folder.join("event.json");
    fs::write(&file, payload.to_string()).unwrap();
    let file = file.display().to_string();
    let usual = [
        ("GITHUB_ACTIONS", "true"),
        ("GITHUB_EVENT_NAME", event),
        ("GITHUB_EVENT_PATH", file.as_str()),
        ("GITHUB_REPOSITORY", "octo-org/parcels"),
        ("GITHUB_SHA", MERGE),
        ("GITHUB_RUN_ID", "4711"),
        ("GITHUB_RUN_ATTEMPT", "2"),
        ("GITHUB_WORKFLOW", "ci"),
        ("GITHUB_JOB", "judge"),
    ];
    Variables::new(
        usual
            .iter()
            .chain(more)
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
    )
}

fn read(event: &str, payload: &Value, more: &[(&str, &str)]) -> Result<Event, EventError> {
    let folder = tempfile::tempdir().unwrap();
    Event::read(&variables(folder.path(), event, payload, more)).map(Option::unwrap)
}

fn pull_request(head_repository: Value) -> Value {
    json!({"pull_request": {
        "number": 17,
        "head": {"sha": HEAD, "ref": "x`$(id)`", "repo": head_repository},
        "base": {"sha": BASE, "repo": {"full_name": "octo-org/parcels"}},
    }})
}

#[test]
fn outside_github_actions_there_is_no_event() {
    assert_eq!(Event::read(&Variables::default()).unwrap(), None);
}

#[test]
fn a_pull_request_is_judged_at_its_head_and_never_at_the_merge_commit() {
    let own = pull_request(json!({"full_name": "octo-org/parcels"}));
    let event = read("pull_request", &own, &[]).unwrap();
    assert_eq!(event.head_sha, HEAD);
    assert_eq!(event.base.as_deref(), Some(BASE));
    assert_eq!(
        event.pull_request,
        Some(PullRequest {
            number: 17,
            is_fork: false
        })
    );
    assert_eq!(event.run.attempt, 2);
    assert_eq!(
        event.run_url(),
        "https://github.com/octo-org/parcels/actions/runs/4711/attempts/2"
    );
}

#[test]
fn a_fork_is_known_also_when_it_is_gone() {
    for repository in [json!({"full_name": "stranger/parcels"}), Value::Null] {
        let event = read("pull_request", &pull_request(repository), &[]).unwrap();
        assert!(event.pull_request.unwrap().is_fork);
    }
}

#[test]
fn the_commit_of_other_events_is_the_one_they_are_about() {
    let group = json!({"merge_group": {"head_sha": HEAD, "base_sha": BASE}});
    let event = read("merge_group", &group, &[]).unwrap();
    assert_eq!(
        (event.head_sha.as_str(), event.base.as_deref()),
        (HEAD, Some(BASE))
    );

    let push = json!({"after": HEAD, "before": BASE});
    let event = read("push", &push, &[]).unwrap();
    assert_eq!(
        (event.head_sha.as_str(), event.base.as_deref()),
        (HEAD, Some(BASE))
    );

    let new_branch = json!({"after": HEAD, "before": "0".repeat(40)});
    assert_eq!(read("push", &new_branch, &[]).unwrap().base, None);

    let run = json!({"workflow_run": {
        "head_sha": HEAD,
        "pull_requests": [],
        "head_repository": {"full_name": "stranger/parcels"},
        "repository": {"full_name": "octo-org/parcels"},
    }});
    let event = read("workflow_run", &run, &[]).unwrap();
    assert_eq!((event.head_sha.as_str(), event.pull_request), (HEAD, None));

    for name in ["schedule", "workflow_dispatch", "something_new"] {
        let event = read(name, &json!({}), &[]).unwrap();
        assert_eq!(
            (event.head_sha.as_str(), event.base),
            (MERGE, None),
            "{name}"
        );
    }
}

#[test]
fn a_commit_is_never_guessed() {
    for payload in [
        json!({}),
        json!({"pull_request": {"head": {"sha": "--upload-pack=x"}}}),
    ] {
        let error = read("pull_request", &payload, &[]).unwrap_err().to_string();
        assert!(error.contains("names no commit"), "{error}");
    }
    let error = read("push", &json!({}), &[("GITHUB_SHA", "main")]).unwrap_err();
    insta::assert_snapshot!(error, @r#"GITHUB_SHA is "main", expected a full commit hash; it is set by GitHub Actions"#);
}

#[test]
fn a_change_without_a_base_is_not_judged_by_its_own_rules() {
    let mut change = pull_request(json!({"full_name": "octo-org/parcels"}));
    for base in [Value::Null, json!("--upload-pack=x"), json!("main")] {
        change["pull_request"]["base"]["sha"] = base;
        let error = read("pull_request", &change, &[]).unwrap_err().to_string();
        assert!(error.contains("by which rules it is judged"), "{error}");
    }
    let group = json!({"merge_group": {"head_sha": HEAD}});
    assert!(read("merge_group", &group, &[]).is_err());
    let run = json!({"workflow_run": {
        "head_sha": HEAD,
        "pull_requests": [{"number": 17, "base": {"sha": BASE}}],
    }});
    let event = read("workflow_run", &run, &[]).unwrap();
    assert_eq!(event.base_of_rules(), Some(BASE));
    let push = json!({"after": HEAD, "before": BASE});
    assert_eq!(read("push", &push, &[]).unwrap().base_of_rules(), None);
}

#[test]
fn what_becomes_part_of_an_address_is_checked() {
    for hostile in ["octo-org", "a/b/c", "../x", "a/..", "a b/c", "a/b?x", "/"] {
        assert!(hostile.parse::<Repository>().is_err(), "{hostile}");
        assert!(read("push", &json!({}), &[("GITHUB_REPOSITORY", hostile)]).is_err());
    }
    assert!(read("push", &json!({}), &[("GITHUB_API_URL", "file:///etc")]).is_err());
    let enterprise = [
        ("GITHUB_API_URL", "https://github.example/api/v3/"),
        ("GITHUB_SERVER_URL", "https://github.example"),
    ];
    let event = read("push", &json!({}), &enterprise).unwrap();
    assert_eq!(event.api_url, "https://github.example/api/v3");
}

#[test]
fn a_payload_that_cannot_be_read_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let known = variables(folder.path(), "push", &json!({}), &[]);
    fs::write(folder.path().join("event.json"), "{").unwrap();
    let error = Event::read(&known).unwrap_err().to_string();
    assert!(error.contains("event.json is no JSON"), "{error}");
    fs::remove_file(folder.path().join("event.json")).unwrap();
    let error = Event::read(&known).unwrap_err().to_string();
    assert!(error.contains("cannot be read"), "{error}");
}

#[test]
fn tokens_are_not_among_the_variables() {
    let variables = Variables::new([
        ("GITHUB_TOKEN".to_owned(), "ghs_x".to_owned()),
        ("HOME".to_owned(), "/root".to_owned()),
        ("RUNNER_OS".to_owned(), "Linux".to_owned()),
    ]);
    assert_eq!(variables.get("GITHUB_TOKEN"), None);
    assert_eq!(variables.get("HOME"), None);
    assert_eq!(variables.get("RUNNER_OS"), Some("Linux"));
}

fn remark(level: AnnotationLevel, message: &str) -> Annotation {
    Annotation {
        level,
        file: Some("src/a,b:c.py".to_owned()),
        line: Some(3),
        column: Some(7),
        title: "linting: F401, unused".to_owned(),
        message: message.to_owned(),
    }
}

#[test]
fn a_command_says_only_what_it_is_meant_to() {
    let hostile = "100 %\r\n::set-output name=x::y\n##[error]z\u{1b}[31m";
    let (commands, left_out) = annotation_commands(&[
        remark(AnnotationLevel::Failure, hostile),
        Annotation {
            file: None,
            line: None,
            column: None,
            ..remark(AnnotationLevel::Notice, "fine")
        },
    ]);
    assert_eq!(left_out, 0);
    insta::assert_snapshot!(commands, @"
    ::error file=src/a%2Cb%3Ac.py,line=3,col=7,title=linting%3A F401%2C unused::100 %25%0D%0A::set-output name=x::y%0A## [error]z[31m
    ::notice title=linting%3A F401%2C unused::fine
    ");
}

#[test]
fn ten_of_a_level_are_given_and_the_others_counted() {
    let mut many: Vec<Annotation> = (0..25)
        .map(|index| remark(AnnotationLevel::Failure, &index.to_string()))
        .collect();
    many.push(remark(AnnotationLevel::Warning, "last"));
    let (commands, left_out) = annotation_commands(&many);
    assert_eq!(commands.lines().count(), 11);
    assert_eq!(left_out, 15);
    assert!(commands.ends_with("::last\n"));
}

#[test]
fn a_value_cannot_add_an_output_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("outputs");
    fs::write(&file, "earlier=1\n").unwrap();
    let hostile = "x\nverdict<<EOF\npassed\nEOF\nspec2prod-\n";
    append_outputs(&file, &[("a", hostile.to_owned()), ("b", "2".to_owned())]).unwrap();
    let text = fs::read_to_string(&file).unwrap();
    // What the runner does: a delimiter, then lines up to it.
    let mut lines = text.lines().skip(1);
    let mut outputs = Vec::new();
    while let Some(head) = lines.next() {
        let (name, delimiter) = head.split_once("<<").unwrap();
        let value: Vec<&str> = lines
            .by_ref()
            .take_while(|line| *line != delimiter)
            .collect();
        outputs.push((name, value.join("\n")));
    }
    assert_eq!(outputs, [("a", hostile.to_owned()), ("b", "2".to_owned())]);
}

#[test]
fn a_summary_that_would_be_dropped_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("summary");
    fs::write(&file, "# earlier\n").unwrap();
    append_summary(&file, "more\n").unwrap();
    assert_eq!(fs::read_to_string(&file).unwrap(), "# earlier\nmore\n");
    let error = append_summary(&file, &"x".repeat(1024 * 1024)).unwrap_err();
    assert!(error.to_string().contains("GitHub drops"), "{error}");
    assert!(append_summary(&folder.path().join("none"), "x").is_err());
}
