//! The log: what happened in a run, as much of it as the level asks for.

use crate::support::{Repository, WRITES_A_PASS, with_script};

/// The log of a run at this level. What differs from run to run is replaced.
fn log(script: &str, level: &str) -> String {
    let repository = with_script(script);
    let settings = format!(
        "{}logging: {{ file: run.log, level: {level}, format: \"%(levelname)s %(message)s\" }}\n",
        repository.read("workflow_config.yaml")
    );
    repository.write("workflow_config.yaml", settings);
    repository.commit();
    repository.run(&["run", "--component", "thing"]);
    let log = stable(&repository);
    // It is looked for beside the tools, so it comes at any time.
    let is_about_commit = |line: &&str| line.ends_with("what is judged is commit COMMIT");
    assert_eq!(
        log.lines().filter(is_about_commit).count(),
        usize::from(level != "WARNING")
    );
    let lines: Vec<&str> = log.lines().filter(|line| !is_about_commit(line)).collect();
    lines.join("\n")
}

fn stable(repository: &Repository) -> String {
    let text = repository.read("run.log");
    let root = repository.path().to_string_lossy().into_owned();
    [
        (r"[0-9a-f]{8}-[0-9a-f-]{27}", "RUN"),
        (r"[0-9a-f]{40}", "COMMIT"),
        (r"after \d+ ms", "after N ms"),
    ]
    .iter()
    .fold(text.replace(&root, "ROOT"), |text, (pattern, word)| {
        regex::Regex::new(pattern)
            .unwrap()
            .replace_all(&text, *word)
            .into_owned()
    })
}

#[test]
fn the_log_tells_what_happened() {
    insta::assert_snapshot!(log(WRITES_A_PASS, "INFO"), @"
    INFO run RUN begins: thing for dev
    INFO the specification is specs/thing.md
    INFO stage specification passed
    INFO check ended after N ms: 1 passed
    INFO stage dependency_check passed
    INFO gate test_pass_rate passed
    INFO stage testing passed
    INFO stage refactoring skipped: the policy asks nothing of refactoring for this target
    INFO run RUN ends: passed
    ");
}

#[test]
fn what_does_not_pass_deserves_a_look() {
    insta::assert_snapshot!(log("exit 4\n", "WARNING"), @"
    WARNING gate test_pass_rate errored: check ended with exit status 4 (and wrote no report); it printed nothing
    WARNING stage testing errored: test_pass_rate: check ended with exit status 4 (and wrote no report); it printed nothing
    ");
}

#[test]
fn the_lowest_level_tells_what_begins_and_how_it_was_started() {
    let details = log(WRITES_A_PASS, "DEBUG");
    let added: Vec<&str> = details
        .lines()
        .filter(|line| line.starts_with("DEBUG"))
        .collect();
    insta::assert_snapshot!(added.join("\n"), @"
    DEBUG stage specification begins
    DEBUG stage dependency_check begins
    DEBUG the tools are looked for
    DEBUG check starts
    DEBUG check was started as sh check.sh ROOT/.spec2prod/runs/RUN/check.report
    ");
}
