//! `toolchains`: Python's settings, and commands of the user's own.

use super::limits::{mended, with_fixer};
use super::{
    Case, check, configure, judged, run, status, with_commands, with_installer, with_python,
};
use crate::support::Repository;
use serde_json::{Value, json};

/// A component of the toolchain `own`, in an environment that is there.
fn with_own_python() -> Repository {
    let repository = with_python();
    configure_own(&repository);
    repository
}

/// The same with an installer that notes what it is asked for.
fn with_noting_installer() -> Repository {
    let repository = with_installer(
        "echo \"$@\" >> \"$HOME/asked\"\nif [ \"$1\" = venv ]; then for last; do :; done\n\
         mkdir -p \"$last/bin\"; touch \"$last/pyvenv.cfg\"; ln -s /bin/true \"$last/bin/python\"; fi\n",
    );
    configure_own(&repository);
    repository.write("one.txt", "");
    repository.write("two.txt", "");
    repository
}

/// A secret that one baseline knows and another one does not.
fn with_known_secret() -> Repository {
    let repository = with_own_python();
    let scan = || {
        let mut scan =
            std::process::Command::new(crate::support::tools().join("bin/detect-secrets"));
        scan.args(["scan", "--all-files", "src"])
            .current_dir(repository.path());
        scan.output().unwrap().stdout
    };
    repository.write("empty.json", scan());
    // Put together here, so that no scanner of this repository stumbles over it.
    let key = format!("AKIA{}", "ABCDEFGHIJKLMNOP");
    repository.write(
        "src/thing/keys.py",
        format!("\"\"\"Keys.\"\"\"\n\nKEY = \"{key}\"\n"),
    );
    repository.write("known.json", scan());
    repository
}

fn configure_own(repository: &Repository) {
    let settings = json!({
        "components": { "thing": { "toolchain": "own" } },
        "toolchains": { "own": { "type": "python" } },
    });
    configure(repository, &settings);
}

/// Whether the installer was asked for something.
fn asked_for(words: &'static str) -> impl Fn(&Repository) -> Value {
    move |repository| {
        run(repository, "dev");
        json!(repository.read("asked").contains(words))
    }
}

fn own(key: &str, value: &Value) -> Value {
    json!({ "toolchains": { "own": { key: value } } })
}

fn python(
    key: &str,
    repository: fn() -> Repository,
    values: [Value; 2],
    observe: impl Fn(&Repository) -> Value + 'static,
) -> Case {
    let settings = values.map(|value| own(key, &value));
    let expected = [json!(true), json!(false)];
    Case::new(
        format!("toolchains.*.{key}"),
        repository,
        settings,
        observe,
        expected,
    )
}

/// Whether the command of a tool has some words in it.
fn has_in_command(gate: &'static str, words: &'static str) -> impl Fn(&Repository) -> Value {
    move |repository| {
        let arguments = ["gates", "--component", "thing", "--format", "json", gate];
        let results = repository.run(&arguments).json();
        let tools = results["tools"].as_array().unwrap().iter();
        let mut commands = tools.map(|tool| tool["command"].as_str().unwrap().to_owned());
        json!(commands.any(|command| command.contains(words)))
    }
}

