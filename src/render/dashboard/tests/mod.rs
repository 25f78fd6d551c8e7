mod deployment;

use super::*;
use crate::model::{PolicyDifference, PolicyOrigin, PolicySide};
use crate::render::samples;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use quick_xml::{Reader, events::Event};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

/// The page read by a strict parser: what of it is markup, and what is text.
#[derive(Default)]
struct Parsed {
    elements: BTreeSet<String>,
    attributes: BTreeSet<String>,
    ids: Vec<String>,
    links: BTreeSet<String>,
    /// Addresses of the web that links lead to.
    addresses: BTreeSet<String>,
    lines: Vec<String>,
}

fn parsed(html: &str) -> Parsed {
    const BLOCKS: [&str; 17] = [
        "h1", "h2", "h3", "h4", "p", "li", "dt", "dd", "tr", "caption", "summary", "section",
        "article", "title", "div", "header", "footer",
    ];
    let mut parsed = Parsed::default();
    let mut reader = Reader::from_str(html);
    let mut is_style = false;
    loop {
        match reader.read_event().unwrap() {
            Event::Start(tag) | Event::Empty(tag) => {
                let name = tag.name().as_ref().to_owned();
                is_style = name == "style";
                if BLOCKS.contains(&name.as_str()) {
                    parsed.lines.push(String::new());
                }
                for attribute in tag.attributes() {
                    let attribute = attribute.unwrap();
                    let key = attribute.key.as_ref().to_owned();
                    let value = attribute.value.to_string();
                    match (key.as_str(), value.strip_prefix('#')) {
                        ("id", _) => parsed.ids.push(value),
                        ("href", Some(anchor)) => drop(parsed.links.insert(anchor.to_owned())),
                        ("href", None) => drop(parsed.addresses.insert(value)),
                        _ => {}
                    }
                    parsed.attributes.insert(key);
                }
                parsed.elements.insert(name);
            }
            Event::End(_) => is_style = false,
            Event::Text(text) if !is_style => {
                add(&mut parsed, &text);
            }
            Event::GeneralRef(reference) => {
                let character = reference.resolve_char_ref().unwrap().unwrap();
                add(&mut parsed, &character.to_string());
            }
            Event::Eof => break,
            _ => {}
        }
    }
    parsed
}

fn add(parsed: &mut Parsed, text: &str) {
    if let Some(line) = parsed.lines.last_mut() {
        line.push_str(text);
    }
}

