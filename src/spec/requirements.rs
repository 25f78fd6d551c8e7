//! Requirements, in every form in which people write them.

use super::{
    criteria,
    document::{Block, Item},
    outline::{self, Chunk, Label, Part},
    prose::Prose,
    requirement_head::{RequirementHead, priority_of},
    topic::{self, Topic},
};
use crate::model::{Position, RequirementKind, SpecRequirement as Requirement};
use std::{collections::HashSet, ops::Range};

/// Reads the requirements of a document.
pub(super) fn read(parts: &[Part]) -> Vec<Requirement> {
    let mut reader = Reader::default();
    for (index, part) in parts.iter().enumerate() {
        match part.requirement {
            Some(owner) => reader.below_heading(part, owner == index),
            None => reader.section(part),
        }
    }
    give_ids(&mut reader.requirements);
    reader.requirements
}

/// Numbers the requirements that have no id by kind and order, past the ids that are taken.
fn give_ids(requirements: &mut [Requirement]) {
    let explicit = requirements.iter().filter(|known| known.id_is_explicit);
    let taken: HashSet<String> = explicit.map(|known| comparable_id(&known.id)).collect();
    let mut last = [0_usize; 2];
    for requirement in requirements.iter_mut() {
        let (prefix, last) = match requirement.kind {
            RequirementKind::Functional => ("FR", &mut last[0]),
            RequirementKind::NonFunctional => ("NFR", &mut last[1]),
        };
        if !requirement.id_is_explicit {
            *last += 1;
            while taken.contains(&format!("{prefix}{last}")) {
                *last += 1;
            }
            requirement.id = format!("{prefix}-{last}");
        }
    }
}

/// An id as it is compared: `FR-1`, `FR1` and `fr-001` are the same.
pub(super) fn comparable_id(id: &str) -> String {
    let mut comparable = String::new();
    let mut chars = id
        .chars()
        .filter(|c| !matches!(c, '-' | '_' | ' '))
        .peekable();
    while let Some(c) = chars.next() {
        let is_inside_number = comparable.ends_with(|c: char| c.is_ascii_digit());
        let number_goes_on = chars.peek().is_some_and(char::is_ascii_digit);
        if c != '0' || is_inside_number || !number_goes_on {
            comparable.push(c.to_ascii_uppercase());
        }
    }
    comparable
}

#[derive(Default)]
struct Reader {
    requirements: Vec<Requirement>,
    /// The requirement that what follows belongs to.
    current: usize,
    /// What the label or heading announces that stands in front of what follows.
    announced: Announced,
}

/// What stands below the head of a requirement.
#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Announced {
    /// Its text, and requirements that stand there.
    #[default]
    Text,
    /// Its criteria.
    Criteria,
    /// Names of other requirements and the like.
    References,
}

impl Announced {
    fn by(label: &str) -> Self {
        let refers = || {
            let mut words = topic::words(label).into_iter();
            words.any(|word| REFERRING.contains(&word.as_str()))
        };
        match Topic::of(label) {
            Some(Topic::Acceptance) => Self::Criteria,
            Some(Topic::Dependencies | Topic::Aside) => Self::References,
            _ if refers() => Self::References,
            _ => Self::Text,
        }
    }
}

/// Words of a label below which ids name requirements that stand elsewhere.
const REFERRING: &[&str] = &[
    "blocks",
    "depends",
    "needs",
    "parent",
    "related",
    "see",
    "supersedes",
    "traces",
];

impl Reader {
    /// Reads a requirement that is a heading, or a part below such a heading.
    fn below_heading(&mut self, part: &Part, is_own_heading: bool) {
        if is_own_heading && let Some(heading) = &part.heading {
            let head = RequirementHead::of_heading(&heading.prose);
            self.begin(head, part.topic, heading.at);
        } else {
            self.announced = if part.topic == Some(Topic::Acceptance) {
                Announced::Criteria
            } else {
                Announced::by(&part.title())
            };
        }
        self.body(&part.blocks);
    }

