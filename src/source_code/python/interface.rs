//! The public items of a file and whether they have a docstring.
//!
//! Public is what pydocstyle and ruff ask a docstring of with D100 to D104 and D106
//! (<https://docs.astral.sh/ruff/rules/#pydocstyle-d>): modules, classes, functions and methods
//! whose name and the names around it do not begin with `_`. Where a module has an `__all__` that
//! is a plain list of strings, only its top-level names that stand there are public. Left out, as
//! most configurations do: `__init__` and other magic methods (but not `__call__` and `__new__`),
//! overloads, overrides, setters and deleters, and everything inside a function. Tests are no
//! interface, so files that pytest would collect are left out too.

use super::syntax::{Module, Step, line, parts};
use crate::model::PublicItem;
use std::{collections::BTreeSet, path::Path};
use tree_sitter::Node;

/// What is around an item.
enum Around {
    Module,
    Class,
    Function,
}

struct Scope<'a> {
    kind: Around,
    name: &'a str,
    is_public: bool,
}

/// Whether a file holds tests, by pytest's conventions. `inside` is its path relative to the
/// component's folder, empty when the component is this one file.
pub(super) fn is_test(inside: &Path, file: &Path) -> bool {
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    let is_test_folder = |name: &std::ffi::OsStr| name == "tests" || name == "test";
    stem.starts_with("test_")
        || stem.ends_with("_test")
        || stem == "conftest"
        || inside
            .parent()
            .is_some_and(|folders| folders.iter().any(is_test_folder))
}

/// The public items, in the order of their definitions. `root` is the component's folder or file,
/// and `inside` the file's path relative to it.
pub(super) fn public_items(module: &Module<'_>, root: &Path, inside: &Path) -> Vec<PublicItem> {
    let names = module_names(root, inside);
    // The component's own folder is public by being a component.
    let is_public = !names.iter().skip(1).any(|name| is_private_module(name));
    let mut items = Vec::new();
    let mut add = |kind: &str, name: String, line: u32, body: Option<Node<'_>>| {
        items.push(PublicItem {
            kind: kind.to_owned(),
            name,
            file: module.file.to_owned(),
            line,
            is_documented: body.is_some_and(|body| has_docstring(module, body)),
        });
    };
    if is_public {
        add("module", names.join("."), 1, Some(module.root()));
    }
    let exported = exported(module);
    let mut scopes = vec![Scope {
        kind: Around::Module,
        name: "",
        is_public,
    }];
    module.walk(|step| match step {
        Step::Enter(node) => {
            let Some(scope) = scope_of(module, node, &scopes, exported.as_ref()) else {
                return;
            };
            if scope.is_public {
                let around = scopes.iter().skip(1).map(|scope| scope.name);
                let name: Vec<&str> = around.chain([scope.name]).collect();
                let kind = match (&scope.kind, scopes.last().map(|scope| &scope.kind)) {
                    (Around::Class, _) => "class",
                    (_, Some(Around::Class)) => "method",
                    _ => "function",
                };
                add(
                    kind,
                    name.join("."),
                    line(node),
                    node.child_by_field_name("body"),
                );
            }
            scopes.push(scope);
        }
        Step::Leave(node) => {
            if matches!(node.kind(), "class_definition" | "function_definition") {
                scopes.pop();
            }
        }
    });
    items
}

/// The scope that a class or function opens, and whether it is public where it stands.
fn scope_of<'a>(
    module: &Module<'a>,
    node: Node<'_>,
    scopes: &[Scope<'_>],
    exported: Option<&BTreeSet<&str>>,
) -> Option<Scope<'a>> {
    let kind = match node.kind() {
        "class_definition" => Around::Class,
        "function_definition" => Around::Function,
        _ => return None,
    };
    let name = module.field(node, "name");
    let around = scopes.last()?;
    let is_public = around.is_public
        && match (&around.kind, &kind) {
            (Around::Function, _) => false,
            (Around::Module, _) if exported.is_some_and(|names| !names.contains(name)) => false,
            (Around::Class, Around::Function) => {
                is_public_method(name) && !is_exempt(module, node, name)
            }
            (_, Around::Function) => !name.starts_with('_') && !is_exempt(module, node, name),
            _ => !name.starts_with('_'),
        };
    Some(Scope {
        kind,
        name,
        is_public,
    })
}

fn is_public_method(name: &str) -> bool {
    !name.starts_with('_') || matches!(name, "__call__" | "__new__")
}

