//! Every function of a file with its cyclomatic complexity.
//!
//! The count is that of ruff's `C901` and of `mccabe`, which both count decisions of statements:
//! 1 for the function, and 1 for each `if`, `elif`, `for`, `while`, `except`, `case`, and `else` of
//! a `try`. A last `case` that always matches counts like an `else`: not. A nested function adds
//! its own complexity. Conditional expressions, `and`, `or` and comprehensions do not count.
//! <https://docs.astral.sh/ruff/rules/complex-structure/>

use super::syntax::{Module, Step, line, parts};
use crate::model::FunctionFact;
use tree_sitter::Node;

/// Every function and method, in the order of their definitions.
pub(super) fn functions(module: &Module<'_>) -> Vec<FunctionFact> {
    let mut facts: Vec<FunctionFact> = Vec::new();
    // Names of the classes and functions around, and the places in `facts` of the functions.
    let mut names: Vec<&str> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    module.walk(|step| match step {
        Step::Enter(node) => {
            if is_definition(node) {
                names.push(module.field(node, "name"));
            }
            if node.kind() == "function_definition" {
                open.push(facts.len());
                facts.push(FunctionFact {
                    name: names.join("."),
                    file: module.file.to_owned(),
                    line: line(node),
                    complexity: 1,
                });
            } else if let Some(innermost) = open.last() {
                facts[*innermost].complexity += decisions(node);
            }
        }
        Step::Leave(node) => {
            if is_definition(node) {
                names.pop();
            }
            if node.kind() == "function_definition"
                && let Some(left) = open.pop()
                && let Some(around) = open.last()
            {
                facts[*around].complexity += facts[left].complexity;
            }
        }
    });
    facts
}

fn is_definition(node: Node<'_>) -> bool {
    matches!(node.kind(), "function_definition" | "class_definition")
}

/// How many decisions the node itself adds, without those inside it.
fn decisions(node: Node<'_>) -> u32 {
    let is_decision = match node.kind() {
        "if_statement" | "elif_clause" | "for_statement" | "while_statement" | "except_clause" => {
            true
        }
        "else_clause" => node
            .parent()
            .is_some_and(|parent| parent.kind() == "try_statement"),
        "case_clause" => !is_final_else(node),
        _ => false,
    };
    u32::from(is_decision)
}

/// Whether a `case` is the last one and always matches.
fn is_final_else(case: Node<'_>) -> bool {
    case.next_named_sibling().is_none()
        && case.child_by_field_name("guard").is_none()
        && !has_token(case, ",")
        && parts(case)
            .first()
            .is_some_and(|pattern| always_matches(*pattern))
}

/// Whether a pattern is `_` or a name, or an alternative of an `|` is.
fn always_matches(pattern: Node<'_>) -> bool {
    // A loop instead of recursion: patterns can be nested as deep as a file is long.
    let mut left = vec![pattern];
    while let Some(pattern) = left.pop() {
        let inner = parts(pattern);
        match pattern.kind() {
            "dotted_name" if inner.len() == 1 => return true,
            "case_pattern" | "union_pattern" if has_token(pattern, "_") => return true,
            "case_pattern" | "union_pattern" => left.extend(inner),
            "as_pattern" => left.extend(inner.first()),
            // Parentheses alone group; with a comma they match a sequence.
            "tuple_pattern" if !has_token(pattern, ",") => left.extend(inner),
            _ => {}
        }
    }
    false
}

fn has_token(node: Node<'_>, token: &str) -> bool {
    node.children(&mut node.walk())
        .any(|child| child.kind() == token)
}

#[cfg(test)]
mod tests {
    //! The complexities are those of `ruff check --select C901` with `max-complexity=0`, ruff 0.17.6.

    use super::*;

    /// The complexity of a function with this body.
    fn complexity(body: &str) -> u32 {
        let body = body.replace('\n', "\n    ");
        let text = format!("def f(x):\n    {body}\n");
        functions(&Module::parse(&text, "a.py").unwrap())[0].complexity
    }

    #[test]
    fn decisions_are_counted_as_ruff_counts_them() {
        let table = [
            ("pass", 1),
            ("if x: pass", 2),
            ("if x: pass\nelse: pass", 2),
            ("if x: pass\nelif x > 1: pass\nelse: pass", 3),
            ("for i in x: pass\nelse: pass", 2),
            ("while x: pass\nelse: pass", 2),
            ("async for i in x: pass", 2),
            ("with x: pass", 1),
            ("with x:\n    if x: pass", 2),
            ("try: pass\nfinally: pass", 1),
            ("try: pass\nexcept E: pass", 2),
            ("try: pass\nexcept* E: pass", 2),
            (
                "try: pass\nexcept E: pass\nexcept F: pass\nelse: pass\nfinally: pass",
                4,
            ),
            ("return x and x or x", 1),
            ("return 1 if x else 2", 1),
            ("return [i for i in x if i]", 1),
            ("return lambda: x if x else 1", 1),
            ("assert x", 1),
            ("match x:\n    case 1: pass\n    case 2: pass", 3),
            ("match x:\n    case 1: pass\n    case _: pass", 2),
            ("match x:\n    case 1: pass\n    case y: pass", 2),
            ("match x:\n    case 1: pass\n    case (y): pass", 2),
            ("match x:\n    case 1: pass\n    case 2 | _: pass", 2),
            ("match x:\n    case 1: pass\n    case y if y > 1: pass", 3),
            ("match x:\n    case 1: pass\n    case y,: pass", 3),
            ("match x:\n    case 1: pass\n    case (y,): pass", 3),
            ("match x:\n    case 1: pass\n    case [y]: pass", 3),
            ("match x:\n    case 1: pass\n    case m.y: pass", 3),
            ("match x:\n    case 1: pass\n    case 2 as y: pass", 3),
            ("def g():\n    if x: pass", 3),
            ("class C:\n    def g(self):\n        if x: pass", 3),
        ];
        for (body, expected) in table {
            assert_eq!(complexity(body), expected, "{body}");
        }
    }

    #[test]
    fn functions_have_qualified_names_and_lines() {
        let text = "\
class Calculator:
    @staticmethod
    def add(a, b):
        def inner():
            if a: pass
        return inner

    class Error(Exception):
        def __str__(self): return ''

async def main():
    pass
";
        let module = Module::parse(text, "a.py").unwrap();
        let shown: Vec<String> = functions(&module)
            .iter()
            .map(|f| format!("{}:{} {} {}", f.file, f.line, f.name, f.complexity))
            .collect();
        insta::assert_snapshot!(shown.join("\n"), @"
        a.py:3 Calculator.add 3
        a.py:4 Calculator.add.inner 2
        a.py:9 Calculator.Error.__str__ 1
        a.py:11 main 1
        ");
    }
}