    /// Reads a part that lists requirements, or some other part in which ids make requirements.
    fn section(&mut self, part: &Part) {
        // A paragraph begins a requirement that goes on up to the next heading, paragraph with an
        // id, or list that is one of requirements itself.
        let mut is_open = false;
        let chunks = part.chunks();
        for chunk in &chunks {
            let is_section = chunk.topic.is_some_and(Topic::is_requirements);
            if !is_section && !matches!(chunk.topic, None | Some(Topic::Scenarios)) {
                is_open = false;
                continue;
            }
            match chunk.block {
                Block::Paragraph(prose) => {
                    if self.paragraph(prose, chunk, is_section) {
                        is_open = true;
                    } else if is_open {
                        self.body(std::slice::from_ref(chunk.block));
                    }
                }
                block @ Block::List { items, .. } => {
                    if is_open && !outline::lists_requirements(block) {
                        self.body(std::slice::from_ref(block));
                    } else {
                        is_open = false;
                        for item in items {
                            self.item(item, chunk.topic, is_section);
                        }
                    }
                }
                Block::Table(rows) => self.table(rows, chunk.topic),
                _ => {}
            }
        }
    }

    /// Reads the lines of a paragraph that begin with an id, or a bold title alone.
    fn paragraph(&mut self, prose: &Prose, chunk: &Chunk<'_>, is_section: bool) -> bool {
        let starts = starts(prose, |_, _| true);
        if !starts.is_empty() {
            self.begin_all(prose, starts, chunk.topic);
            return true;
        }
        let is_title = is_section
            && Label::of(prose).is_some()
            && Topic::of(&chunk.title).is_none()
            && !prose.line().ends_with(':');
        if is_title {
            let head = RequirementHead::of_item(prose, 0..prose.text().len());
            self.begin(head, chunk.topic, prose.at(prose.skip_space(0)));
        }
        is_title
    }

    fn begin_all(&mut self, prose: &Prose, starts: Vec<Range<usize>>, topic: Option<Topic>) {
        for range in starts {
            let at = prose.at(prose.skip_space(range.start));
            self.begin(RequirementHead::of_item(prose, range), topic, at);
        }
    }

    fn item(&mut self, item: &Item, topic: Option<Topic>, is_section: bool) {
        let Some((prose, rest)) = item.split() else {
            return;
        };
        let head = RequirementHead::of_item(prose, 0..prose.text().len());
        if is_section || head.id.is_some() {
            self.begin(head, topic, prose.at(prose.skip_space(0)));
            self.body(rest);
        }
    }

    /// Reads the rows whose first cell is an id. The next column is the title.
    fn table(&mut self, rows: &[Vec<Prose>], topic: Option<Topic>) {
        let Some((names, rows)) = rows.split_first() else {
            return;
        };
        let is_priority = |column: usize| {
            let name = names.get(column).map(Prose::line).unwrap_or_default();
            name.to_lowercase().contains("priority")
        };
        for row in rows {
            let Some((first, cells)) = row.split_first() else {
                continue;
            };
            let mut head = RequirementHead::of_heading(first);
            if head.id.is_none() {
                continue;
            }
            let mut texts = vec![head.title.clone()];
            for (column, cell) in cells.iter().enumerate() {
                if is_priority(column + 1) {
                    head.priority = priority_of(cell.text());
                } else {
                    texts.push(cell.line());
                }
            }
            let mut texts = texts.into_iter().filter(|text| !text.is_empty());
            head.title = texts.next().unwrap_or_default();
            self.begin(head, topic, first.at(first.skip_space(0)));
            self.details(texts);
        }
    }

    fn begin(&mut self, head: RequirementHead, topic: Option<Topic>, at: Position) {
        let kind = head.kind().unwrap_or(match topic {
            Some(Topic::NonFunctional) => RequirementKind::NonFunctional,
            Some(Topic::Functional) => RequirementKind::Functional,
            _ if head.names_quality() => RequirementKind::NonFunctional,
            _ => RequirementKind::Functional,
        });
        self.announced = Announced::Text;
        self.current = self.requirements.len();
        self.requirements.push(Requirement {
            id_is_explicit: head.id.is_some(),
            id: head.id.unwrap_or_default(),
            kind,
            title: head.title,
            details: Vec::new(),
            priority: head.priority,
            criteria: Vec::new(),
            at,
        });
        self.details([head.rest]);
    }

    fn details(&mut self, texts: impl IntoIterator<Item = String>) {
        if let Some(requirement) = self.requirements.get_mut(self.current) {
            let texts = texts.into_iter().filter(|text| !text.is_empty());
            requirement.details.extend(texts);
        }
    }

    /// Reads what stands below the head of the current requirement. Further requirements can stand
    /// there too, because a heading reaches to the next one.
    fn body(&mut self, blocks: &[Block]) {
        for block in blocks {
            match block {
                Block::Paragraph(prose) => self.text(prose),
                Block::List { items, .. } => {
                    for item in items {
                        self.body_item(item);
                    }
                }
                Block::Table(rows) if self.announced != Announced::References => {
                    self.table(rows, self.topic());
                }
                Block::Quote(blocks) => self.body(blocks),
                _ => {}
            }
        }
    }

