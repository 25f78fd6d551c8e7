//! The sections of a document: what each is about, and which blocks belong to what.

use super::{
    document::{Block, Document, Item},
    prose::Prose,
    requirement_head::RequirementHead,
    topic::{self, Topic},
};
use crate::model::{Position, Section, Target};

/// A heading and what stands between it and the next heading.
pub(super) struct Part {
    /// The heading; `None` for what stands before the first one.
    pub(super) heading: Option<Heading>,
    /// What it is about, by its own heading or the nearest one around it that says so.
    pub(super) topic: Option<Topic>,
    /// The level that it is about, likewise.
    pub(super) level: Option<Target>,
    /// The part whose heading is a requirement that this one belongs to; itself included.
    pub(super) requirement: Option<usize>,
    /// Its blocks.
    pub(super) blocks: Vec<Block>,
}

/// A heading.
pub(super) struct Heading {
    /// 1 to 6.
    pub(super) level: u8,
    /// Its text.
    pub(super) prose: Prose,
    /// Where it begins.
    pub(super) at: Position,
}

/// A block and what it belongs to.
pub(super) struct Chunk<'a> {
    /// What it is about.
    pub(super) topic: Option<Topic>,
    /// The level that it is about.
    pub(super) level: Option<Target>,
    /// The words of the label above it, or else of the heading.
    pub(super) title: String,
    /// Where those words stand.
    pub(super) title_at: Position,
    /// The block.
    pub(super) block: &'a Block,
}

/// Cuts a document at its headings.
pub(super) fn parts(document: &mut Document) -> Vec<Part> {
    let mut parts = vec![Part::new(None)];
    for block in document.blocks.drain(..) {
        match block {
            Block::Heading { level, prose, at } => {
                parts.push(Part::new(Some(Heading { level, prose, at })));
            }
            block => {
                if let Some(part) = parts.last_mut() {
                    part.blocks.push(block);
                }
            }
        }
    }
    assign(&mut parts);
    parts
}

/// Gives each part its topic, level and requirement.
fn assign(parts: &mut [Part]) {
    // The parts around the current one, outermost first.
    let mut around: Vec<usize> = Vec::new();
    let mut has_title = false;
    for index in 0..parts.len() {
        let Some(heading) = &parts[index].heading else {
            continue;
        };
        let depth = heading.level;
        around.retain(|&outer| parts[outer].depth() < depth);
        let outer = around.last().map(|&outer| &parts[outer]);
        around.push(index);
        // The first heading of level 1 is the name of the document, whatever words it has.
        if depth == 1 && !std::mem::replace(&mut has_title, true) {
            continue;
        }
        let outer_topic = outer.and_then(|part| part.topic);
        let outer_requirement = outer.and_then(|part| part.requirement);
        let title = heading.prose.line();
        let own = Topic::of(&title).filter(|&own| is_own(own, outer_topic));
        let level = topic::level_of(&title).or_else(|| outer.and_then(|part| part.level));
        let head = RequirementHead::of_heading(&heading.prose);
        let is_requirement = match &head.id {
            Some(_) => {
                outer_topic.is_none_or(|topic| topic.is_requirements() || topic == Topic::Scenarios)
            }
            None => {
                outer_requirement.is_none()
                    && own.is_none()
                    && outer_topic.is_some_and(Topic::is_requirements)
                    && !is_group(parts, index)
            }
        };
        let part = &mut parts[index];
        part.level = level;
        if is_requirement {
            part.topic = outer_topic;
            part.requirement = Some(index);
        } else {
            part.topic = own.or(outer_topic);
            part.requirement = outer_requirement;
        }
    }
}

/// Below "Functional Requirements", a heading such as "Usage statistics" names a requirement and
/// not a section of its own.
fn is_own(own: Topic, outer: Option<Topic>) -> bool {
    match outer {
        Some(Topic::Functional | Topic::NonFunctional) => {
            own.is_requirements() || own == Topic::Acceptance
        }
        _ => true,
    }
}

/// Whether a heading without an id groups requirements instead of being one.
fn is_group(parts: &[Part], index: usize) -> bool {
    let part = &parts[index];
    let deeper = parts
        .get(index + 1)
        .is_some_and(|next| next.depth() > part.depth());
    if !part.has_content() {
        return deeper;
    }
    part.blocks.iter().any(lists_requirements)
}

