use super::{check::FOLDERS, instructions};
use crate::model::InstructionFacts;
use std::fs;

const BODY: &str = "# Python\n\n## Style\n\nUse type hints on every public function, keep functions short and simple, and write tests first.\n";

fn shown(facts: &InstructionFacts) -> String {
    let lines: Vec<String> = facts
        .findings
        .iter()
        .map(|f| format!("{} {} {}: {}", f.severity, f.rule, f.location(), f.message))
        .collect();
    lines.join("\n")
}

fn checked(text: &str) -> String {
    let workspace = tempfile::tempdir().unwrap();
    let folder = workspace.path().join(".github/instructions/deep");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("a.instructions.md"), text).unwrap();
    fs::write(folder.join("b.md"), "not an instruction file").unwrap();
    let facts = instructions(workspace.path());
    assert_eq!(facts.files, 1);
    shown(&facts).replace(".github/instructions/deep/", "")
}

fn with_front_matter(front_matter: &str) -> String {
    checked(&format!("---\n{front_matter}---\n{BODY}"))
}

#[test]
fn valid_files_have_no_findings() {
    let valid = [
        "applyTo: \"**/*.py\"\ndescription: Python\n",
        "description: 'Python'\napplyTo:\n  - src/**/*.py\n  - 'tests/**/*.{py,pyi}'\n",
        "applyTo: \"**/*.{ts,tsx}, **/*.js\"\ndescription: Two patterns\nexcludeAgent: x\n",
    ];
    for front_matter in valid {
        assert_eq!(with_front_matter(front_matter), "", "{front_matter}");
    }
    let windows = format!("\u{feff}---\r\napplyTo: '*'\r\ndescription: x\r\n---\r\n{BODY}");
    assert_eq!(checked(&windows), "");
}

#[test]
fn what_is_wrong_has_its_place() {
    let table = [
        "description: Python\n",
        "applyTo: '*'\n",
        "applyTo: '*'\ndescription: ' '\n",
        "applyTo: 3\ndescription: [x]\n",
        "applyTo: []\ndescription:\n",
        "applyTo:\n  - '*'\n  - 7\n  - '[a'\ndescription: x\n",
        "applyTo: 'a{b,c'\ndescription: x\n",
        "applyTo: 'a,,b'\ndescription: x\n",
        "- applyTo\n",
        "applyTo: '*'\napplyTo: '*'\n",
        "applyTo: *py\ndescription: x\n",
        "applyTo: [\n",
        "",
    ];
    let all: Vec<String> = table
        .iter()
        .map(|front_matter| format!("{front_matter:?}\n{}", with_front_matter(front_matter)))
        .collect();
    insta::assert_snapshot!(all.join("\n"), @r#"
    "description: Python\n"
    error apply_to a.instructions.md:1:1: `applyTo` is missing
    "applyTo: '*'\n"
    error description a.instructions.md:1:1: `description` is missing
    "applyTo: '*'\ndescription: ' '\n"
    error description a.instructions.md:3:14: `description` is blank
    "applyTo: 3\ndescription: [x]\n"
    error apply_to a.instructions.md:2:10: expected `applyTo` to be a pattern or a list of patterns, found a number
    error description a.instructions.md:3:14: expected `description` to be text, found a list
    "applyTo: []\ndescription:\n"
    error apply_to a.instructions.md:2:10: expected `applyTo` to be a pattern or a list of patterns, found an empty list
    error description a.instructions.md:3:12: expected `description` to be text, found nothing
    "applyTo:\n  - '*'\n  - 7\n  - '[a'\ndescription: x\n"
    error apply_to a.instructions.md:4:5: expected a pattern in `applyTo`, found a number
    error apply_to a.instructions.md:5:5: `applyTo` is not valid: error parsing glob '[a': unclosed character class; missing ']'
    "applyTo: 'a{b,c'\ndescription: x\n"
    error apply_to a.instructions.md:2:10: `applyTo` is not valid: error parsing glob 'a{b,c': unclosed alternate group; missing '}' (maybe escape '{' with '[{]'?)
    "applyTo: 'a,,b'\ndescription: x\n"
    error apply_to a.instructions.md:2:10: `applyTo` is not valid: a pattern is blank
    "- applyTo\n"
    error front_matter a.instructions.md:2:1: the front matter is not a mapping; expected `applyTo` and `description`
    "applyTo: '*'\napplyTo: '*'\n"
    error front_matter a.instructions.md:3:1: the front matter is not valid YAML: the key `applyTo` is already there in this mapping; remove one of the two
    "applyTo: *py\ndescription: x\n"
    error front_matter a.instructions.md:2:10: the front matter is not valid YAML: an alias (`*name`) refers to an anchor (`&name`) that is not defined before it
    "applyTo: [\n"
    error front_matter a.instructions.md:2:10: the front matter is not valid YAML: unclosed bracket '['
    ""
    error front_matter a.instructions.md:2:1: the front matter is not a mapping; expected `applyTo` and `description`
    "#);
}

#[test]
fn a_file_without_front_matter_is_an_error() {
    for text in ["", "# Title\n", "---\napplyTo: '*'\n", " ---\n---\n"] {
        insta::allow_duplicates! {
            insta::assert_snapshot!(checked(text), @"error front_matter a.instructions.md:1:1: the file has no front matter; begin it with a line `---`, `applyTo` and `description`, and a line `---`");
        }
    }
}

#[test]
fn a_thin_text_is_a_warning() {
    let text = "---\napplyTo: '*'\ndescription: x\n---\n\n```sh\n## no heading\n```\n";
    insta::assert_snapshot!(checked(text), @"
    warning heading a.instructions.md:5:1: the text has no `##` heading
    warning short a.instructions.md:5:1: the text has 23 characters, expected at least 100
    ");
}

#[test]
fn no_folder_means_no_file() {
    let workspace = tempfile::tempdir().unwrap();
    assert_eq!(instructions(workspace.path()), InstructionFacts::default());
}

#[test]
fn both_folders_are_read_and_unreadable_files_are_errors() {
    let workspace = tempfile::tempdir().unwrap();
    for folder in FOLDERS {
        let folder = workspace.path().join(folder);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("a.instructions.md"), b"---\n\xff\n---\n").unwrap();
    }
    let facts = instructions(workspace.path());
    assert_eq!(facts.files, 2);
    insta::assert_snapshot!(shown(&facts), @"
    error unreadable .augment/instructions/a.instructions.md: the file is not UTF-8: invalid byte at offset 4
    error unreadable .github/instructions/a.instructions.md: the file is not UTF-8: invalid byte at offset 4
    ");
}

#[cfg(unix)]
#[test]
fn a_folder_outside_the_workspace_is_an_error() {
    let outside = tempfile::tempdir().unwrap();
    let workspace = tempfile::tempdir().unwrap();
    fs::create_dir(workspace.path().join(".github")).unwrap();
    let link = workspace.path().join(".github/instructions");
    std::os::unix::fs::symlink(outside.path(), link).unwrap();
    let facts = instructions(workspace.path());
    assert_eq!((facts.files, facts.findings.len()), (0, 1));
}

#[test]
fn hostile_patterns_are_refused_and_not_compiled() {
    let braces = "{".repeat(100_000);
    let found = with_front_matter(&format!("applyTo: '{braces}'\ndescription: x\n"));
    assert!(found.contains("longer than 1000 characters"), "{found}");
    let nested = format!("{}{}", "{".repeat(500), "}".repeat(500));
    let found = with_front_matter(&format!("applyTo: '{nested}'\ndescription: x\n"));
    assert!(found.lines().count() <= 1, "{found}");
}
