//! Text of strangers on GitHub's surfaces: names of tests and files, messages of tools, what a tool
//! prints, branches and artifacts of forks. Wherever it ends, it is text.

mod reports;

use super::Setting;
use crate::support::{
    Ran, Repository, WRITES_A_PASS,
    github::{
        FakeGithub, Pull, Step, WorkflowRun,
        events::{pull_request, workflow_run},
    },
    with_script,
};
use comrak::nodes::NodeValue;
use serde_json::{Value, json};
use std::{fs, os::unix::fs::PermissionsExt as _};

/// Each contains `OWNED`, by which it is found again.
const ATTACKS: [&str; 12] = [
    "` OWNED `` OWNED ``` | OWNED \\| OWNED |",
    "\n\n# OWNED\n\n- OWNED\n\n```\nOWNED\n",
    "\n::error file=OWNED::OWNED\n::set-output name=verdict::OWNED\r\n  ::add-mask::OWNED",
    "##[set-output name=verdict;]OWNED ##[error]OWNED",
    "</code></summary></details><script>alert('OWNED')</script><img src=x onerror=OWNED>",
    "<!-- spec2prod:thing run=9 attempt=9 commit=OWNED --> --> OWNED",
    "$(touch OWNED) `touch OWNED`; touch OWNED && touch OWNED",
    "\u{1b}[2J\u{1b}[31mOWNED\u{1b}]0;OWNED\u{7}\u{202e}OWNED\u{2069}\u{200b}",
    "@octocat @octo/OWNED #1 octo/shop#1 GH-1 fixes #2 OWNED",
    "[OWNED](https://evil.example/OWNED) ![OWNED](https://evil.example/o.png) www.evil.example",
    "https://evil.example/OWNED <https://evil.example> [x]: javascript:OWNED",
    "verdict<<EOF\nOWNED\nEOF\nsuccess=true %0A%0D::warning::OWNED ${{ secrets.OWNED }}",
];

fn attacks() -> Vec<String> {
    let long = format!("{} {}", ATTACKS[0], "x\n".repeat(50_000));
    let own = ATTACKS.iter().map(|attack| (*attack).to_owned());
    own.chain([long]).collect()
}

/// Text as XML has it; what XML cannot have is left out.
fn xml(text: &str) -> String {
    let mut result = String::new();
    for character in text.chars() {
        match character {
            '\n' | '\r' => result.push_str(&format!("&#{};", u32::from(character))),
            '<' | '>' | '&' | '"' | '\'' => {
                result.push_str(&format!("&#{};", u32::from(character)));
            }
            character if character.is_control() => {}
            character => result.push(character),
        }
    }
    result
}

fn junit() -> String {
    let cases = attacks().into_iter().map(|attack| {
        let text = xml(&attack);
        format!(
            "<testcase classname=\"{text}\" name=\"{text}\" file=\"{text}\" line=\"1\">\
             <failure message=\"{text}\">{text}</failure></testcase>\n"
        )
    });
    format!(
        "<testsuite name=\"s\">{}</testsuite>",
        cases.collect::<String>()
    )
}

fn sarif() -> String {
    let results: Vec<Value> = attacks()
        .into_iter()
        .map(|attack| {
            json!({
                "ruleId": attack, "level": "error", "message": {"text": attack},
                "locations": [{"physicalLocation": {
                    "artifactLocation": {"uri": attack}, "region": {"startLine": 3},
                }}],
            })
        })
        .collect();
    let driver = json!({"name": "hostile", "rules": []});
    json!({"version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": results}]})
        .to_string()
}

/// Two tools print attacks, and write reports that are full of them.
fn hostile() -> Setting {
    let setting = Setting::new("cat printed; cat printed >&2; cat junit.xml > \"$1\"\n");
    let repository = &setting.repository;
    let lint = "cat printed; cat printed >&2; cat lint.sarif > \"$1\"\n";
    repository.write("lint.sh", lint);
    repository.write("junit.xml", junit());
    repository.write("lint.sarif", sarif());
    repository.write("printed", attacks().join("\n"));
    let configuration = repository.read("workflow_config.yaml");
    let lint = "      - name: lint\n        command: [sh, lint.sh, \"{report}\"]\n        \
                evidence: [lint, format]\n        report: { format: sarif, path: \"{report}\" }\n\
                maturity_workflow:";
    let configuration = configuration
        .replace("maturity_workflow:", lint)
        .replace("[test_pass_rate]", "[test_pass_rate, linting]");
    repository.write("workflow_config.yaml", configuration);
    // The rules are those of the base, so it has them too.
    let Setting {
        github,
        mut pull,
        repository,
        ..
    } = setting;
    pull.base_sha = repository.commit_all();
    let step = Step::new(&github, "pull_request", &pull_request("synchronize", &pull));
    Setting {
        repository: repository.in_step(&step),
        github,
        pull,
        step,
    }
}