/// Whether a block lists requirements by itself, by ids or by numbers with bold titles.
pub(super) fn lists_requirements(block: &Block) -> bool {
    let is_requirement = |item: &Item, is_ordered: bool| {
        item.split().is_some_and(|(head, _)| {
            let head = RequirementHead::of_item(head, 0..head.text().len());
            head.id.is_some() || (is_ordered && head.has_title)
        })
    };
    match block {
        Block::List { items, is_ordered } => {
            items.iter().any(|item| is_requirement(item, *is_ordered))
        }
        Block::Paragraph(prose) => {
            let head = RequirementHead::of_item(prose, 0..prose.text().len());
            head.id.is_some()
        }
        Block::Table(rows) => rows.iter().skip(1).any(|row| {
            let first = row.first();
            first.is_some_and(|cell| RequirementHead::of_heading(cell).id.is_some())
        }),
        _ => false,
    }
}

impl Part {
    const fn new(heading: Option<Heading>) -> Self {
        Self {
            heading,
            topic: None,
            level: None,
            requirement: None,
            blocks: Vec::new(),
        }
    }

    /// The level of the heading; 0 for what stands before the first one.
    pub(super) fn depth(&self) -> u8 {
        self.heading.as_ref().map_or(0, |heading| heading.level)
    }

    /// The text of the heading.
    pub(super) fn title(&self) -> String {
        let heading = self.heading.as_ref();
        heading.map_or_else(String::new, |heading| heading.prose.line())
    }

    /// Whether anything but lines across the page and empty blocks of code stands in it. That there is
    /// no API is to be said with the reason.
    fn has_content(&self) -> bool {
        let is_reason =
            |prose: &Prose| self.topic != Some(Topic::Api) || !topic::is_nothing(prose.text());
        let mut blocks = self.blocks.iter();
        blocks.any(|block| match block {
            Block::Break => false,
            Block::Code(code) => !code.text.trim().is_empty(),
            Block::Paragraph(prose) => is_reason(prose),
            Block::List { items, .. } => {
                let mut items = items.iter();
                items.any(|item| {
                    item.split()
                        .is_none_or(|(prose, rest)| is_reason(prose) || !rest.is_empty())
                })
            }
            _ => true,
        })
    }

    /// The blocks with what they belong to. A paragraph that is or ends with a bold label
    /// (`**Acceptance Criteria:**`) is a heading for what follows, up to the next paragraph.
    pub(super) fn chunks(&self) -> Vec<Chunk<'_>> {
        let at = self.heading.as_ref().map(|heading| heading.at);
        let at = at.unwrap_or(Position { line: 1, column: 1 });
        let mut label: Option<Label> = None;
        let mut chunks = Vec::new();
        for block in &self.blocks {
            if let Block::Paragraph(prose) = block {
                label = Label::of(prose);
            }
            let own = label.as_ref().and_then(|label| Topic::of(&label.text));
            let own = own.filter(|topic| topic.is_requirements() || LABELLED.contains(topic));
            let level = label
                .as_ref()
                .and_then(|label| topic::level_of(&label.text));
            chunks.push(Chunk {
                topic: own.or(self.topic),
                level: level.or(self.level),
                title: label
                    .as_ref()
                    .map_or_else(|| self.title(), |label| label.text.clone()),
                title_at: label.as_ref().map_or(at, |label| label.at),
                block,
            });
        }
        chunks
    }
}

/// The topics that a label can announce inside a section about something else.
const LABELLED: &[Topic] = &[
    Topic::Acceptance,
    Topic::Dependencies,
    Topic::Maturity,
    Topic::Testing,
];

/// A bold line above a list: a heading in all but form.
pub(super) struct Label {
    /// Its words.
    pub(super) text: String,
    /// Where it begins.
    pub(super) at: Position,
}

impl Label {
    /// The label that a paragraph is or ends with.
    pub(super) fn of(prose: &Prose) -> Option<Self> {
        if let Some(field) = prose.fields().pop() {
            return field.value.is_empty().then(|| Self {
                at: prose.at(field.start),
                text: field.key,
            });
        }
        let start = prose.skip_space(0);
        let text = prose.line();
        let is_label = prose.bold_end(start) == prose.text().len()
            || (text.ends_with(':') && !text.contains(". "));
        let is_label = is_label && !text.is_empty() && text.chars().count() <= 60;
        is_label.then(|| Self {
            text: text.trim_end_matches(':').to_owned(),
            at: prose.at(start),
        })
    }
}

/// All headings in order.
pub(super) fn sections(parts: &[Part]) -> Vec<Section> {
    let mut sections = Vec::new();
    for (index, part) in parts.iter().enumerate() {
        let Some(heading) = &part.heading else {
            continue;
        };
        let below = parts[index + 1..].iter();
        let mut below = below.take_while(|next| next.depth() > heading.level);
        sections.push(Section {
            title: heading.prose.line(),
            level: heading.level,
            at: heading.at,
            has_content: part.has_content() || below.any(Part::has_content),
        });
    }
    sections
}
