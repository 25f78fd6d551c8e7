//! A parsed Python file, and a walk over its statements that needs no stack of its own.

use crate::model::{Finding, Severity};
use tree_sitter::{Node, Parser, Tree};

/// A Python file.
pub(super) struct Module<'a> {
    /// Its text.
    pub(super) text: &'a str,
    /// Its name, relative to the workspace.
    pub(super) file: &'a str,
    tree: Tree,
}

/// What the walk meets.
pub(super) enum Step<'t> {
    /// A statement or a part of one begins.
    Enter(Node<'t>),
    /// It ends.
    Leave(Node<'t>),
}

impl<'a> Module<'a> {
    /// Parses a file. The error is the first place where it is not Python.
    pub(super) fn parse(text: &'a str, file: &'a str) -> Result<Self, Finding> {
        let problem = |message: &str, line: u32, column: u32| {
            Finding::new("syntax", Severity::Error, message).at(file, line, column)
        };
        let Some(tree) = parse(text) else {
            return Err(problem("the file cannot be parsed", 1, 1));
        };
        let module = Self { text, file, tree };
        match first_error(module.tree.root_node()) {
            None => Ok(module),
            Some(node) => {
                let (line, column) = module.place(node);
                let message = if node.is_missing() {
                    format!("syntax error: expected `{}`", node.kind())
                } else {
                    "syntax error".to_owned()
                };
                Err(problem(&message, line, column))
            }
        }
    }

    /// The text of a node.
    pub(super) fn text_of(&self, node: Node<'_>) -> &'a str {
        self.text.get(node.byte_range()).unwrap_or_default()
    }

    /// The text of a field of a node; empty when it has none.
    pub(super) fn field(&self, node: Node<'_>, field: &str) -> &'a str {
        node.child_by_field_name(field)
            .map_or("", |child| self.text_of(child))
    }

    /// The whole file.
    pub(super) fn root(&self) -> Node<'_> {
        self.tree.root_node()
    }

    /// Walks over all statements in order, and never into expressions. A loop instead of
    /// recursion, so that no file can be nested too deep for the stack.
    pub(super) fn walk<'t>(&'t self, mut visit: impl FnMut(Step<'t>)) {
        let mut cursor = self.tree.walk();
        loop {
            let node = cursor.node();
            visit(Step::Enter(node));
            if holds_statements(node) && cursor.goto_first_child() {
                continue;
            }
            visit(Step::Leave(node));
            while !cursor.goto_next_sibling() {
                if !cursor.goto_parent() {
                    return;
                }
                visit(Step::Leave(cursor.node()));
            }
        }
    }

    /// Line and column of a node, both counted from 1, the column in characters.
    fn place(&self, node: Node<'_>) -> (u32, u32) {
        let start = node.start_position();
        let before = self
            .text
            .get(node.start_byte() - start.column..node.start_byte());
        let column = before.map_or(0, |before| before.chars().count());
        (counted(start.row), counted(column))
    }
}

/// The line of a node, counted from 1.
pub(super) fn line(node: Node<'_>) -> u32 {
    counted(node.start_position().row)
}

/// The children of a node that are not comments.
pub(super) fn parts(node: Node<'_>) -> Vec<Node<'_>> {
    node.named_children(&mut node.walk())
        .filter(|child| child.kind() != "comment")
        .collect()
}

fn counted(from_zero: usize) -> u32 {
    u32::try_from(from_zero + 1).unwrap_or(u32::MAX)
}

/// Takes time and memory in proportion to the text, also for text that is far from Python.
fn parse(text: &str) -> Option<Tree> {
    let mut parser = Parser::new();
    parser
        .set_language(&tree_sitter_python::LANGUAGE.into())
        .ok()?;
    parser.parse(text, None)
}

fn first_error(root: Node<'_>) -> Option<Node<'_>> {
    let mut left = vec![root];
    while let Some(node) = left.pop() {
        if node.is_error() || node.is_missing() {
            return Some(node);
        }
        // The grammar does not know the defaults of type parameters (PEP 696). Whatever stands
        // between those brackets, it is no statement.
        if node.kind() == "type_parameter" {
            continue;
        }
        let first = left.len();
        left.extend(
            node.children(&mut node.walk())
                .filter(|child| child.has_error() || child.is_missing()),
        );
        left[first..].reverse();
    }
    None
}

fn holds_statements(node: Node<'_>) -> bool {
    matches!(
        node.kind(),
        "module"
            | "block"
            | "decorated_definition"
            | "function_definition"
            | "class_definition"
            | "if_statement"
            | "elif_clause"
            | "else_clause"
            | "for_statement"
            | "while_statement"
            | "try_statement"
            | "except_clause"
            | "finally_clause"
            | "with_statement"
            | "match_statement"
            | "case_clause"
    )
}
