//! In GitHub Actions: a log group for each tool, and no text of strangers that is taken for a command.

use crate::support::{Repository, WRITES_A_PASS, with_script};

/// The commands that a runner finds in a log: a line that begins with `::`, or has `##[` anywhere.
/// <https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs>
fn commands(log: &str) -> Vec<&str> {
    log.split(['\n', '\r'])
        .filter(|line| line.trim_start().starts_with("::") || line.contains("##["))
        .collect()
}

/// Tests that print what a runner would obey, and fail with it in their names and messages.
fn hostile() -> Repository {
    with_script(
        r#"cat >&2 <<'TEXT'
::error file=a.py,line=1::no
   ::endgroup::
::add-mask::a
##[error]no
plain text
TEXT
printf '\r::stop-commands::x\n\033[0m::debug::x\n\302\240::warning::x\n'
cat > "$1" <<'XML'
<testsuite name="s"><testcase classname="" name="::error::##[group]n"><failure message="::warning::##[error]m">
::set-output name=a::b
##[command]x
</failure></testcase></testsuite>
XML
"#,
    )
    .variable("GITHUB_ACTIONS", "true")
}

#[test]
fn a_tool_is_one_group_and_what_it_prints_is_text() {
    let repository = hostile();
    let ran = repository
        .run(&["run", "--component", "thing"])
        .expect_status(1);
    let found = commands(&ran.stderr);
    let [group, end] = found[..] else {
        panic!("{found:#?}")
    };
    assert!(group.starts_with("::group::check"), "{group}");
    assert_eq!(end, "::endgroup::");
    let begin = ran.stderr.find(group).unwrap();
    let content = &ran.stderr[begin..ran.stderr.rfind(end).unwrap()];
    for words in [
        "plain text",
        ": :error file=a.py",
        ": :stop-commands::x",
        "## [error]no",
        "$ sh check.sh",
    ] {
        assert!(content.contains(words), "no {words:?} in\n{content}");
    }
    assert_eq!(commands(&ran.stdout), Vec::<&str>::new());
}

#[test]
fn json_has_no_groups_and_no_commands() {
    let repository = hostile();
    let arguments = ["run", "--component", "thing", "--format", "json"];
    let ran = repository.run(&arguments).expect_status(1);
    assert_eq!(commands(&ran.stdout), Vec::<&str>::new());
    assert_eq!(commands(&ran.stderr), Vec::<&str>::new());
    let finding =
        &ran.json()["stage_results"]["testing"]["quality_gates"]["test_pass_rate"]["findings"][0];
    assert!(
        finding["message"].as_str().unwrap().contains("##[error]m"),
        "{finding:#}"
    );
}

#[test]
fn elsewhere_there_are_no_groups() {
    let repository = with_script(&format!("echo printed >&2\n{WRITES_A_PASS}"));
    let ran = repository
        .run(&["run", "--component", "thing"])
        .expect_status(0);
    assert!(!ran.stderr.contains("::group::"), "{}", ran.stderr);
    assert!(!ran.stderr.contains("printed"), "{}", ran.stderr);
}

#[test]
fn a_name_in_an_error_is_no_command() {
    let repository = with_script("").variable("GITHUB_ACTIONS", "true");
    repository.write("workflow_config.yaml", "\"::error::##[group]\": 1\n");
    let ran = repository
        .run(&["run", "--component", "thing"])
        .expect_status(2);
    assert_eq!(commands(&ran.stderr), Vec::<&str>::new(), "{}", ran.stderr);
}
