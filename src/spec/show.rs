//! A specification as a person reads it at a terminal. Plain text; what the document says reaches
//! it without control characters.

use super::check::condition;
use crate::model::{
    AcceptanceCriterion, Dependency, Priority, RequirementKind, SpecRequirement as Requirement,
    Specification, Target,
};

/// A summary of a specification, a line an item, ending with a line break.
#[must_use]
pub fn summary(spec: &Specification) -> String {
    let mut page = Page::default();
    page.line(spec.title.as_deref().unwrap_or("(no title)"));
    page.row("file", &spec.file);
    page.row(
        "component",
        spec.component.as_deref().unwrap_or("not named"),
    );
    page.row("target", spec.target.map_or("not stated", Target::as_str));
    requirements(spec, &mut page);
    page.row("acceptance", &criteria(&spec.acceptance_criteria));
    for level in Target::ALL {
        let of_level = spec.acceptance_criteria.iter();
        let of_level: Vec<_> = of_level
            .filter(|one| one.level == Some(level))
            .cloned()
            .collect();
        if !of_level.is_empty() {
            page.item(&format!("{:<11} {}", level.as_str(), criteria(&of_level)));
        }
    }
    page.row(
        "testing",
        &count(spec.testing_requirements.len(), "requirement"),
    );
    page.row("api", &count(spec.api.len(), "block"));
    for block in &spec.api {
        page.item(&format!(
            "line {:<6} {} {}",
            block.at.line, block.title, block.language
        ));
    }
    page.row(
        "dependencies",
        &count(spec.dependencies.len(), "dependency"),
    );
    spec.dependencies
        .iter()
        .for_each(|one| page.item(&dependency(one)));
    page.row("maturity", &count(spec.maturity_targets.len(), "level"));
    for target in &spec.maturity_targets {
        let items = count(target.items.len(), "item");
        page.item(&format!("{:<11} {items}", target.level.as_str()));
    }
    page.row("thresholds", &count(spec.thresholds.len(), "threshold"));
    for stated in &spec.thresholds {
        let text = condition(stated.subject, stated.value, stated.level);
        page.item(&format!("line {:<6} {text}", stated.at.line));
    }
    let usage = spec.usage_example.map(|at| format!("line {}", at.line));
    page.row("usage example", usage.as_deref().unwrap_or("none"));
    page.row("unresolved", &count(spec.unresolved.len(), "marker"));
    for marker in &spec.unresolved {
        page.item(&format!("line {:<6} {}", marker.at.line, marker.text));
    }
    page.0
}

fn requirements(spec: &Specification, page: &mut Page) {
    let of_kind = |kind| spec.requirements.iter().filter(move |one| one.kind == kind);
    let functional = of_kind(RequirementKind::Functional).count();
    let other = of_kind(RequirementKind::NonFunctional).count();
    let text = format!("{functional} functional, {other} non-functional");
    page.row("requirements", &text);
    let widths = spec.requirements.iter().map(|one| one.id.chars().count());
    let width = widths.max().unwrap_or(0).min(20);
    for requirement in &spec.requirements {
        page.item(&format!(
            "{:<width$} {}",
            requirement.id,
            title(requirement)
        ));
    }
}

fn title(requirement: &Requirement) -> String {
    let mut remarks = Vec::new();
    if let Some(priority) = requirement.priority {
        remarks.push(match priority {
            Priority::High => "high".to_owned(),
            Priority::Medium => "medium".to_owned(),
            Priority::Low => "low".to_owned(),
        });
    }
    if !requirement.criteria.is_empty() {
        remarks.push(criteria(&requirement.criteria));
    }
    let title = match requirement.title.as_str() {
        "" => "(no text)",
        title => title,
    };
    if remarks.is_empty() {
        title.to_owned()
    } else {
        format!("{title} ({})", remarks.join(", "))
    }
}

fn criteria(criteria: &[AcceptanceCriterion]) -> String {
    let total = count(criteria.len(), "criterion");
    let boxes = criteria.iter().filter_map(|one| one.is_ticked);
    let (ticked, open): (Vec<_>, Vec<_>) = boxes.partition(|&is_ticked| is_ticked);
    if ticked.is_empty() && open.is_empty() {
        return total;
    }
    format!(
        "{total}, {} of {} ticked",
        ticked.len(),
        ticked.len() + open.len()
    )
}

fn dependency(dependency: &Dependency) -> String {
    let mut text = dependency.name.clone();
    if let Some(constraint) = &dependency.constraint {
        text.push_str(&format!(" {constraint}"));
    }
    if dependency.is_optional {
        text.push_str(" (optional)");
    }
    if let Some(purpose) = &dependency.purpose {
        text.push_str(&format!(": {purpose}"));
    }
    text
}

fn count(number: usize, of: &str) -> String {
    let many = match of {
        "criterion" => "criteria".to_owned(),
        "dependency" => "dependencies".to_owned(),
        one => format!("{one}s"),
    };
    match number {
        0 => "none".to_owned(),
        1 => format!("1 {of}"),
        number => format!("{number} {many}"),
    }
}

/// Lines of text that control nothing.
#[derive(Default)]
struct Page(String);

impl Page {
    fn line(&mut self, text: &str) {
        let visible = text.chars().filter(|c| !is_control(*c));
        let line: String = visible.collect();
        self.0.push_str(line.trim_end());
        self.0.push('\n');
    }

    fn row(&mut self, name: &str, text: &str) {
        self.line(&format!("  {name:<14} {text}"));
    }

    fn item(&mut self, text: &str) {
        self.line(&format!("    {text}"));
    }
}

/// Whether a character steers the terminal or the direction of the text.
fn is_control(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
