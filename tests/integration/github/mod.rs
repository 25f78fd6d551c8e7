//! Results on GitHub: check runs, the comment, summary, outputs; with every token and every fault.

mod comment;
mod deployments;
mod events;
mod faults;
mod forge;
mod hostile;
mod job;
mod merge;
mod proxy;
mod rules;
mod run;

use crate::support::{
    Ran, Repository,
    github::{FakeGithub, Pull, Step, events::pull_request},
    with_script,
};

/// A script that writes a report of one failing test, at a line.
const FAILS: &str = r#"cat > "$1" <<'XML'
<testsuite name="s"><testcase classname="c" name="n|`x`&lt;b&gt;" file="lib/a.txt" line="1"><failure message="::error::no">m</failure></testcase></testsuite>
XML
"#;

/// A step for a pull request of the fake's repository, and the checked-out repository.
struct Setting {
    github: FakeGithub,
    pull: Pull,
    repository: Repository,
    step: Step,
}

impl Setting {
    /// The component `thing`, judged by a script, on a pull request.
    fn new(script: &str) -> Self {
        Self::with(script, Pull::new(7), |step| step)
    }

    fn with(script: &str, pull: Pull, change: impl FnOnce(Step) -> Step) -> Self {
        let repository = with_script(script);
        repository.git(&["init", "--quiet", "--initial-branch", "main"]);
        let base = repository.commit_all();
        let github = FakeGithub::start();
        let mut pull = github.pull(pull);
        pull.base_sha = base;
        let step = Step::new(&github, "pull_request", &pull_request("synchronize", &pull));
        let step = change(step);
        Self {
            repository: repository.in_step(&step),
            github,
            pull,
            step,
        }
    }

    fn run(&self) -> Ran {
        self.repository.run(&["run", "--component", "thing"])
    }

    fn problems(&self) -> Vec<String> {
        let report = self.repository.report("thing");
        let problems = report["publishing_problems"].as_array().unwrap();
        problems
            .iter()
            .map(|problem| format!("{}: {}", problem["sink"], problem["message"]))
            .collect()
    }
}