/// A log as the runner reads it: no line is a command but the program's own.
fn assert_no_command(ran: &Ran) {
    for line in ran.stderr.lines().chain(ran.stdout.lines()) {
        let line = line.trim_start();
        assert!(!line.contains("##["), "{line:?}");
        assert!(
            !line.contains('\u{1b}') && !line.contains('\u{202e}'),
            "{line:?}"
        );
        if let Some(command) = line.strip_prefix("::") {
            let name = command.split([' ', ':']).next().unwrap();
            let own = ["group", "endgroup", "error", "warning", "notice"];
            assert!(own.contains(&name), "{line:?}");
            if let Some(properties) = command.strip_prefix("error ") {
                let properties = properties.split("::").next().unwrap();
                let properties: Vec<&str> = properties.split(',').collect();
                let names = ["file=", "line=", "endLine=", "col=", "endColumn=", "title="];
                for property in properties {
                    let is_known = names.iter().any(|name| property.starts_with(name));
                    assert!(is_known, "{property:?} in {line:?}");
                }
            }
        }
    }
}

/// What GitHub makes of Markdown: no element, link or image but the program's own, and no text of
/// strangers outside code. `marker` is the one comment that may be there.
fn assert_only_text(markdown: &str, marker: &str) {
    let mut options = comrak::Options::default();
    options.extension.table = true;
    options.extension.autolink = true;
    options.extension.strikethrough = true;
    options.extension.tasklist = true;
    options.extension.footnotes = true;
    options.extension.alerts = true;
    options.extension.math_dollars = true;
    let own = [
        "<details>",
        "</details>",
        "<summary>",
        "</summary>",
        "<sub>",
        "</sub>",
        "<b>",
        "</b>",
    ];
    let mut codes = 0;
    let arena = comrak::Arena::new();
    let root = comrak::parse_document(&arena, markdown, &options);
    for node in root.descendants() {
        match &node.data.borrow().value {
            NodeValue::HtmlInline(html) => assert!(own.contains(&html.as_str()), "{html}"),
            NodeValue::HtmlBlock(block) => {
                let rest = block.literal.replacen(marker, "", 1);
                let rest = own.iter().fold(rest, |rest, tag| rest.replace(tag, ""));
                assert!(
                    !rest.contains(['<', '>']) && !rest.contains("OWNED"),
                    "{rest}"
                );
            }
            NodeValue::Link(link) => {
                let is_own = link.url.starts_with("https://github.com/octo/shop/");
                assert!(is_own, "{}", link.url);
            }
            NodeValue::Text(text) => {
                let is_free = ["OWNED", "@", "#1", "evil", "\u{1b}", "\u{202e}", "|"];
                let found = is_free.iter().find(|attack| text.contains(**attack));
                assert!(found.is_none(), "{found:?} outside of code: {text}");
            }
            NodeValue::Code(code) => codes += usize::from(code.literal.contains("OWNED")),
            NodeValue::Image(image) => panic!("an image: {}", image.url),
            NodeValue::CodeBlock(block) => panic!("a block of code: {}", block.literal),
            NodeValue::FootnoteDefinition(_) | NodeValue::Math(_) | NodeValue::Alert(_) => {
                panic!("{node:?}")
            }
            _ => {}
        }
    }
    assert!(codes > 0, "the attacks are shown nowhere:\n{markdown}");
}

/// The surfaces of a pull request.
fn assert_surfaces(github: &FakeGithub, number: u64, key: &str) {
    github.assert_valid();
    let comments = github.comments(number);
    let [comment] = comments.as_slice() else {
        panic!("{} comments", comments.len())
    };
    let marker = comment.body.lines().next().unwrap();
    assert!(marker.starts_with(&format!("<!-- spec2prod:{key} run=4242 attempt=1 ")));
    assert!(comment.body.chars().count() <= 60_300);
    assert_only_text(&comment.body, marker);
    let checks = github.check_runs();
    let [check] = checks.as_slice() else {
        panic!("{checks:#?}")
    };
    assert_eq!(check.name, "spec2prod: thing");
    let summary = check.summary.as_deref().unwrap();
    assert!(summary.chars().count() <= 65_535);
    assert_only_text(summary, "");
    let title = check.title.as_deref().unwrap();
    assert!(!title.contains(char::is_control), "{title:?}");
    assert!(check.annotations.len() <= 150);
    for annotation in &check.annotations {
        let path = annotation["path"].as_str().unwrap();
        assert!(
            path.len() <= 1024 && !path.contains(char::is_control),
            "{path:?}"
        );
        let message = annotation["message"].as_str().unwrap();
        assert!(message.len() <= 64 * 1024);
        assert!(
            !message.contains(['\u{1b}', '\u{202e}', '\u{7}']),
            "{message:?}"
        );
    }
}

