//! `scripts/action.sh` makes arguments of the inputs, and commands of none.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::Path,
    process::{Command, Output},
};

/// Stands in for the program: prints its arguments, and which variables are left.
const PROGRAM: &str = "#!/bin/sh\nprintf '%s\\0' \"$@\"\nenv | sed -n 's/^\\(SPEC2PROD_[A-Z_]*\\)=.*/\\1/p' >&2\nexit 7\n";

fn run(inputs: &[(&str, &str)]) -> Output {
    let folder = tempfile::Builder::new()
        .prefix("with blanks $(x) ")
        .tempdir()
        .unwrap();
    let program = folder.path().join("spec2prod");
    fs::write(&program, PROGRAM).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let mut command = Command::new("bash");
    command
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/action.sh"))
        .current_dir(folder.path())
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap())
        .env("SPEC2PROD_BINARY", &program)
        .env("SPEC2PROD_TOKEN", "secret")
        .env("SPEC2PROD_SURFACES", "summary")
        .env("SPEC2PROD_INPUT_COMMAND", "run")
        .env("SPEC2PROD_INPUT_UPLOAD_ARTIFACT", "true");
    for (name, value) in inputs {
        command.env(format!("SPEC2PROD_INPUT_{name}"), value);
    }
    let output = command.output().unwrap();
    let left = fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(left, 1, "an input was run: {inputs:?}");
    output
}

/// The arguments that the program gets.
#[track_caller]
fn arguments(inputs: &[(&str, &str)]) -> Vec<String> {
    let output = run(inputs);
    assert_eq!(output.status.code(), Some(7), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    let arguments = text.strip_suffix('\0').unwrap().split('\0');
    arguments.map(str::to_owned).collect()
}

#[test]
fn each_input_is_its_argument() {
    let given = arguments(&[
        ("COMPONENT", "shop"),
        ("TARGET", "staging"),
        ("SPEC", "specs/shop one.md"),
        ("CONFIG", "policy.yaml"),
        ("WORKING_DIRECTORY", "services/shop"),
        ("OUTPUT", "out/report.json"),
        ("BASE", "origin/main"),
        ("MAX_JOBS", "10"),
        ("ARGUMENTS", "--format\njson"),
    ]);
    assert_eq!(
        given,
        [
            "run",
            "--component=shop",
            "--target=staging",
            "--spec=specs/shop one.md",
            "--config=policy.yaml",
            "--workspace=services/shop",
            "--output=out/report.json",
            "--base=origin/main",
            "--max-jobs=10",
            "--format",
            "json",
        ]
    );
}

#[test]
fn what_is_left_out_is_no_argument() {
    assert_eq!(arguments(&[]), ["run"]);
    assert_eq!(
        arguments(&[
            ("COMPONENT", " , \n"),
            ("TARGET", "\n"),
            ("GATES", ","),
            ("ARGUMENTS", "\r\n\n")
        ]),
        ["run"]
    );
}

#[test]
fn lists_are_split() {
    let given = arguments(&[
        ("COMMAND", " gates "),
        ("COMPONENT", "a, b c\nd\r\n,e\n"),
        ("GATES", "linting complexity,\tsecurity\r\ntest_coverage"),
        ("REPORTS", "my reports"),
    ]);
    assert_eq!(
        given,
        [
            "gates",
            "--component=a",
            "--component=b c",
            "--component=d",
            "--component=e",
            "--",
            "linting",
            "complexity",
            "security",
            "test_coverage",
            "my reports",
        ]
    );
    assert_eq!(arguments(&[("COMMAND", "spec check")]), ["spec", "check"]);
}

#[test]
fn hostile_text_is_one_argument() {
    for hostile in [
        "$(touch hacked)",
        "`touch hacked`",
        "; touch hacked",
        "a\" && touch hacked \"",
        "a' || touch hacked '",
        "--flag",
        "-x",
        "*",
        "~",
        "${HOME}",
        r"a\nb\\",
        "::error::x##[error]y",
        "ünïcode 🦀",
        "NAMES",
    ] {
        let option = |name: &str| format!("--{name}={hostile}");
        assert_eq!(
            arguments(&[
                ("COMPONENT", hostile),
                ("TARGET", hostile),
                ("OUTPUT", hostile),
                ("ARGUMENTS", hostile),
                ("REPORTS", hostile),
            ]),
            [
                "run",
                &option("component"),
                &option("target"),
                &option("output"),
                hostile,
                "--",
                hostile,
            ]
        );
        // Gates are separated by blanks too.
        let words: Vec<&str> = hostile.split(' ').filter(|word| !word.is_empty()).collect();
        let given = arguments(&[("COMMAND", "gates"), ("GATES", hostile)]);
        assert_eq!(given[..2], ["gates", "--"]);
        assert_eq!(given[2..], words);
    }
}

#[test]
fn a_line_break_in_a_path_stays_in_it() {
    assert_eq!(
        arguments(&[
            ("TARGET", "dev\n--config=x"),
            ("ARGUMENTS", "NAMES\n  two words  \n")
        ]),
        ["run", "--target=dev\n--config=x", "NAMES", "  two words  "]
    );
}

#[test]
fn a_long_text_is_handed_over() {
    let long = "a".repeat(100_000);
    assert_eq!(
        arguments(&[("COMPONENT", &long)]),
        ["run", &format!("--component={long}")]
    );
}

#[test]
fn only_what_the_program_needs_is_left_in_its_environment() {
    let output = run(&[("COMPONENT", "shop")]);
    let left = String::from_utf8(output.stderr).unwrap();
    let mut left: Vec<&str> = left.lines().collect();
    left.sort_unstable();
    assert_eq!(left, ["SPEC2PROD_SURFACES", "SPEC2PROD_TOKEN"]);
}

#[test]
fn wrong_inputs_are_named() {
    for (input, value, said) in [
        ("COMMAND", "", "the input `command` is empty"),
        (
            "UPLOAD_ARTIFACT",
            "yes",
            "the input `upload-artifact` is neither",
        ),
    ] {
        let output = run(&[(input, value)]);
        assert_eq!(output.status.code(), Some(2));
        let stderr = String::from_utf8(output.stderr).unwrap();
        let begin = "::error title=spec2prod was not started::";
        assert!(stderr.starts_with(&format!("{begin}{said}")), "{stderr}");
    }
}
