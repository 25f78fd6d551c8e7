//! Requirements in several forms below one heading: none is lost, and none is made of a reference.

use super::policy;
use crate::{
    model::Target,
    spec::{check, parse},
};

fn requirements(body: &str) -> String {
    let spec = parse(&format!("# T\n\n## Requirements\n\n{body}"), "a.md");
    let shown = spec.requirements.iter().map(|one| {
        let criteria = one.criteria.iter().map(|one| format!(" [{}]", one.text));
        let criteria: String = criteria.collect();
        format!("{} {} {:?}{criteria}", one.id, one.title, one.details)
    });
    shown.collect::<Vec<_>>().join("\n")
}

#[test]
fn the_block_of_the_documentation_is_read_as_it_stands() {
    let page = include_str!("../../../docs/specification.md");
    let (_, block) = page.split_once("also mixed:\n\n```markdown\n").unwrap();
    let (block, _) = block.split_once("\n```").unwrap();
    insta::assert_snapshot!(requirements(block), @r#"
    FR-1 Login ["Ask for name and password"]
    FR-2 Lock the account after five failures []
    FR-003 System MUST answer within a second []
    FR4 Sessions ["A session ends after an hour."] [A session of 61 minutes is refused]
    NFR-1 Passwords are never logged []
    "#);
}

#[test]
fn ids_below_a_heading_with_an_id_make_requirements() {
    insta::assert_snapshot!(requirements(
        "#### FR1: Add\n\nText\n**FR-2**: Second\nsee\nFR-1 for more\n\nFR-3: Third\n\n- FR-4 Fourth\n  - of four\n- of third\n\n##### FR-5: Fifth\n\n###### REQ-6: Sixth\n"
    ), @r#"
    FR1 Add ["Text"]
    FR-2 Second see FR-1 for more []
    FR-3 Third ["of third"]
    FR-4 Fourth ["of four"]
    FR-5 Fifth []
    REQ-6 Sixth []
    "#);
    insta::assert_snapshot!(requirements(
        "- **FR-1: Add** - Adds.\n  - **FR-2**: nested\n  - adds two\n"
    ), @r#"
    FR-1 Add ["Adds.", "adds two"]
    FR-2 nested []
    "#);
    insta::assert_snapshot!(requirements(
        "#### FR1: Add\n**Acceptance Criteria:**\n- [ ] FR-1 adds\n- FR-1 adds more\n- **FR-2**: Second\n"
    ), @r#"
    FR1 Add [] [FR-1 adds] [FR-1 adds more]
    FR-2 Second []
    "#);
}

#[test]
fn names_of_other_requirements_are_references() {
    insta::assert_snapshot!(requirements(
        "#### FR1: Add\n\nSee FR-2 and\nFR-3, which\nFR-4 needs.\n\n- FR-5\n\n**Depends on:**\n- FR-2: Login\n\n##### Related requirements\n\n| ID | Title |\n|---|---|\n| FR-2 | Login |\n"
    ), @r#"FR1 Add ["See FR-2 and FR-3, which FR-4 needs.", "FR-5", "FR-2: Login"]"#);
}

#[test]
fn the_same_id_behind_a_heading_is_found() {
    let text =
        "# T\n\n## Requirements\n\n#### FR1: Add\n\n- **FR-001**: Adds\n  - **fr_1**: again\n";
    let found = check(&parse(text, "a.md"), Target::Dev, &policy("a"));
    let duplicates = found.iter().filter(|one| one.rule == "spec/duplicate-id");
    assert_eq!(
        duplicates.map(|one| one.line).collect::<Vec<_>>(),
        [Some(7), Some(8)]
    );
}
