//! Thresholds that a document states anywhere, with the level that they are stated for.

use super::{
    document::{Block, Item},
    outline::Part,
    prose::Prose,
    threshold_doubts::{self, About},
    threshold_words::{find, subject_of},
    topic::{Topic, level_of, words},
};
use crate::model::{StatedThreshold, Target, UnreadableThreshold};

/// What is known about a text from around it.
#[derive(Clone, Copy, Default)]
struct Context {
    level: Option<Target>,
    about: About,
}

/// Reads the thresholds of a document. Sections about plans, risks and history state none.
/// Gives besides what is stated and cannot be read.
pub(super) fn read(parts: &[Part], file: &str) -> (Vec<StatedThreshold>, Vec<UnreadableThreshold>) {
    let mut reader = Reader {
        file,
        thresholds: Vec::new(),
        unreadable: Vec::new(),
    };
    let promising = parts.iter().filter(|part| part.topic != Some(Topic::Aside));
    for part in promising {
        for chunk in part.chunks() {
            let context = Context {
                level: chunk.level,
                about: About::default(),
            };
            reader.block(chunk.block, context);
        }
    }
    (reader.thresholds, reader.unreadable)
}

struct Reader<'f> {
    file: &'f str,
    thresholds: Vec<StatedThreshold>,
    unreadable: Vec<UnreadableThreshold>,
}

impl Reader<'_> {
    fn block(&mut self, block: &Block, context: Context) {
        match block {
            Block::Paragraph(prose) => self.prose(prose, context),
            Block::List { items, .. } => items.iter().for_each(|item| self.item(item, context)),
            Block::Quote(blocks) => blocks.iter().for_each(|block| self.block(block, context)),
            Block::Table(rows) => self.table(rows, context),
            _ => {}
        }
    }

    /// What is nested in `Staging:` is about staging, and what is nested in `Coverage:` about
    /// coverage.
    fn item(&mut self, item: &Item, context: Context) {
        let Some((head, rest)) = item.split() else {
            return item
                .blocks
                .iter()
                .for_each(|block| self.block(block, context));
        };
        self.prose(head, context);
        let text = head.line();
        let name = text.split_once(':').map_or(text.as_str(), |(name, _)| name);
        let inside = Context {
            level: level_of(name).or(context.level),
            about: match subject_of(name) {
                Some(subject) => About {
                    subject: Some(subject),
                    is_number_enough: true,
                },
                None => context.about,
            },
        };
        rest.iter().for_each(|block| self.block(block, inside));
    }

    /// The head of a column and the first cell of a row can name the subject and the level.
    fn table(&mut self, rows: &[Vec<Prose>], context: Context) {
        let Some((names, rows)) = rows.split_first() else {
            return;
        };
        for row in rows {
            let first = row.first().map(Prose::text).unwrap_or_default();
            for (column, cell) in row.iter().enumerate() {
                let name = names.get(column).map(Prose::text).unwrap_or_default();
                let of_cell = Context {
                    level: level_of(first).or_else(|| level_of(name)).or(context.level),
                    about: About {
                        subject: subject_of(name).or_else(|| subject_of(first)),
                        // A column can list what was measured, or of parts of the component.
                        is_number_enough: subject_of(name).is_none() && !is_measured(name),
                    },
                };
                self.prose(cell, of_cell);
            }
        }
    }

    fn prose(&mut self, prose: &Prose, context: Context) {
        let mut locator = prose.locator();
        for line in prose.lines() {
            let text = &prose.text()[line.clone()];
            let found = find(text, context.about.subject, context.level);
            for (subject, range) in threshold_doubts::find(text, &found, context.about) {
                let at = prose.at(line.start + range.start);
                let text = text[range].to_owned();
                self.unreadable
                    .push(UnreadableThreshold { subject, text, at });
            }
            for found in found {
                self.thresholds.push(StatedThreshold {
                    subject: found.subject,
                    level: found.level.or(context.level),
                    value: found.value,
                    text: text[found.range.clone()].trim().to_owned(),
                    file: self.file.to_owned(),
                    at: locator.at(line.start + found.range.start),
                });
            }
        }
    }
}

/// Whether a column tells what is and not what is asked.
fn is_measured(name: &str) -> bool {
    const WORDS: [&str; 7] = [
        "actual", "baseline", "current", "measured", "now", "status", "today",
    ];
    let mut words = words(name).into_iter();
    words.any(|word| WORDS.contains(&word.as_str()))
}
