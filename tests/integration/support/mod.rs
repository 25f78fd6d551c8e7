//! A repository in a temporary folder, and the real binary run in it with a scrubbed environment.

mod environment;
mod git;
pub(crate) mod github;
mod judged;
mod listener;
pub(crate) mod proxy;

pub(crate) use judged::Judged;

use serde_json::Value;
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

/// The folder with pytest, ruff, pyright and the other real tools; `scripts/test-tools` makes it.
pub(crate) fn tools() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(".spec2prod/test-tools");
    assert!(
        folder.join("stamp").is_file(),
        "the tools that tests run are not there; run scripts/test-tools"
    );
    folder
}

/// A repository in a temporary folder.
pub(crate) struct Repository {
    folder: tempfile::TempDir,
    /// Tools leave their caches here, not in the repository.
    home: tempfile::TempDir,
    variables: Vec<(String, String)>,
}

/// What a command left.
#[derive(Debug)]
pub(crate) struct Ran {
    /// The exit status; `None` when a signal ended it.
    pub(crate) status: Option<i32>,
    /// Standard output.
    pub(crate) stdout: String,
    /// Standard error.
    pub(crate) stderr: String,
}

impl Repository {
    /// An empty one, whose tools are the test tools.
    pub(crate) fn new() -> Self {
        let folder = || {
            tempfile::Builder::new()
                .prefix("spec2prod-test-")
                .tempdir()
                .unwrap()
        };
        let repository = Self {
            folder: folder(),
            home: folder(),
            variables: Vec::new(),
        };
        repository.variable("VIRTUAL_ENV", &tools().to_string_lossy())
    }

    /// One with a small component that passes every gate: `shop`.
    pub(crate) fn with_shop() -> Self {
        let repository = Self::new();
        repository.write(
            "src/shop/__init__.py",
            include_str!("fixtures/shop/__init__.py"),
        );
        repository.write(
            "src/shop/README.md",
            include_str!("fixtures/shop/README.md"),
        );
        repository.write(
            "tests/shop/test_shop.py",
            include_str!("fixtures/shop/test_shop.py"),
        );
        repository.write("specs/shop.md", include_str!("fixtures/shop/shop.md"));
        repository
    }

    /// The same with an environment variable for every command.
    pub(crate) fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The same without an environment variable.
    pub(crate) fn without_variable(mut self, name: &str) -> Self {
        self.variables.retain(|(known, _)| known != name);
        self
    }

    /// The same in a step of a workflow on GitHub.
    pub(crate) fn in_step(self, step: &github::Step) -> Self {
        let variables = step.variables();
        let repository = variables.fold(self, |repository, (name, value)| {
            repository.variable(name, value)
        });
        let root = repository.path().to_string_lossy().into_owned();
        repository.variable("GITHUB_WORKSPACE", &root)
    }

    /// The repository's root.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file.
    pub(crate) fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Reads a file.
    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// The command with a scrubbed environment, not yet started.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_spec2prod"));
        command
            .args(arguments)
            .current_dir(self.path())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap())
            .env("HOME", self.home.path())
            .env("LANG", "C.UTF-8")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        for (name, value) in &self.variables {
            command.env(name, value);
        }
        command
    }

    /// Runs the command to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        finish(self.command(arguments).spawn().unwrap())
    }

    /// Judges gates of a component, which runs only the tools that they need.
    #[track_caller]
    pub(crate) fn judge(&self, component: &str, gates: &[&str]) -> Judged {
        let mut arguments = vec!["gates", "--component", component, "--format", "json"];
        arguments.extend(gates);
        Judged::new(&self.run(&arguments))
    }

    /// What git says has changed or is new, without what it ignores.
    pub(crate) fn changes(&self) -> Vec<String> {
        let output = Command::new("git")
            .args(["status", "--porcelain"])
            .current_dir(self.path())
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        text.lines().map(str::to_owned).collect()
    }

    /// The report of the component.
    pub(crate) fn report(&self, component: &str) -> Value {
        serde_json::from_str(&self.read(&format!("workflow_report_{component}.json"))).unwrap()
    }

    /// Makes everything a commit of a git repository.
    pub(crate) fn commit(&self) {
        for arguments in [
            &["init", "--quiet", "--initial-branch=main"][..],
            &["add", "--all"],
            &[
                "-c",
                "user.name=t",
                "-c",
                "user.email=t@example.invalid",
                "commit",
                "--quiet",
                "-m",
                "first",
            ],
        ] {
            let status = Command::new("git")
                .args(arguments)
                .current_dir(self.path())
                .status()
                .unwrap();
            assert!(status.success());
        }
    }
}

