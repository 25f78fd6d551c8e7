//! Missing docstrings below are those of `ruff check --select D100,D101,D102,D103,D104,D106`, ruff
//! 0.17.6.

use super::{functions, interface, syntax::Module};
use crate::model::SourceFacts;
use crate::source_code::{SourceError, files};
use proptest::prelude::*;
use std::{collections::BTreeSet, fs, path::Path};
use tempfile::TempDir;

fn workspace(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn facts(workspace: &Path, path: &Path) -> Result<SourceFacts, SourceError> {
    super::facts(workspace, path, &BTreeSet::new())
}

fn facts_of(files: &[(&str, &str)]) -> SourceFacts {
    facts(workspace(files).path(), Path::new("")).unwrap()
}

fn facts_of_one(text: &str) -> SourceFacts {
    let facts = facts_of(&[("a.py", text)]);
    assert_eq!(facts.files, 1);
    facts
}

fn complexities(text: &str) -> Vec<(String, u32)> {
    let facts = facts_of_one(text);
    assert_eq!(facts.parse_errors, [], "{text}");
    let functions = facts.functions.into_iter();
    functions.map(|f| (f.name, f.complexity)).collect()
}

/// `kind name` of the public items that are or are not documented.
fn items(facts: &SourceFacts, is_documented: bool) -> Vec<String> {
    let chosen = facts.public_items.iter();
    chosen
        .filter(|item| item.is_documented == is_documented)
        .map(|item| format!("{} {}", item.kind, item.name))
        .collect()
}

#[test]
fn public_items_are_those_that_ruff_asks_a_docstring_of() {
    let text = r#"
"""Docs."""
from typing import overload, override

class Public:
    """Docs."""
    def __init__(self): pass
    def __len__(self): return 0
    def __call__(self): pass
    def _private(self): pass
    def method(self):
        "Docs."
        def nested(): pass
        class Local:
            def inside(self): pass
    @property
    def value(self): return 1
    @value.setter  # A comment.
    def value(self, value): pass
    @overload  # A comment.
    def several(self): ...
    @override
    def overridden(self): pass
    class Nested:
        def deep(self): pass

class _Private:
    def method(self): pass

if True:
    def conditional(): pass

async def documented():
    # A comment before it.
    r'''Docs.'''

def concatenated():
    "Do" "cs."

def format_string(): f"No docs."
def byte_string(): b"No docs."
def blank(): """ """
def one_line(): "Docs."
def empty(): ...
"#;
    let facts = facts_of_one(text);
    let expected = [
        "method Public.__call__",
        "method Public.value",
        "class Public.Nested",
        "method Public.Nested.deep",
        "function conditional",
        "function format_string",
        "function byte_string",
        "function blank", // Ruff calls this one D419 and not D103.
        "function empty",
    ];
    assert_eq!(items(&facts, false), expected);
    let root = facts.public_items[0].name.clone();
    let expected = [
        &*format!("module {root}"),
        "class Public",
        "method Public.method",
        "function documented",
        "function concatenated",
        "function one_line",
    ];
    assert_eq!(items(&facts, true), expected);
}

#[test]
fn modules_are_named_from_the_component_and_private_ones_are_left_out() {
    let workspace = workspace(&[
        ("src/calculator/__init__.py", "\"\"\"Docs.\"\"\"\n"),
        ("src/calculator/core.py", "def add(): pass\n"),
        ("src/calculator/__main__.py", ""),
        ("src/calculator/_hidden.py", "def public_looking(): pass\n"),
        (
            "src/calculator/_parts/one.py",
            "def public_looking(): pass\n",
        ),
        (
            "src/calculator/tests/helper.py",
            "def public_looking(): pass\n",
        ),
        ("src/calculator/test_core.py", "def test_add(): pass\n"),
        ("src/other.py", "def add(): pass\n"),
    ]);
    let folder = facts(workspace.path(), Path::new("src/calculator")).unwrap();
    assert_eq!(folder.files, 7);
    assert_eq!(items(&folder, true), ["module calculator"]);
    assert_eq!(
        items(&folder, false),
        [
            "module calculator.__main__",
            "module calculator.core",
            "function add"
        ]
    );
    assert_eq!(folder.public_items[3].file, "src/calculator/core.py");
    // Tests are no interface, but they can be complex.
    assert!(folder.functions.iter().any(|f| f.name == "test_add"));

    let file = facts(workspace.path(), Path::new("src/other.py")).unwrap();
    assert_eq!(items(&file, false), ["module other", "function add"]);
    assert_eq!(file.public_items[0].file, "src/other.py");
}

#[test]
fn a_literal_all_decides_what_is_public() {
    let rest = "def a(): pass\ndef b(): pass\nclass C:\n    def a(self): pass\n";
    let table: [(&str, &[&str]); 9] = [
        ("", &["a", "b", "C", "C.a"]),
        ("__all__ = ['a']", &["a"]),
        ("__all__: list[str] = ['C',]", &["C", "C.a"]),
        ("__all__ = ('a', \"b\")", &["a", "b"]),
        ("__all__ = 'a', 'b'", &["a", "b"]),
        ("__all__ = ['a']\n__all__ += ['b']", &["a", "b"]),
        (
            "__all__ = []\n__all__.extend(['a'])\n__all__.append('b')",
            &["a", "b"],
        ),
        ("__all__ = [*other, 'a']", &["a", "b", "C", "C.a"]),
        ("__all__ = ['a'] + other.__all__", &["a", "b", "C", "C.a"]),
    ];
    for (all, expected) in table {
        let facts = facts_of_one(&format!("{all}\n{rest}"));
        let names: Vec<&str> = facts
            .public_items
            .iter()
            .skip(1)
            .map(|item| item.name.as_str())
            .collect();
        assert_eq!(names, expected, "{all}");
    }
}

#[test]
fn new_syntax_is_understood() {
    let text = r#"
type Pair[T = int] = tuple[T, T]
class Box[T: int = bool, *Ts = *tuple[int], **P = [int]](list[T]): pass
def first[T](x: list[T], /, *, y: int = 1) -> T:
    return f"{"a" + f"{"b"}"!r:>{10}} {x=}"
with (open("a") as a, open("b") as b,): pass
try: pass
except A, B: pass
template = t"hello {name}"
match = case = type = 1
print(match, type(case))
"#;
    assert_eq!(complexities(text), [("first".to_owned(), 1)]);
}

#[test]
fn a_file_that_cannot_be_read_is_a_finding_with_its_place() {
    let workspace = workspace(&[
        ("a_fine.py", "def f(): pass\n"),
        ("b_broken.py", "x = 1\ny = 'ä' + )\n"),
        ("c_unclosed.py", "def f(:\n"),
    ]);
    fs::write(workspace.path().join("d_latin1.py"), b"x = '\xe4'\n").unwrap();
    let large = "#".repeat(files::MAX_BYTES as usize + 1);
    fs::write(workspace.path().join("e_large.py"), &large).unwrap();
    fs::write(workspace.path().join("f_just_fits.py"), &large[1..]).unwrap();
    let facts = facts(workspace.path(), Path::new("")).unwrap();
    assert_eq!((facts.files, facts.functions.len()), (6, 1));
    let shown: Vec<String> = facts
        .parse_errors
        .iter()
        .map(|f| format!("{} {}: {}", f.rule, f.location(), f.message))
        .collect();
    insta::assert_snapshot!(shown.join("\n"), @"
    syntax b_broken.py:2:1: syntax error
    syntax c_unclosed.py:1:7: syntax error: expected `)`
    unreadable d_latin1.py: the file is not UTF-8: invalid byte at offset 5
    unreadable e_large.py: the file is larger than 2 MiB, which is the most that is read
    ");
    assert!(facts.parse_errors.iter().all(|f| f.fingerprint.len() == 16));
}

#[test]
fn what_is_no_source_is_left_out() {
    let workspace = workspace(&[
        (".gitignore", "generated/\n"),
        ("kept.py", "\u{feff}def f(): pass\r\n"),
        ("notes.txt", "def f(: pass"),
        ("generated/a.py", "("),
        (".hidden/a.py", "("),
        ("pkg/__pycache__/a.py", "("),
        ("env/pyvenv.cfg", ""),
        ("env/lib/a.py", "("),
    ]);
    let facts = facts(workspace.path(), Path::new("")).unwrap();
    assert_eq!((facts.files, facts.functions.len()), (1, 1));
}

#[test]
fn ignore_files_count_from_the_workspace_down_and_not_above() {
    let around = workspace(&[
        (".gitignore", "*.py\n"),
        ("inside/.gitignore", "/src/generated/\n"),
        ("inside/src/a.py", ""),
        ("inside/src/generated/b.py", "("),
        ("inside/other/c.py", "("),
    ]);
    let inside = around.path().join("inside");
    for path in ["src", "src/", "src/a.py"] {
        assert_eq!(facts(&inside, Path::new(path)).unwrap().files, 1, "{path}");
    }
    let ignored = facts(&inside, Path::new("src/generated")).unwrap();
    assert_eq!(ignored.files, 0);
    // What git tracks all the same is part of every commit.
    let tracked = [
        "src/generated/b.py",
        "src/.b.py",
        "other/c.py",
        "src/gone.py",
    ];
    let tracked = tracked.map(str::to_owned).into();
    let found = super::files(&inside, Path::new("src"), &tracked).unwrap();
    assert_eq!(found, ["src/a.py", "src/generated/b.py"]);
}

#[test]
fn a_path_that_is_missing_or_leads_out_is_an_error() {
    let outside = workspace(&[("secret.py", "def f(): pass\n")]);
    let inside = workspace(&[("a.py", "")]);
    let error = |path: &Path| facts(inside.path(), path).unwrap_err();
    assert!(matches!(error(Path::new("b")), SourceError::Missing { .. }));
    assert!(matches!(
        error(Path::new("..")),
        SourceError::Outside { .. }
    ));
    assert!(matches!(error(outside.path()), SourceError::Outside { .. }));
}

#[cfg(unix)]
#[test]
fn symbolic_links_never_lead_out() {
    let outside = workspace(&[("secret.py", "def f(): pass\n")]);
    let inside = workspace(&[("a.py", "")]);
    let link = |from: &str, to: &Path| {
        std::os::unix::fs::symlink(to, inside.path().join(from)).unwrap();
    };
    link("folder", outside.path());
    link("file.py", &outside.path().join("secret.py"));
    link("loop", inside.path());
    assert_eq!(facts(inside.path(), Path::new("")).unwrap().files, 1);
    let error = facts(inside.path(), Path::new("folder")).unwrap_err();
    assert!(matches!(error, SourceError::Outside { .. }));
}

#[test]
fn nothing_is_nested_too_deep() {
    let deep = 100_000;
    let parentheses = format!("x = {}1{}\n", "(".repeat(deep), ")".repeat(deep));
    assert_eq!(complexities(&parentheses), []);
    let (open, close) = ("(".repeat(deep), ")".repeat(deep));
    let pattern = format!("def f(x):\n  match x:\n    case {open}y{close}: pass\n");
    assert_eq!(complexities(&pattern), [("f".to_owned(), 1)]);
    let branches = format!(
        "def f(x):\n  if x: pass\n{}",
        "  elif x: pass\n".repeat(deep / 10)
    );
    assert_eq!(complexities(&branches), [("f".to_owned(), 10_002)]);
    let unclosed = facts_of_one(&"(".repeat(deep));
    assert_eq!(unclosed.parse_errors.len(), 1);
}

proptest! {
    #[test]
    fn any_text_gives_facts_or_a_finding(
        words in proptest::collection::vec(
            prop_oneof![
                "def f", "class C", r"\(", r"\)", ":", "\n", "    ", "if ", "else", "match ",
                "case ", "'", "\"\"\"", "@", "__all__ = ", r"\[", r"\]", "f'", r"\{", r"\}",
                "try:", "except ", ",", "\\PC{0,3}",
            ],
            0..60,
        )
    ) {
        let text = words.concat();
        match Module::parse(&text, "a.py") {
            Ok(module) => {
                functions::functions(&module);
                interface::public_items(&module, Path::new("a"), Path::new("b.py"));
            }
            Err(finding) => prop_assert!(finding.line >= Some(1) && finding.column >= Some(1)),
        }
    }
}
