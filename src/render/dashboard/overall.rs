//! The results of several components as one page.

use super::overview::Overview;
use super::questions::{self, StageView};
use super::{ENTRIES, Few, Prose, STYLE, STYLE_HASH, name, sentence};
use crate::model::{Report, Summary};
use askama::Template;

/// How many components the page shows. GitHub allows 256 jobs in a matrix.
const COMPONENTS: usize = 1000;

#[derive(Template)]
#[template(path = "dashboard/overall.html", whitespace = "minimize")]
struct Overall {
    style: &'static str,
    style_hash: &'static str,
    title: String,
    verdict: &'static str,
    commit: String,
    problems: Few<(String, Prose)>,
    components: Vec<ComponentView>,
    left: usize,
    spec2prod_version: &'static str,
}

/// One component.
struct ComponentView {
    overview: Overview,
    stages: Vec<StageView>,
    gates: usize,
}

impl ComponentView {
    fn of(report: &Report) -> Self {
        let stages = questions::stages(report);
        Self {
            gates: stages.iter().map(|stage| stage.questions.len()).sum(),
            overview: Overview::of(report),
            stages,
        }
    }
}

/// The page of a summary: a whole HTML document, those components first that do not pass.
#[must_use]
pub fn overall(summary: &Summary) -> String {
    let reports = summary.worst_first();
    let page = Overall {
        style: STYLE,
        style_hash: STYLE_HASH,
        title: summary.title(),
        verdict: summary.verdict.as_str(),
        commit: name(summary.commit.as_deref().unwrap_or_default()),
        problems: Few::of(summary.problems.iter(), ENTRIES, |problem| {
            (name(&problem.subject), sentence(&problem.message))
        }),
        left: reports.len().saturating_sub(COMPONENTS),
        components: reports
            .into_iter()
            .take(COMPONENTS)
            .map(ComponentView::of)
            .collect(),
        spec2prod_version: env!("CARGO_PKG_VERSION"),
    };
    #[expect(
        clippy::expect_used,
        reason = "writing to a string fails only when a value refuses to be written, and these are texts"
    )]
    page.render().expect("the dashboard is texts only")
}
