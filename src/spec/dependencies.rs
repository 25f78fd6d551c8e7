//! Dependencies: flat lists, lists by kind, tables.

use super::{
    document::{Block, Item},
    outline::Part,
    pattern::{Pattern, pattern},
    prose::{Mark, Prose},
    topic::{self, Topic},
};
use crate::model::{Dependency, DependencyKind, Target};
use std::ops::Range;

/// Words that say that there is no dependency.
static NONE: Pattern = Pattern::new(|| {
    pattern(
        r"(?i)^(?:none|nothing|n/a|not applicable|-+|—)(?:[^0-9A-Za-z_-]|$)|^(?:there are )?no\s.*\b(?:dependenc|require|need|component|package|librar|service)",
    )
});

/// A version without parentheses: `3.12+`, `>= 2.0, < 3`, `v20`, `^1.2`.
static VERSION: Pattern = Pattern::new(|| {
    pattern(
        r"^\s*((?:[~^<>=!]=?=?\s*|v)?[0-9][0-9A-Za-z_.*+-]*(?:\s*,\s*[~^<>=!]=?\s*[0-9][0-9A-Za-z_.*+-]*)*)",
    )
});

/// What a heading or label says about the dependencies below it.
#[derive(Debug, Clone, Copy, Default)]
struct Scope {
    kind: Option<DependencyKind>,
    is_optional: bool,
}

impl Scope {
    fn of(title: &str) -> Self {
        let words = topic::words(title);
        let has = |known: &[&str]| words.iter().any(|word| known.contains(&word.as_str()));
        let kind = if has(&["component", "components", "internal", "upstream"]) {
            Some(DependencyKind::Component)
        } else if has(EXTERNAL) {
            Some(DependencyKind::External)
        } else {
            None
        };
        Self {
            kind,
            is_optional: has(&["optional"]),
        }
    }

    fn is_empty(self) -> bool {
        self.kind.is_none() && !self.is_optional
    }
}

const EXTERNAL: &[&str] = &[
    "external",
    "infrastructure",
    "libraries",
    "library",
    "package",
    "packages",
    "runtime",
    "service",
    "services",
    "system",
];

/// Reads the dependencies.
pub(super) fn read(parts: &[Part]) -> Vec<Dependency> {
    let mut dependencies = Vec::new();
    for part in parts.iter().filter(|part| part.requirement.is_none()) {
        for chunk in part.chunks() {
            if chunk.topic != Some(Topic::Dependencies) {
                continue;
            }
            let scope = Scope::of(&chunk.title);
            match chunk.block {
                Block::List { items, .. } => {
                    for item in items {
                        of_item(item, scope, &mut dependencies);
                    }
                }
                Block::Table(rows) => of_table(rows, scope, &mut dependencies),
                _ => {}
            }
        }
    }
    dependencies
}

fn of_item(item: &Item, scope: Scope, dependencies: &mut Vec<Dependency>) {
    let Some((prose, rest)) = item.split() else {
        return;
    };
    // An item such as `**External:** requests, rich`, or one that only heads the list inside it,
    // names a kind and not a dependency.
    if let Some(field) = prose.fields().first() {
        let own = Scope::of(&field.key);
        if !own.is_empty() && topic::words(&field.key).len() <= 3 {
            let mut start = field.value.start;
            for name in prose.text()[field.value.clone()].split(',') {
                let range = start..start + name.len();
                dependencies.extend(dependency(prose, range, own));
                start += name.len() + 1;
            }
            return nested(rest, own, dependencies);
        }
    }
    let text = prose.line();
    let own = Scope::of(&text);
    if text.ends_with(':') && !own.is_empty() {
        return nested(rest, own, dependencies);
    }
    let Some(mut dependency) = dependency(prose, 0..prose.text().len(), scope) else {
        return;
    };
    if dependency.purpose.is_none() {
        dependency.purpose = first_text(rest);
    }
    dependencies.push(dependency);
}

fn nested(blocks: &[Block], scope: Scope, dependencies: &mut Vec<Dependency>) {
    for block in blocks {
        if let Block::List { items, .. } = block {
            for item in items {
                of_item(item, scope, dependencies);
            }
        }
    }
}

fn first_text(blocks: &[Block]) -> Option<String> {
    blocks.iter().find_map(|block| match block {
        Block::Paragraph(prose) => Some(prose.line()),
        Block::List { items, .. } => items.first()?.split().map(|(prose, _)| prose.line()),
        _ => None,
    })
}