/// What a person reads, one line a block.
fn text(html: &str) -> String {
    let lines = parsed(html).lines.into_iter();
    let lines = lines.map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    lines
        .filter(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn the_policy_knows_the_style_sheet() {
    let hash = format!("sha256-{}", BASE64_STANDARD.encode(Sha256::digest(STYLE)));
    assert_eq!(
        STYLE_HASH, hash,
        "set STYLE_HASH to this hash of templates/dashboard/style.css"
    );
    assert!(!STYLE.contains('<') && !STYLE.contains('&'));
    assert!(page(&samples::green()).contains(&format!("style-src '{hash}'")));
}

#[test]
fn the_page_needs_no_network_and_no_script() {
    let html = page(&samples::red());
    for outside in [
        "http:", "https:", "//", "<script", "<link", "@import", " src=", " style=",
    ] {
        assert!(!html.contains(outside), "{outside}");
    }
    assert!(html.contains("default-src 'none'"));
}

#[test]
fn text_of_strangers_adds_no_markup() {
    let hostile = parsed(&page(&samples::hostile()));
    let plain = [samples::red(), samples::deployed(), samples::rolled_back()];
    let plain = plain.map(|report| parsed(&page(&report)));
    let all = |of: fn(&Parsed) -> &BTreeSet<String>| -> BTreeSet<String> {
        plain.iter().flat_map(of).cloned().collect()
    };
    assert!(hostile.elements.is_subset(&all(|one| &one.elements)));
    assert!(hostile.attributes.is_subset(&all(|one| &one.attributes)));
    assert_eq!(hostile.addresses, BTreeSet::new());
    assert!(
        hostile
            .lines
            .concat()
            .contains("</style></title><script>alert(1)</script>")
    );
    let steers = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
    assert!(!page(&samples::hostile()).contains(steers));
}

#[test]
fn every_link_leads_somewhere_and_every_id_is_given_once() {
    for report in [
        samples::green(),
        samples::red(),
        samples::hostile(),
        samples::deployed(),
        samples::rolled_back(),
    ] {
        let parsed = parsed(&page(&report));
        let ids: BTreeSet<String> = parsed.ids.iter().cloned().collect();
        assert_eq!(ids.len(), parsed.ids.len());
        let lost: Vec<&String> = parsed.links.difference(&ids).collect();
        assert!(lost.is_empty(), "{lost:?}");
    }
}

#[test]
fn pages_stay_small() {
    for (report, most) in [
        (samples::green(), 50_000),
        (samples::with_findings(10_000), 200_000),
        (samples::hostile(), 500_000),
    ] {
        let length = page(&report).len();
        assert!(length < most, "{length} bytes, at most {most}");
    }
}

#[test]
fn what_blocks_is_said_first() {
    let text = text(&page(&samples::red()));
    let at = |words: &str| {
        text.find(words)
            .unwrap_or_else(|| panic!("no {words:?} in\n{text}"))
    };
    assert!(at("What blocks, and what to do") < at("Stages and gates"));
    assert!(at("61.23 % needs ≥ 70 % workflow_config.yaml:9") < at("Stages and gates"));
    assert!(at("install it with uv pip install") < at("Stages and gates"));
    assert!(at("Reproduce ruff check") < at("Stages and gates"));
}

#[test]
fn an_interrupted_run_as_a_person_reads_it() {
    insta::assert_snapshot!(text(&page(&samples::interrupted())), @r"
    parcel_pricing → dev: errored · spec2prod
    spec2prod
    parcel_pricing → dev
    errored
    interrupted by SIGTERM while pytest ran. The run took 840 ms.
    What blocks, and what to do
    testing errored
    interrupted by SIGTERM while pytest ran interrupted
    Component
    parcel_pricing
    Target
    dev
    Commit
    4f1d2c9be07a86d35a1c0e9f7b62d48c13e5a790
    Branch
    island-zones
    Run
    0199a3f2-6c1e-7d3a-9b57-2f4c8e1a6d90 in CI
    Started
    2025-10-20 09:14:07 UTC
    Wall time
    840 ms
    Exit status
    143
    Configuration
    workflow_config.yaml
    Toolchain
    python
    Context session
    none
    Logs
    .spec2prod/runs/0199a3f2
    Stages and gates
    passed specification 13 ms
    errored testing 824 ms
    skipped refactoring skipped
    specification passed 13 ms
    testing errored 824 ms
    interrupted by SIGTERM while pytest ran interrupted
    refactoring skipped
    the run was interrupted before this stage interrupted
    Timeline
    1 tool worked 812 ms within 840 ms of wall time. attempt without evidence
    Stage or toolChart0500 msStartTime
    passed specification
    specificationfrom 3 ms for 13 ms, passed
    specification: passed, 13 ms 3 ms 13 ms
    errored testing
    testingfrom 16 ms for 824 ms, errored
    testing: errored, 824 ms 16 ms 824 ms
    pytest
    pytestfrom 16 ms for 812 ms
    attempt 1: permanent error, 812 ms 16 ms 812 ms
    Tools
    pytest 8.4.2
    812 ms .spec2prod/runs/0199a3f2/pytest.log
    Command python -m pytest components/parcel_pricing/tests
    Attempt 1: permanent error in 812 ms interrupted by SIGTERM while pytest ran
    Made by spec2prod 0.1.0 from workflow_report_parcel_pricing.json, schema version 1, which has everything that is cut short here.
    ");
}

#[test]
fn production_criteria_as_a_person_reads_them() {
    let text = text(&page(&samples::production_blocked()));
    let (_, criteria) = text
        .split_once("Criteria for production_deployment")
        .unwrap();
    let (criteria, _) = criteria.split_once("\nTimeline").unwrap();
    insta::assert_snapshot!(criteria, @r"
    test_coverage
    passed
    line coverage passed 87.45 % needs ≥ 80 % workflow_config.yaml:10
    staging_uptime_days
    no_data
    days in staging no_data unknown needs ≥ 7 days workflow_config.yaml:143
    nothing is connected that measures staging_uptime_days no_source
    record it with spec2prod probe, or take it out of maturity_workflow.production
    staging_uptime_percentage
    failed
    uptime in staging failed 99.31 % needs ≥ 99.5 % workflow_config.yaml:144
    rollback_tested
    no_data
    rollback tested no_data unknown needs yes workflow_config.yaml:148
    nothing is connected that measures rollback_tested no_source
    record it with spec2prod probe, or take it out of maturity_workflow.production
    ");
}

#[test]
fn attempts_flaky_tests_fixes_and_problems_as_a_person_reads_them() {
    let text = text(&page(&samples::red()));
    let (_, tools) = text.split_once("\nTools\n").unwrap();
    insta::assert_snapshot!(tools, @r"
    pytest 8.4.2
    3.39 s gives tests, coverage .spec2prod/runs/0199a3f2/pytest.log
    Command python -m pytest components/parcel_pricing/tests --cov=components/parcel_pricing --cov-report=json
    Attempt 1: network error in 702 ms, exit status 3 pytest ended with status 3: ConnectionResetError: [Errno 104] Connection reset by peer
    Attempt 2 after a wait of 1.15 s: gave evidence in 1.54 s, exit status 1
    pyright
    2 ms .spec2prod/runs/0199a3f2/pyright.log
    Command pyright --outputjson components/parcel_pricing
    Attempt 1: permanent error in 2 ms pyright was not found in .venv/bin or on PATH
    ruff 0.14.0
    61 ms gives lint .spec2prod/runs/0199a3f2/ruff.log
    Command ruff check --output-format=json components/parcel_pricing
    detect-secrets 1.5.0
    1.20 s gives secrets .spec2prod/runs/0199a3f2/detect-secrets.log
    Command detect-secrets scan --baseline .secrets.baseline
    source facts
    38 ms gives source
    Runs inside spec2prod.
    Flaky tests
    They failed first and passed when run again.
    tests/test_rates.py::test_rates_are_cached
    Auto-fix
    Nothing was changed. The patch mends these files.
    Apply git apply .spec2prod/runs/0199a3f2/auto-fix.patch
    components/parcel_pricing/src/zones.py ruff
    components/parcel_pricing/src/rates.py ruff
    Publishing problems
    They came after the verdict and did not change it.
    metrics cannot append to .metrics/2025-10-20.jsonl: permission denied
    Made by spec2prod 0.1.0 from workflow_report_parcel_pricing.json, schema version 1, which has everything that is cut short here.
    ");
}

#[test]
fn rules_of_another_commit_are_named() {
    let mut report = samples::green();
    report.policy = Some(PolicyOrigin {
        from: "4f1d2c9be07a86d35a1c0e9f7b62d48c13e5a790".to_owned(),
        is_introduced: false,
        differences: vec![PolicyDifference {
            pointer: "/stages/<script>".to_owned(),
            base: None,
            head: None,
            obeyed: PolicySide::Base,
        }],
    });
    let html = page(&report);
    let said =
        "those of commit 4f1d2c9be07a; one is set differently here and not obeyed: stages.<script>";
    assert!(text(&html).contains(said), "{}", text(&html));
    assert!(!html.contains("<script"));
}
