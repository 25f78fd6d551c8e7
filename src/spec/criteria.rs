//! Acceptance criteria: lists, task lists, ticks, tables and scenarios.

use super::{
    document::{Block, Code, Item},
    outline::Part,
    pattern::{Pattern, pattern},
    prose::Prose,
    topic::{Topic, level_of},
};
use crate::model::{AcceptanceCriterion, Position, Target};
use std::ops::Range;

/// `SC-001:`, `AC-2`, at the beginning.
static ID: Pattern = Pattern::new(|| {
    pattern(r"^\[?((?:SC|AC|US|TC)-?[0-9]{1,6}(?:\.[0-9]{1,4})*)\]?(?:\s*[:.)–—-]+\s*|\s+|$)")
});

/// Reads the acceptance criteria of the whole component.
pub(super) fn read(parts: &[Part]) -> Vec<AcceptanceCriterion> {
    let mut criteria = Vec::new();
    for part in parts.iter().filter(|part| part.requirement.is_none()) {
        for chunk in part.chunks() {
            if chunk.topic == Some(Topic::Acceptance) {
                criteria.extend(of_block(chunk.block, chunk.level));
            }
        }
    }
    criteria
}

fn of_block(block: &Block, level: Option<Target>) -> Vec<AcceptanceCriterion> {
    match block {
        Block::List { items, .. } => items.iter().flat_map(|item| of_item(item, level)).collect(),
        Block::Paragraph(prose) => of_paragraph(prose, level),
        Block::Table(rows) => rows
            .iter()
            .skip(1)
            .filter_map(|row| of_row(row, level))
            .collect(),
        Block::Code(code) => scenarios(code, level),
        Block::Quote(blocks) => blocks
            .iter()
            .flat_map(|block| of_block(block, level))
            .collect(),
        _ => Vec::new(),
    }
}

/// Reads an item. What is nested in it and has a box of its own is a criterion of its own, below a
/// level's name every nested item is; the rest belongs to the item's text.
pub(super) fn of_item(item: &Item, level: Option<Target>) -> Vec<AcceptanceCriterion> {
    let Some((prose, rest)) = item.split() else {
        return Vec::new();
    };
    if let Some(level) = level_of(prose.text())
        && !rest.is_empty()
    {
        let nested = rest.iter().flat_map(|block| of_block(block, Some(level)));
        return nested.collect();
    }
    let mut criterion = criterion(prose, 0..prose.text().len(), item.tick, level);
    let mut nested = Vec::new();
    gather(rest, level, &mut criterion.text, &mut nested);
    if criterion.text.is_empty() {
        return nested;
    }
    nested.insert(0, criterion);
    nested
}

fn gather(
    blocks: &[Block],
    level: Option<Target>,
    text: &mut String,
    nested: &mut Vec<AcceptanceCriterion>,
) {
    for block in blocks {
        match block {
            Block::List { items, .. } => {
                for item in items {
                    match item.split() {
                        Some((prose, _)) if item.tick.is_some() || tick(prose.text()).is_some() => {
                            nested.extend(of_item(item, level));
                        }
                        Some((prose, rest)) => {
                            append(text, &prose.line());
                            gather(rest, level, text, nested);
                        }
                        None => {}
                    }
                }
            }
            Block::Paragraph(prose) => append(text, &prose.line()),
            _ => {}
        }
    }
}

fn append(text: &mut String, more: &str) {
    if !text.is_empty() && !more.is_empty() {
        text.push_str("; ");
    }
    text.push_str(more);
}

/// Lines with ticks, or a scenario (`Given … When … Then …`); other paragraphs are explanations.
fn of_paragraph(prose: &Prose, level: Option<Target>) -> Vec<AcceptanceCriterion> {
    let mut criteria = Vec::new();
    for line in prose.lines() {
        let start = prose.skip_space(line.start).min(line.end);
        if tick(&prose.text()[start..line.end]).is_some() {
            criteria.push(criterion(prose, line, None, level));
        }
    }
    let text = prose.line().to_lowercase();
    if criteria.is_empty() && text.starts_with("given ") && text.contains("then ") {
        criteria.push(criterion(prose, 0..prose.text().len(), None, level));
    }
    criteria
}

fn of_row(row: &[Prose], level: Option<Target>) -> Option<AcceptanceCriterion> {
    let mut cells = row.iter().filter(|cell| !cell.line().is_empty());
    let first = cells.next()?;
    let mut criterion = criterion(first, 0..first.text().len(), None, level);
    for cell in cells {
        match tick(cell.text().trim()) {
            Some((is_ticked, length)) if length == cell.text().trim().len() => {
                criterion.is_ticked = Some(is_ticked);
            }
            _ => append(&mut criterion.text, &cell.line()),
        }
    }
    Some(criterion)
}

/// The scenarios of a block of Gherkin (<https://cucumber.io/docs/gherkin/reference/>).
fn scenarios(code: &Code, level: Option<Target>) -> Vec<AcceptanceCriterion> {
    let mut criteria = Vec::new();
    for (index, line) in code.text.lines().enumerate() {
        let name = ["Scenario:", "Scenario Outline:", "Example:"]
            .iter()
            .find_map(|keyword| line.trim_start().strip_prefix(keyword));
        if let Some(name) = name.map(str::trim).filter(|name| !name.is_empty()) {
            let line_number = u32::try_from(code.first_line + index).unwrap_or(u32::MAX);
            let indentation = line.chars().take_while(|c| c.is_whitespace()).count();
            let indentation = u32::try_from(indentation).unwrap_or(0);
            criteria.push(AcceptanceCriterion {
                id: None,
                text: name.to_owned(),
                is_ticked: None,
                level,
                at: Position {
                    line: line_number,
                    column: code.at.column + indentation,
                },
            });
        }
    }
    criteria
}

fn criterion(
    prose: &Prose,
    range: Range<usize>,
    in_box: Option<bool>,
    level: Option<Target>,
) -> AcceptanceCriterion {
    let start = prose.skip_space(range.start).min(range.end);
    let mark = tick(&prose.text()[start..range.end]);
    let length = mark.map_or(0, |(_, length)| length);
    let is_ticked = in_box.or(mark.map(|(is_ticked, _)| is_ticked));
    let start = prose.skip_space(start + length).min(range.end);
    let text = prose.flat(start..range.end);
    let (id, text) = match ID.captures(&text) {
        Some(found) => (Some(found[1].to_owned()), text[found[0].len()..].to_owned()),
        None => (None, text),
    };
    AcceptanceCriterion {
        id,
        text,
        is_ticked,
        level,
        at: prose.at(start),
    }
}

/// The tick at the beginning of a text and its length in bytes.
fn tick(text: &str) -> Option<(bool, usize)> {
    const DONE: [&str; 6] = ["✅", "☑", "✔", "✓", "[x]", "[X]"];
    const OPEN: [&str; 8] = ["❌", "☐", "✗", "✘", "⬜", "🔲", "⏳", "[ ]"];
    let done = DONE.iter().map(|mark| (true, mark));
    let open = OPEN.iter().map(|mark| (false, mark));
    let (is_ticked, mark) = done
        .chain(open)
        .find(|(_, mark)| text.starts_with(**mark))?;
    // Some of the signs are followed by an invisible one that asks for their coloured form.
    let after = &text[mark.len()..];
    let selector = after.len() - after.trim_start_matches('\u{fe0f}').len();
    Some((is_ticked, mark.len() + selector))
}