/// Waits for a started command.
pub(crate) fn finish(child: Child) -> Ran {
    let output = child.wait_with_output().unwrap();
    Ran {
        status: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

impl Ran {
    /// The same, after checking the exit status.
    #[track_caller]
    pub(crate) fn expect_status(self, status: i32) -> Self {
        assert_eq!(
            self.status,
            Some(status),
            "stdout:\n{}\nstderr:\n{}",
            self.stdout,
            self.stderr
        );
        self
    }

    /// Standard output as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("{error}:\n{}", self.stdout))
    }
}

/// Waits until a file is there, for as long as the child lives.
pub(crate) fn wait_for(repository: &Repository, file: &str, child: &mut Child) {
    while !repository.path().join(file).exists() {
        assert!(
            child.try_wait().unwrap().is_none(),
            "the run ended before {file} was there"
        );
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
}

/// Sends a signal to a started command.
pub(crate) fn signal(child: &Child, name: &str) {
    let status = Command::new("kill")
        .args([format!("-{name}"), child.id().to_string()])
        .status()
        .unwrap();
    assert!(status.success());
}

/// Whether a process of this number is there and no zombie.
pub(crate) fn is_alive(pid: &str) -> bool {
    std::fs::read_to_string(format!("/proc/{}/stat", pid.trim()))
        .is_ok_and(|stat| !stat.contains(") Z "))
}

/// A repository with the components `thing` and `other`, which one command judges for development:
/// `sh check.sh FILE`, where FILE is the JUnit report that it writes.
pub(crate) fn with_script(script: &str) -> Repository {
    let repository = Repository::new();
    let specification = |name: &str| {
        format!(
            "# Thing\n\n**Component Name:** {name}\n\n## Overview\n\nIt does one thing.\n\n## Requirements\n\n\
             ### Functional Requirements\n\n- FR-1: the thing MUST be done\n"
        )
    };
    for name in ["thing", "other"] {
        repository.write(&format!("specs/{name}.md"), specification(name));
    }
    repository.write("lib/a.txt", "a\n");
    repository.write("check.sh", script);
    repository.write(
        "workflow_config.yaml",
        "components:\n  thing: { path: lib, toolchain: scripts }\n  other: { path: lib, toolchain: scripts }\n\
         toolchains:\n  scripts:\n    type: command\n    commands:\n      - name: check\n        \
         command: [sh, check.sh, \"{report}\"]\n        evidence: [tests]\n        \
         report: { format: junit, path: \"{report}\" }\n\
         maturity_workflow:\n  development:\n    required_gates: [test_pass_rate]\n",
    );
    repository
}

/// A script's lines that write a report of one passing test.
pub(crate) const WRITES_A_PASS: &str = r#"echo '<testsuite name="s"><testcase classname="c" name="n" time="0.1"/></testsuite>' > "$1"
"#;

/// The record of a gate in a report.
#[track_caller]
pub(crate) fn gate<'a>(report: &'a Value, stage: &str, gate: &str) -> &'a Value {
    let record = &report["stage_results"][stage]["quality_gates"][gate];
    assert!(
        record.is_object(),
        "no gate {gate} in stage {stage}: {report:#}"
    );
    record
}