#[test]
fn what_tools_report_and_print_is_text_on_every_surface() {
    let setting = hostile();
    let ran = setting.run().expect_status(1);
    let report = setting.repository.report("thing");
    let gates = |stage: &str, gate: &str| {
        report["stage_results"][stage]["quality_gates"][gate]["findings"].clone()
    };
    for findings in [
        gates("testing", "test_pass_rate"),
        gates("refactoring", "linting"),
    ] {
        let count = findings.as_array().unwrap().len();
        assert!(count >= ATTACKS.len(), "not all attacks arrived: {count}");
    }
    assert_no_command(&ran);
    assert_surfaces(&setting.github, 7, "thing");
    let summary = setting.step.summary();
    assert!(summary.len() <= 1024 * 1024);
    assert_only_text(&summary, "");

    let outputs = setting.step.outputs().unwrap();
    assert_eq!(outputs["verdict"], "failed");
    assert_eq!(outputs["success"], "false");
    assert_eq!(outputs.len(), 12, "{outputs:#?}");
    for (name, value) in &outputs {
        assert!(!value.contains("OWNED"), "{name}: {value}");
    }
    assert!(!setting.repository.path().join("OWNED").exists());
}

#[test]
fn arguments_are_text_in_the_log() {
    let setting = Setting::new(WRITES_A_PASS);
    for attack in attacks() {
        let attack = attack.as_str();
        let arguments: [&[&str]; 16] = [
            &[attack],
            &["run", "--component", attack],
            &["run", "--component", "thing", attack],
            &["run", "--component", "thing", "--target", attack],
            &["run", "--component", "thing", "--config", attack],
            &["run", "--component", "thing", "--spec", attack],
            &["run", "--component", "thing", "--output", attack, "--x"],
            &["gates", attack, "--component", "thing"],
            &["plan", "--component", attack],
            &["plan", "--base", attack],
            &["summarize", "--component", attack, "--", attack],
            &[
                "spec",
                "check",
                "--target",
                "dev",
                "--component",
                "thing",
                attack,
            ],
            &["config", "check", "--config", attack],
            &["context", "show", attack],
            &["explain", attack],
            &["inspect", attack],
        ];
        for arguments in arguments {
            let ran = setting.repository.run(arguments);
            let said = !ran.stderr.is_empty() || !ran.stdout.is_empty();
            assert!(said, "{arguments:?}");
            for line in ran.stderr.lines().chain(ran.stdout.lines()) {
                let is_command = line.trim_start().starts_with("::") || line.contains("##[");
                assert!(!is_command, "{arguments:?}: {line:?}");
                let steers = ['\u{1b}', '\u{7}', '\u{202e}', '\r'];
                assert!(!line.contains(steers), "{arguments:?}: {line:?}");
            }
        }
    }
}

#[test]
fn what_is_logged_to_the_console_is_text() {
    let repository = Repository::with_shop().without_active_environment();
    let uv = "#!/bin/sh\ncat \"$HOME/printed\" >&2\necho 'connection refused' >&2\nexit 1\n";
    repository.write("bin/uv", uv);
    let runnable = fs::Permissions::from_mode(0o755);
    fs::set_permissions(repository.path().join("bin/uv"), runnable).unwrap();
    repository.write("printed", "::error::OWNED ##[error]OWNED \u{1b}[31mOWNED\n");
    repository.write(
        "workflow_config.yaml",
        "logging: { console: true, level: DEBUG, format: '%(message)s' }\n\
         error_recovery:\n  dependency_check: { max_retries: 1, base_delay: 0.01, max_delay: 0.02 }\n",
    );
    let home = repository.path().to_string_lossy().into_owned();
    let path = format!("{home}/bin:{}", std::env::var("PATH").unwrap());
    let repository = repository.variable("HOME", &home).variable("PATH", &path);
    let ran = repository.run(&["run", "--component", "shop"]);
    let ran = ran.expect_status(3);
    let retried = ran
        .stderr
        .lines()
        .find(|line| line.contains("trying again"));
    assert!(retried.unwrap().contains("OWNED"), "{}", ran.stderr);
    assert_no_command(&ran);
}

#[test]
fn what_a_specification_says_is_text_on_every_surface() {
    let setting = Setting::new(WRITES_A_PASS);
    let lines = ATTACKS
        .iter()
        .map(|attack| attack.replace(['\n', '\r'], " "));
    let metadata: String = lines
        .map(|attack| format!("**Target Stage:** {attack}\n"))
        .collect();
    let text = format!(
        "# Thing\n\n{metadata}\n## Overview\n\n[OWNED what else?]\n\n## Requirements\n\n\
         ### Functional Requirements\n\n- FR-1: <script>OWNED</script> TBD\n- FR-1: @octocat\n"
    );
    setting.repository.write("specs/thing.md", text);
    let ran = setting.run().expect_status(1);
    assert_no_command(&ran);
    assert_surfaces(&setting.github, 7, "thing");
    assert_only_text(&setting.step.summary(), "");
}