    /// What the section of the current requirement is about, as far as its kind tells.
    fn topic(&self) -> Option<Topic> {
        let current = self.requirements.get(self.current)?;
        Some(match current.kind {
            RequirementKind::Functional => Topic::Functional,
            RequirementKind::NonFunctional => Topic::NonFunctional,
        })
    }

    fn text(&mut self, prose: &Prose) {
        // A line may begin with the id of another requirement only because it was broken there, and
        // an id and nothing else names a requirement that stands elsewhere.
        let starts = starts(prose, |head, start| {
            self.announced != Announced::References
                && !head.title.is_empty()
                && (start == prose.skip_space(0) || is_set_off(prose, start))
        });
        let end = starts
            .first()
            .map_or(prose.text().len(), |first| first.start);
        let mut fields = prose.fields();
        fields.retain(|field| field.start < end);
        if fields.is_empty() {
            match Label::of(prose).filter(|_| starts.is_empty()) {
                Some(label) => self.announced = Announced::by(&label.text),
                None => self.details([prose.flat(0..end)]),
            }
        }
        for field in fields {
            let value = prose.flat(field.value.start..field.value.end.min(end));
            match field.key.to_lowercase().as_str() {
                _ if value.is_empty() => self.announced = Announced::by(&field.key),
                "priority" => {
                    if let Some(requirement) = self.requirements.get_mut(self.current) {
                        requirement.priority = priority_of(&value);
                    }
                }
                "description" => self.details([value]),
                _ => self.details([format!("{}: {value}", field.key)]),
            }
        }
        self.begin_all(prose, starts, self.topic());
    }

    fn body_item(&mut self, item: &Item) {
        let head = item.split().and_then(|(prose, rest)| {
            let head = RequirementHead::of_item(prose, 0..prose.text().len());
            let is_requirement = head.id.is_some()
                && !(head.title.is_empty() && rest.is_empty())
                && item.tick.is_none()
                && match self.announced {
                    Announced::Text => true,
                    Announced::Criteria => {
                        prose.bold_end(prose.skip_space(0)) > prose.skip_space(0)
                    }
                    Announced::References => false,
                };
            is_requirement.then(|| (head, prose.at(prose.skip_space(0)), rest))
        });
        if let Some((head, at, rest)) = head {
            let outer = self.current;
            self.begin(head, self.topic(), at);
            self.body(rest);
            self.current = outer;
            return;
        }
        if self.announced == Announced::Criteria || item.tick.is_some() {
            if let Some(requirement) = self.requirements.get_mut(self.current) {
                requirement.criteria.extend(criteria::of_item(item, None));
            }
            return;
        }
        let Some((prose, rest)) = item.split() else {
            return;
        };
        self.text(prose);
        self.body(rest);
        // A label inside an item is one for what the item holds, and no further.
        if Label::of(prose).is_some() {
            self.announced = Announced::Text;
        }
    }
}

/// The lines that begin with an id where that is one of a requirement, each with the lines below it.
fn starts(prose: &Prose, is_start: impl Fn(&RequirementHead, usize) -> bool) -> Vec<Range<usize>> {
    let mut starts: Vec<Range<usize>> = Vec::new();
    for line in prose.lines() {
        let head = RequirementHead::of_item(prose, line.clone());
        if head.id.is_some() && is_start(&head, prose.skip_space(line.start)) {
            starts.push(line);
        } else if let Some(last) = starts.last_mut() {
            last.end = line.end;
        }
    }
    starts
}

/// Whether an id is bold or followed by a colon.
fn is_set_off(prose: &Prose, start: usize) -> bool {
    let id = prose.text()[start..].split([' ', '\n']).next();
    prose.bold_end(start) > start || id.is_some_and(|id| id.ends_with(':'))
}

#[cfg(test)]
mod tests {
    use super::comparable_id;

    #[test]
    fn ids_are_compared_without_separators_and_leading_zeros() {
        for id in ["FR-1", "FR1", "fr_001", "FR 01"] {
            assert_eq!(comparable_id(id), "FR1", "{id}");
        }
        assert_eq!(comparable_id("FR-10"), "FR10");
        assert_eq!(comparable_id("FR-AUTH-0"), "FRAUTH0");
        assert_eq!(comparable_id("REQ-3.01"), "REQ3.1");
    }
}
