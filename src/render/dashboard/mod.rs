//! The result of a run as one HTML file, for a person in a browser.
//!
//! The file needs no network and no script: it opens from a mail, from an artifact and from a
//! static site alike. A Content Security Policy forbids everything but the page's own style sheet,
//! so that text of strangers stays text even if an escape were missing. Templates escape every
//! value; views have texts that are already cut to a length that people read.

mod bar;
mod deployment;
mod findings;
mod overall;
mod overview;
mod prose;
mod questions;
mod timeline;
mod tools;

use crate::model::Report;
use crate::render::text::plain_cut;
use askama::Template;
use findings::Findings;
pub use overall::overall;
use overview::Overview;
use prose::Prose;
use questions::StageView;
use timeline::Timeline;
use tools::ToolView;

/// The style sheet of the page.
const STYLE: &str = include_str!("../../../templates/dashboard/style.css");

/// The hash by which the Content Security Policy knows [`STYLE`]
/// (<https://www.w3.org/TR/CSP3/#grammardef-hash-source>). A test says the right one.
const STYLE_HASH: &str = "sha256-+JVRmtKtC/iEQ6XYTtKdtJA7AhdCVF0boeflE7qP+Ow=";

/// The longest name, place or version, in characters.
const NAME: usize = 120;

/// The longest sentence of a tool, in characters.
const SENTENCE: usize = 500;

/// The longest command, in characters.
const COMMAND: usize = 2000;

/// How many entries a list has at most.
const ENTRIES: usize = 50;

/// How many errors, warnings or notes are shown in one place.
const SENTENCES: usize = 8;

/// The dashboard of a run: a whole HTML document.
#[must_use]
pub fn page(report: &Report) -> String {
    let page = Page {
        style: STYLE,
        style_hash: STYLE_HASH,
        overview: Overview::of(report),
        stages: questions::stages(report),
        timeline: Timeline::of(report),
        findings: Findings::of(report),
        tools: tools::views(report),
        flaky_tests: Few::of(report.flaky_tests.iter(), ENTRIES, |test| {
            plain_cut(test, SENTENCE)
        }),
        patch: PatchView::of(report),
        problems: Few::of(report.publishing_problems.iter(), ENTRIES, |problem| {
            (name(&problem.sink), sentence(&problem.message))
        }),
    };
    #[expect(
        clippy::expect_used,
        reason = "writing to a string fails only when a value refuses to be written, and these are texts"
    )]
    page.render().expect("the dashboard is texts only")
}

#[derive(Template)]
#[template(path = "dashboard/page.html", whitespace = "minimize")]
struct Page {
    style: &'static str,
    style_hash: &'static str,
    overview: Overview,
    stages: Vec<StageView>,
    timeline: Timeline,
    findings: Findings,
    tools: Vec<ToolView>,
    flaky_tests: Few<String>,
    patch: Option<PatchView>,
    problems: Few<(String, Prose)>,
}

/// What auto-fix did or offers.
struct PatchView {
    is_applied: bool,
    file: String,
    changes: Few<(String, String)>,
}

impl PatchView {
    fn of(report: &Report) -> Option<Self> {
        report.auto_fix.as_ref().map(|patch| Self {
            is_applied: patch.is_applied,
            file: name(&patch.file),
            changes: Few::of(patch.changes.iter(), ENTRIES, |change| {
                (name(&change.file), name(&change.tool))
            }),
        })
    }
}

/// The first few of a list, and how many more there are.
struct Few<T> {
    shown: Vec<T>,
    left: usize,
}

impl<T> Few<T> {
    fn of<S>(items: impl ExactSizeIterator<Item = S>, most: usize, view: impl Fn(S) -> T) -> Self {
        let left = items.len().saturating_sub(most);
        Self {
            shown: items.take(most).map(view).collect(),
            left,
        }
    }
}

fn name(text: &str) -> String {
    plain_cut(text, NAME)
}

fn sentence(text: &str) -> Prose {
    Prose::of(&plain_cut(text, SENTENCE))
}

fn command(text: &str) -> String {
    plain_cut(text, COMMAND)
}

#[cfg(test)]
mod tests;