/// Whether a decorator says that the documentation stands elsewhere.
fn is_exempt(module: &Module<'_>, function: Node<'_>, name: &str) -> bool {
    let Some(parent) = function.parent() else {
        return false;
    };
    if parent.kind() != "decorated_definition" {
        return false;
    }
    parts(parent)
        .into_iter()
        .filter(|part| part.kind() == "decorator")
        .any(|decorator| {
            let expression = parts(decorator).into_iter().next();
            let text = expression.map_or("", |expression| module.text_of(expression));
            let (object, last) = text.rsplit_once('.').unwrap_or(("", text));
            matches!(last, "overload" | "override")
                || (object == name && matches!(last, "setter" | "deleter"))
        })
}

/// `src/calculator/core.py` of the component `src/calculator` is `calculator` and `core`.
fn module_names(root: &Path, inside: &Path) -> Vec<String> {
    let is_file = inside.as_os_str().is_empty();
    let first = if is_file {
        root.file_stem()
    } else {
        root.file_name()
    };
    let inside = inside.with_extension("");
    let mut names: Vec<String> = first
        .into_iter()
        .chain(inside.iter())
        .map(|name| name.to_string_lossy().into_owned())
        .collect();
    if names.len() > 1 && names.last().is_some_and(|name| name == "__init__") {
        names.pop();
    }
    names
}

fn is_private_module(name: &str) -> bool {
    name.starts_with('_') && !(name.starts_with("__") && name.ends_with("__"))
}

/// Whether the first statement of a module, class or function is a docstring with any text.
fn has_docstring(module: &Module<'_>, body: Node<'_>) -> bool {
    let first = parts(body).into_iter().next();
    let Some(statement) = first.filter(|node| node.kind() == "expression_statement") else {
        return false;
    };
    let mut strings = match parts(statement)[..] {
        [string] if string.kind() == "concatenated_string" => parts(string),
        [string] => vec![string],
        _ => return false,
    };
    strings.retain(|string| is_plain_string(module, *string));
    strings
        .iter()
        .any(|string| !content(module, *string).trim().is_empty())
}

fn is_plain_string(module: &Module<'_>, node: Node<'_>) -> bool {
    let opening = node.child(0).map_or("", |start| module.text_of(start));
    node.kind() == "string" && !opening.contains(['b', 'B', 'f', 'F', 't', 'T'])
}

fn content<'a>(module: &Module<'a>, string: Node<'_>) -> &'a str {
    let inner = parts(string)
        .into_iter()
        .find(|part| part.kind() == "string_content");
    inner.map_or("", |inner| module.text_of(inner))
}

/// The names in `__all__`; `None` when there is none, or when it is computed, so that leaving a
/// name out cannot be told from not being able to read it.
fn exported<'a>(module: &Module<'a>) -> Option<BTreeSet<&'a str>> {
    let mut names = None;
    let mut is_literal = true;
    let mut depth = 0_u32;
    module.walk(|step| {
        let (node, is_enter) = match step {
            Step::Enter(node) => (node, true),
            Step::Leave(node) => (node, false),
        };
        if matches!(node.kind(), "class_definition" | "function_definition") {
            depth = if is_enter { depth + 1 } else { depth - 1 };
        }
        if !is_enter || depth > 0 || node.kind() != "expression_statement" {
            return;
        }
        let Some(statement) = parts(node).into_iter().next() else {
            return;
        };
        match all_statement(module, statement) {
            None => {}
            Some(None) => is_literal = false,
            Some(Some(strings)) => names.get_or_insert_with(BTreeSet::new).extend(strings),
        }
    });
    names.filter(|_| is_literal)
}

/// The strings that a statement puts into `__all__`; `Some(None)` when they are computed, `None`
/// when the statement is about something else.
fn all_statement<'a>(module: &Module<'a>, statement: Node<'_>) -> Option<Option<Vec<&'a str>>> {
    match statement.kind() {
        "assignment" | "augmented_assignment" => {
            if module.field(statement, "left") != "__all__" {
                return None;
            }
            let right = statement.child_by_field_name("right");
            Some(right.and_then(|right| plain_strings(module, right)))
        }
        "call" if module.field(statement, "function").starts_with("__all__.") => {
            let arguments = statement.child_by_field_name("arguments").map(parts);
            let strings = match (module.field(statement, "function"), arguments.as_deref()) {
                ("__all__.extend", Some([list])) => plain_strings(module, *list),
                ("__all__.append", Some([string])) if is_plain_string(module, *string) => {
                    Some(vec![content(module, *string)])
                }
                _ => None,
            };
            Some(strings)
        }
        _ => None,
    }
}

fn plain_strings<'a>(module: &Module<'a>, list: Node<'_>) -> Option<Vec<&'a str>> {
    if !matches!(list.kind(), "list" | "tuple" | "expression_list") {
        return None;
    }
    parts(list)
        .into_iter()
        .map(|item| is_plain_string(module, item).then(|| content(module, item)))
        .collect()
}
