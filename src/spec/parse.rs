//! A text → a specification. Never fails: what is not there stays empty, and the checks say so.

use super::{
    criteria, dependencies, document::Document, metadata, outline, requirements, sections,
    source::Source, thresholds, unresolved,
};
use crate::model::{Specification, Target};

/// Reads a specification. `file` is the document's path relative to the workspace, for positions.
///
/// Any text is read, in time in proportion to its length. Lists and quotes nested deeper than 50
/// levels are left out, and so is front matter that is not YAML; [`read`](super::read) refuses both.
#[must_use]
pub fn parse(text: &str, file: &str) -> Specification {
    Parsed::new(text, file).specification
}

/// A specification and what is wrong with its form.
pub(super) struct Parsed {
    /// What was read.
    pub(super) specification: Specification,
    /// Why the front matter cannot be read.
    pub(super) front_matter: Option<crate::yaml::YamlError>,
    /// The first line that is nested too deep.
    pub(super) too_deep: Option<usize>,
}

impl Parsed {
    pub(super) fn new(text: &str, file: &str) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let source = Source::new(text);
        let front_matter = metadata::front_matter(&source);
        let skipped = front_matter
            .as_ref()
            .map_or(0, |front_matter| front_matter.lines);
        let mut document = Document::new(&source, skipped);
        let parts = outline::parts(&mut document);
        let (mut metadata, problem) = match front_matter.map(|front_matter| front_matter.entries) {
            Some(Ok(entries)) => (entries, None),
            Some(Err(problem)) => (Vec::new(), Some(problem)),
            None => (Vec::new(), None),
        };
        let unresolved = unresolved::read(&parts, &document.comments, &metadata, &source);
        metadata.extend(metadata::lines(&parts));
        let value =
            |keys: &[&str]| metadata::value(&metadata, keys).map(|entry| entry.value.clone());
        let first_title = parts.iter().find(|part| part.depth() == 1);
        let title = first_title.map(outline::Part::title);
        let title = title.filter(|title| !title.is_empty());
        let (thresholds, unreadable_thresholds) = thresholds::read(&parts, file);
        let specification = Specification {
            file: file.to_owned(),
            title: title.or_else(|| value(&["title"])),
            component: value(super::COMPONENT_KEYS),
            target: value(super::TARGET_KEYS).and_then(|word| word.parse::<Target>().ok()),
            sections: outline::sections(&parts),
            requirements: requirements::read(&parts),
            acceptance_criteria: criteria::read(&parts),
            api: sections::api(&parts),
            testing_requirements: sections::testing(&parts),
            dependencies: dependencies::read(&parts),
            maturity_targets: sections::maturity(&parts),
            thresholds,
            unreadable_thresholds,
            unresolved,
            usage_example: sections::usage_example(&parts),
            metadata,
        };
        Self {
            specification,
            front_matter: problem,
            too_deep: document.too_deep,
        }
    }
}