fn of_python() -> Vec<Case> {
    vec![
        python(
            "type_checker",
            with_own_python,
            [json!("pyright"), json!("mypy")],
            |repository| {
                let results = repository.run(&["doctor", "--component", "thing"]);
                json!(results.stdout.contains("✓ pyright"))
            },
        ),
        python(
            "pytest_args",
            || {
                let repository = with_own_python();
                repository.write(
                    "tests/test_thing.py",
                    "def test_it() -> None:\n    assert True\n",
                );
                repository
            },
            [json!(["-p", "no:randomly"]), json!([])],
            has_in_command("test_pass_rate", "no:randomly"),
        ),
        Case::new(
            "toolchains.*.commands[].command",
            with_own_python,
            [
                own(
                    "commands",
                    &json!([{ "name": "more", "command": ["echo", "beside pytest"], "evidence": ["tests"] }]),
                ),
                own("commands", &json!([])),
            ],
            has_in_command("test_pass_rate", "beside pytest"),
            [json!(true), json!(false)],
        ),
        python(
            "secrets_baseline",
            with_known_secret,
            [json!("known.json"), json!("empty.json")],
            |repository| json!(judged(repository, "dev", "security")["verdict"] == "passed"),
        ),
        python(
            "requirements",
            with_noting_installer,
            [json!(["one.txt"]), json!(["two.txt"])],
            asked_for("one.txt"),
        ),
        python(
            "packages",
            with_noting_installer,
            [json!(["leftpad==1"]), json!([])],
            asked_for("leftpad==1"),
        ),
        // Keys of Python are none of a toolchain of commands.
        python(
            "type",
            with_own_python,
            [json!("python"), json!("command")],
            |repository| {
                configure(repository, &own("type_checker", &json!("mypy")));
                json!(repository.run(&["config", "check"]).status == Some(0))
            },
        ),
    ]
}

/// A command that passes where a file `good` lies, and writes reports.
fn with_command() -> Repository {
    let repository = with_commands(&[usual()]);
    repository.write("good", "");
    repository.write("deep/a.txt", "");
    repository.write("check.sh", "cat reports/tests > one.xml\ntest -f good\n");
    repository.write("bad.sh", "exit 1\n");
    repository.write("reports/tests", super::ONE_PASSES);
    repository.write("reports/failing", super::ONE_FAILS);
    repository
}

fn usual() -> Value {
    json!({
        "name": "check",
        "command": ["sh", "check.sh"],
        "evidence": ["tests"],
        "report": { "format": "exit_status" },
    })
}

/// The usual command with one key set differently.
fn command(
    key: &str,
    values: [Value; 2],
    observe: impl Fn(&Repository) -> Value + 'static,
    expected: [Value; 2],
) -> Case {
    let settings = values.map(|value| {
        let mut command = usual();
        match key.split_once('.') {
            Some((block, key)) => command[block][key] = value,
            None => command[key] = value,
        }
        json!({ "toolchains": { "scripts": { "commands": [command] } } })
    });
    Case::new(
        format!("toolchains.*.commands[].{key}"),
        with_command,
        settings,
        observe,
        expected,
    )
}

/// Further evidence of one command: the case of one key.
fn further(key: &str, gate: &'static str, settings: [Value; 2], expected: [&str; 2]) -> Case {
    let settings = settings.map(|also| {
        let mut command = usual();
        let words = "cp reports/sarif found.sarif; cp reports/lcov lines.lcov";
        command["command"] = json!(["sh", "-c", words]);
        command["also"] = json!([also]);
        json!({ "toolchains": { "scripts": { "commands": [command] } } })
    });
    let observe = move |repository: &Repository| {
        let ran = repository.run(&["gates", "--component", "thing", "--format", "json", gate]);
        ran.json()["gates"][0]["verdict"].clone()
    };
    Case::new(
        format!("toolchains.*.commands[].also[].{key}"),
        || {
            let repository = with_command();
            let result = r#"{"ruleId": "r", "level": "error", "message": {"text": "m"}}"#;
            let sarif = format!(
                r#"{{"version": "2.1.0", "runs": [{{"tool": {{"driver": {{"name": "t"}}}}, "results": [{result}]}}]}}"#
            );
            repository.write("reports/sarif", sarif);
            repository.write(
                "reports/lcov",
                "TN:\nSF:lib/a.txt\nDA:1,1\nLF:1\nLH:1\nend_of_record\n",
            );
            repository
        },
        settings,
        observe,
        expected.map(Value::from),
    )
}

