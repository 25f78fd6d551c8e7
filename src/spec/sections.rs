//! The sections that are read as they are: API, testing requirements, maturity targets, usage.

use super::{
    document::{Block, Item},
    outline::{Label, Part},
    prose::Prose,
    topic::{Topic, level_of},
};
use crate::model::{ApiBlock, MaturityTarget, Position, Target};

/// Reads the code of the API sections.
pub(super) fn api(parts: &[Part]) -> Vec<ApiBlock> {
    let mut blocks = Vec::new();
    for part in parts.iter().filter(|part| part.topic == Some(Topic::Api)) {
        for block in &part.blocks {
            if let Block::Code(code) = block
                && !code.text.trim().is_empty()
            {
                blocks.push(ApiBlock {
                    title: part.title(),
                    language: code.language.clone(),
                    code: code.text.clone(),
                    at: code.at,
                });
            }
        }
    }
    blocks
}

/// Finds the first block of code in a section about usage.
pub(super) fn usage_example(parts: &[Part]) -> Option<Position> {
    let mut usage = parts.iter().filter(|part| part.topic == Some(Topic::Usage));
    usage.find_map(|part| {
        part.blocks.iter().find_map(|block| match block {
            Block::Code(code) if !code.text.trim().is_empty() => Some(code.at),
            _ => None,
        })
    })
}

/// Reads what is asked of the tests: bullets, paragraphs, and how user stories say that they are
/// tested (`**Independent Test**: …`).
pub(super) fn testing(parts: &[Part]) -> Vec<String> {
    let mut texts = Vec::new();
    for part in parts.iter().filter(|part| part.requirement.is_none()) {
        for chunk in part.chunks() {
            match (chunk.topic, chunk.block) {
                (Some(Topic::Testing), block) => gather(block, &mut texts),
                (Some(Topic::Scenarios), Block::Paragraph(prose)) => {
                    for field in prose.fields() {
                        let value = prose.flat(field.value.clone());
                        if field.key.eq_ignore_ascii_case("independent test") && !value.is_empty() {
                            texts.push(value);
                        }
                    }
                }
                _ => {}
            }
        }
    }
    texts
}

/// The texts of a block: one a bullet, `Key: value` line, paragraph or row. Labels and the lines
/// that announce a list are left out.
fn gather(block: &Block, texts: &mut Vec<String>) {
    match block {
        Block::Paragraph(prose) => {
            let fields = prose.fields();
            let text = prose.line();
            if fields.is_empty() && !text.is_empty() && !text.ends_with(':') {
                texts.push(text);
            }
            for field in fields {
                let value = prose.flat(field.value.clone());
                if !value.is_empty() {
                    texts.push(format!("{}: {value}", field.key));
                }
            }
        }
        Block::List { items, .. } => {
            for item in items {
                gather_item(item, texts);
            }
        }
        Block::Table(rows) => {
            for row in rows.iter().skip(1) {
                let cells: Vec<_> = row.iter().map(Prose::line).collect();
                let cells = cells.into_iter().filter(|cell| !cell.is_empty());
                texts.push(cells.collect::<Vec<_>>().join(": "));
            }
        }
        Block::Quote(blocks) => {
            for block in blocks {
                gather(block, texts);
            }
        }
        _ => {}
    }
}

fn gather_item(item: &Item, texts: &mut Vec<String>) {
    for block in &item.blocks {
        match block {
            Block::Paragraph(prose) => {
                let text = prose.line();
                if !text.is_empty() {
                    texts.push(text);
                }
            }
            block => gather(block, texts),
        }
    }
}

/// Reads what is asked of each level, whether the levels are headings, labels, items or rows.
pub(super) fn maturity(parts: &[Part]) -> Vec<MaturityTarget> {
    let mut targets = Targets::default();
    for part in parts.iter().filter(|part| part.requirement.is_none()) {
        if part.topic != Some(Topic::Maturity) {
            continue;
        }
        if let (Some(heading), Some(level)) = (&part.heading, level_of(&part.title())) {
            targets.of_level(level, heading.at);
        }
        for chunk in part.chunks() {
            match chunk.block {
                Block::List { items, .. } => match chunk.level {
                    Some(level) => targets.add_list(level, chunk.title_at, chunk.block),
                    None => items.iter().for_each(|item| targets.add_item(item)),
                },
                Block::Table(rows) => rows.iter().for_each(|row| targets.add_row(row)),
                Block::Paragraph(prose) => targets.add_paragraph(prose, part),
                _ => {}
            }
        }
    }
    targets.0
}

#[derive(Default)]
struct Targets(Vec<MaturityTarget>);

impl Targets {
    /// The target of a level, begun at a place if it is the level's first one.
    fn of_level(&mut self, level: Target, at: Position) -> &mut Vec<String> {
        let index = match self.0.iter().position(|target| target.level == level) {
            Some(index) => index,
            None => {
                self.0.push(MaturityTarget {
                    level,
                    items: Vec::new(),
                    at,
                });
                self.0.len() - 1
            }
        };
        &mut self.0[index].items
    }

    fn add_list(&mut self, level: Target, at: Position, list: &Block) {
        let mut texts = Vec::new();
        gather(list, &mut texts);
        self.of_level(level, at).append(&mut texts);
    }

    /// Reads `**Staging:** a; b` lines, and the text below a level's heading.
    fn add_paragraph(&mut self, prose: &Prose, part: &Part) {
        let fields = prose.fields();
        for field in &fields {
            if let Some(level) = level_of(&field.key)
                && !field.value.is_empty()
            {
                let text = prose.flat(field.value.clone());
                self.of_level(level, prose.at(field.start)).push(text);
            }
        }
        let text = prose.line();
        if let (Some(level), Some(heading)) = (part.level, &part.heading)
            && fields.is_empty()
            && Label::of(prose).is_none()
            && !text.is_empty()
        {
            self.of_level(level, heading.at).push(text);
        }
    }

    /// Reads `**Staging:** a; b` with what is nested below it.
    fn add_item(&mut self, item: &Item) {
        let Some((prose, rest)) = item.split() else {
            return;
        };
        let text = prose.line();
        let (name, value) = text.split_once(':').unwrap_or((text.as_str(), ""));
        let Some(level) = level_of(name) else {
            return;
        };
        let mut texts = Vec::new();
        if !value.trim().is_empty() {
            texts.push(value.trim().to_owned());
        }
        rest.iter().for_each(|block| gather(block, &mut texts));
        let at = prose.at(prose.skip_space(0));
        self.of_level(level, at).append(&mut texts);
    }

    /// Reads a row whose first cell is a level.
    fn add_row(&mut self, row: &[Prose]) {
        let Some((first, cells)) = row.split_first() else {
            return;
        };
        if let Some(level) = level_of(first.text()) {
            let mut texts: Vec<_> = cells.iter().map(Prose::line).collect();
            texts.retain(|text| !text.is_empty());
            let at = first.at(first.skip_space(0));
            self.of_level(level, at).append(&mut texts);
        }
    }
}