/// Reads `name constraint (constraint or purpose) - purpose`.
fn dependency(prose: &Prose, range: Range<usize>, scope: Scope) -> Option<Dependency> {
    let start = prose.skip_space(range.start).min(range.end);
    let text = &prose.text()[start..range.end];
    if text.trim().is_empty() || NONE.is_match(text) {
        return None;
    }
    let name_end = name_end(prose, start, text);
    let name = text[..name_end]
        .trim()
        .trim_end_matches([':', ','])
        .trim_end();
    let mut rest = text[name_end..].trim_start();
    let mut constraint = None;
    let mut purpose = None;
    if let Some(version) = VERSION.captures(rest) {
        constraint = Some(version[1].trim().to_owned());
        rest = rest[version[0].len()..].trim_start();
    }
    if let Some((inside, after)) = rest.strip_prefix('(').and_then(|rest| rest.split_once(')')) {
        rest = after.trim_start();
        let inside = flat(inside);
        if is_constraint(&inside) && constraint.is_none() {
            constraint = Some(inside);
        } else {
            purpose = Some(inside.strip_prefix("for ").unwrap_or(&inside).to_owned());
        }
    }
    let after = flat(rest.trim_start_matches([':', '-', '–', '—', ',', ' ']));
    if !after.is_empty() {
        purpose = Some(match purpose {
            Some(purpose) => format!("{purpose}; {after}"),
            None => after.strip_prefix("for ").unwrap_or(&after).to_owned(),
        });
    }
    let is_staged = constraint.as_deref().is_some_and(names_stage);
    let kind = scope.kind.unwrap_or(if is_staged {
        DependencyKind::Component
    } else {
        DependencyKind::External
    });
    let is_named = !name.is_empty();
    is_named.then(|| Dependency {
        name: flat(name),
        kind,
        is_optional: scope.is_optional,
        constraint,
        purpose,
        at: prose.at(start),
    })
}

/// The name ends with its bold or code marks or link, or else before a version or punctuation.
fn name_end(prose: &Prose, start: usize, text: &str) -> usize {
    let bold = prose.bold_end(start).saturating_sub(start).min(text.len());
    if bold > 0 {
        return bold;
    }
    let mark = prose.mark_at(start);
    if matches!(mark, Mark::Code | Mark::Link) {
        let mut inside = text.char_indices();
        let end = inside.find(|(index, _)| prose.mark_at(start + index) != mark);
        return end.map_or(text.len(), |(index, _)| index);
    }
    let ends = text.char_indices().find(|&(index, c)| match c {
        '(' | ':' | '–' | '—' | '<' | '>' | '=' | '~' | '^' | ',' | '\n' => true,
        '-' => text[..index].ends_with(' '),
        'v' | '0'..='9' => text[..index].ends_with(' ') && VERSION.is_match(&text[index..]),
        _ => false,
    });
    ends.map_or(text.len(), |(index, _)| index)
}

/// Whether words in parentheses are a version or stage, and not a purpose.
fn is_constraint(text: &str) -> bool {
    names_stage(text)
        || text.starts_with(|c: char| c.is_ascii_digit() || "<>=~^".contains(c))
        || VERSION.is_match(text)
        || text.to_lowercase().starts_with("version")
        || (text.starts_with('[') && text.ends_with(']'))
}

fn names_stage(text: &str) -> bool {
    text.parse::<Target>().is_ok() || topic::level_of(text).is_some()
}

fn of_table(rows: &[Vec<Prose>], scope: Scope, dependencies: &mut Vec<Dependency>) {
    let Some((names, rows)) = rows.split_first() else {
        return;
    };
    let column = |known: &[&str]| {
        names.iter().position(|name| {
            let words = topic::words(name.text());
            words.iter().any(|word| known.contains(&word.as_str()))
        })
    };
    let constraint = column(&["version", "versions", "constraint", "stage", "maturity"]);
    let purpose = column(&["purpose", "description", "reason", "use", "why"]);
    for row in rows {
        let Some(first) = row.first() else {
            continue;
        };
        let cell = |column: Option<usize>| {
            let text = row.get(column?)?.line();
            (!text.is_empty() && text != "-").then_some(text)
        };
        if let Some(mut dependency) = dependency(first, 0..first.text().len(), scope) {
            dependency.constraint = cell(constraint).or(dependency.constraint);
            dependency.purpose = cell(purpose).or(dependency.purpose);
            if scope.kind.is_none() && dependency.constraint.as_deref().is_some_and(names_stage) {
                dependency.kind = DependencyKind::Component;
            }
            dependencies.push(dependency);
        }
    }
}

fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