fn of_further_evidence() -> Vec<Case> {
    let also = |evidence: &str, format: &str, path: &str| json!({ "evidence": [evidence], "report": { "format": format, "path": path } });
    vec![
        further(
            "evidence",
            "linting",
            ["lint", "types"].map(|kind| also(kind, "sarif", "found.sarif")),
            ["failed", "no_data"],
        ),
        further(
            "report.path",
            "linting",
            ["found.sarif", "other.sarif"].map(|path| also("lint", "sarif", path)),
            ["failed", "no_data"],
        ),
        further(
            "report.format",
            "test_coverage",
            ["lcov", "cobertura"].map(|format| also("coverage", format, "lines.lcov")),
            ["passed", "errored"],
        ),
    ]
}

fn of_commands() -> Vec<Case> {
    let passes = |repository: &Repository| status(repository, "dev");
    let xml = |path: &str| {
        let mut command = usual();
        command["report"] = json!({ "format": "junit", "path": path });
        json!({ "toolchains": { "scripts": { "commands": [command] } } })
    };
    let formats = ["exit_status", "junit"].map(|format| {
        let mut command = usual();
        command["command"] = json!(["cat", "reports/failing"]);
        command["report"] = json!({ "format": format });
        json!({ "toolchains": { "scripts": { "commands": [command] } } })
    });
    let fixes = ["mended", "changed"].map(|word| {
        json!({ "toolchains": { "scripts": { "commands": [{
            "name": "lint",
            "command": ["grep", "-q", "mended", "lib/a.txt"],
            "evidence": ["lint"],
            "report": { "format": "exit_status" },
            "fix": ["sh", "-c", format!("echo {word} > lib/a.txt")],
        }] } } })
    });
    let shell = ["test \"$WORD\" = yes"].map(|text| json!(["sh", "-c", text]));
    let variables = ["yes", "no"].map(|word| {
        let mut command = usual();
        command["command"] = shell[0].clone();
        command["env"] = json!({ "WORD": word });
        json!({ "toolchains": { "scripts": { "commands": [command] } } })
    });
    let folders = [".", "deep"].map(|folder| {
        let mut command = usual();
        command["command"] = json!(["test", "-f", "good"]);
        command["working_directory"] = json!(folder);
        json!({ "toolchains": { "scripts": { "commands": [command] } } })
    });
    let whole = |key: &str, settings, observe: fn(&Repository) -> Value, expected| {
        Case::new(
            format!("toolchains.*.commands[].{key}"),
            with_command,
            settings,
            observe,
            expected,
        )
    };
    vec![
        command(
            "name",
            [json!("check"), json!("probe")],
            |repository| run(repository, "dev")["tools"][0]["tool"].clone(),
            [json!("check"), json!("probe")],
        ),
        command(
            "command",
            [json!(["sh", "check.sh"]), json!(["sh", "bad.sh"])],
            passes,
            [json!(0), json!(1)],
        ),
        command(
            "evidence",
            [json!(["tests"]), json!(["types"])],
            |repository| judged(repository, "dev", "type_checking")["verdict"].clone(),
            [json!("no_data"), json!("passed")],
        ),
        whole("report.format", formats, passes, [json!(0), json!(1)]),
        whole(
            "report.path",
            [xml("one.xml"), xml("two.xml")],
            passes,
            [json!(0), json!(3)],
        ),
        whole("env.*", variables, passes, [json!(0), json!(1)]),
        whole("working_directory", folders, passes, [json!(0), json!(1)]),
        Case::new(
            "toolchains.*.commands[].fix",
            with_fixer,
            fixes,
            mended,
            [json!("mended\n"), json!("changed\n")],
        ),
    ]
}

pub(super) fn cases() -> Vec<Case> {
    let commands = of_commands().into_iter().chain(of_further_evidence());
    of_python().into_iter().chain(commands).collect()
}

#[test]
fn toolchains_do_what_the_file_says() {
    check(&cases());
}
