//! What the runner gives to a step of a workflow, and reads after it.
//! <https://docs.github.com/en/actions/reference/workflows-and-actions/variables>

use super::{
    FakeGithub,
    access::FULL_TOKEN,
    repository::{DEFAULT_BRANCH, REPOSITORY},
};
use serde_json::Value;
use std::{collections::BTreeMap, fs, path::PathBuf};

/// A step of a workflow of the fake's repository.
pub(crate) struct Step {
    folder: tempfile::TempDir,
    variables: BTreeMap<&'static str, String>,
}

impl Step {
    /// One that an event started. Its token, which a workflow must pass by itself, is [`FULL_TOKEN`].
    pub(crate) fn new(github: &FakeGithub, event: &str, payload: &Value) -> Self {
        let folder = tempfile::Builder::new()
            .prefix("spec2prod-step-")
            .tempdir()
            .unwrap();
        fs::write(folder.path().join("event.json"), payload.to_string()).unwrap();
        fs::create_dir(folder.path().join("temp")).unwrap();
        for name in ["output", "summary"] {
            fs::write(folder.path().join(name), "").unwrap();
        }
        let place = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
        let text = |pointer: &str| {
            let text = payload.pointer(pointer).and_then(Value::as_str);
            text.unwrap_or_default().to_owned()
        };
        let mut variables = BTreeMap::from([
            ("CI", "true".to_owned()),
            ("GITHUB_ACTIONS", "true".to_owned()),
            ("GITHUB_ACTOR", text("/sender/login")),
            ("GITHUB_API_URL", github.url().to_owned()),
            ("GITHUB_EVENT_NAME", event.to_owned()),
            ("GITHUB_EVENT_PATH", place("event.json")),
            ("GITHUB_JOB", "gates".to_owned()),
            ("GITHUB_OUTPUT", place("output")),
            ("GITHUB_REPOSITORY", REPOSITORY.to_owned()),
            ("GITHUB_RUN_ATTEMPT", "1".to_owned()),
            ("GITHUB_RUN_ID", "4242".to_owned()),
            ("GITHUB_SERVER_URL", "https://github.com".to_owned()),
            ("GITHUB_STEP_SUMMARY", place("summary")),
            ("GITHUB_TOKEN", FULL_TOKEN.to_owned()),
            ("GITHUB_WORKFLOW", "CI".to_owned()),
            ("RUNNER_OS", "Linux".to_owned()),
            ("RUNNER_TEMP", place("temp")),
        ]);
        let (sha, reference) = match event {
            "push" => (text("/after"), text("/ref")),
            // The commit that merges it, and no commit of it.
            "pull_request" => {
                variables.insert("GITHUB_HEAD_REF", text("/pull_request/head/ref"));
                variables.insert("GITHUB_BASE_REF", text("/pull_request/base/ref"));
                let reference = format!("refs/pull/{}/merge", payload["number"]);
                ("e".repeat(40), reference)
            }
            "merge_group" => (text("/merge_group/head_sha"), text("/merge_group/head_ref")),
            _ => (
                github.change(|repository| repository.head()),
                format!("refs/heads/{DEFAULT_BRANCH}"),
            ),
        };
        let short = reference.strip_prefix("refs/heads/");
        let short = short.or_else(|| reference.strip_prefix("refs/"));
        let short = short.unwrap_or_default().to_owned();
        variables.insert("GITHUB_REF_NAME", short.replace("pull/", ""));
        variables.insert("GITHUB_REF", reference);
        variables.insert("GITHUB_SHA", sha);
        Self { folder, variables }
    }

    /// The same with another variable, or another value of one.
    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.variables.insert(name, value.to_owned());
        self
    }

    /// Its variables.
    pub(crate) fn variables(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let variables = self.variables.iter();
        variables.map(|(name, value)| (*name, value.as_str()))
    }

    /// The file that a variable names.
    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// What was written to the summary.
    pub(crate) fn summary(&self) -> String {
        fs::read_to_string(self.file("summary")).unwrap()
    }

    /// What was written as outputs; an error where the runner would say that the file is not valid.
    /// <https://github.com/actions/runner/blob/main/src/Runner.Worker/FileCommandManager.cs>
    pub(crate) fn outputs(&self) -> Result<BTreeMap<String, String>, String> {
        outputs(&fs::read_to_string(self.file("output")).unwrap())
    }
}

fn outputs(text: &str) -> Result<BTreeMap<String, String>, String> {
    let mut outputs = BTreeMap::new();
    let mut lines = text.split_inclusive('\n');
    while let Some(line) = lines.next() {
        let line = line.trim_end_matches(['\r', '\n']);
        if line.is_empty() {
            continue;
        }
        let equals = line.find('=').unwrap_or(usize::MAX);
        let heredoc = line.find("<<").unwrap_or(usize::MAX);
        let (name, value) = if equals < heredoc {
            (&line[..equals], line[equals + 1..].to_owned())
        } else if heredoc < equals {
            let delimiter = &line[heredoc + 2..];
            let mut value = String::new();
            loop {
                let line = lines.next();
                let line =
                    line.ok_or_else(|| format!("matching delimiter not found: {delimiter}"))?;
                if line.trim_end_matches(['\r', '\n']) == delimiter {
                    break;
                }
                if !line.ends_with('\n') {
                    return Err("a line of a value does not end".to_owned());
                }
                value.push_str(line);
            }
            (
                &line[..heredoc],
                value.strip_suffix('\n').unwrap_or(&value).to_owned(),
            )
        } else {
            return Err(format!("invalid format: {line}"));
        };
        if name.is_empty() {
            return Err(format!("a name must not be empty: {line}"));
        }
        outputs.insert(name.to_owned(), value);
    }
    Ok(outputs)
}
