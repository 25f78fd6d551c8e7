//! Several components at once: a line for each, what is missing, the verdict.

use super::Style;
use super::lines::{Cell, Columns, Lines, Paint, sign};
use crate::model::{Report, Summary};
use crate::render::blockers::blockers;
use crate::render::text::plain_cut;

/// The longest cause in a line, in characters.
const CAUSE: usize = 160;

/// The summary of several reports.
#[must_use]
pub fn summary(summary: &Summary, style: Style) -> String {
    let mut lines = Lines::new(style);
    let mut columns = Columns::default();
    let rows: Vec<Vec<Cell>> = summary.worst_first().into_iter().map(row).collect();
    rows.iter().for_each(|row| columns.fit(row));
    rows.iter().for_each(|row| lines.row(0, &columns, row));
    for problem in &summary.problems {
        let text = format!("{}: {}", problem.subject, problem.message);
        lines.paragraph(0, "! ", &text, Paint::Yellow);
    }
    let text = format!(
        "{} {}: {}",
        sign(&summary.verdict),
        summary.verdict,
        summary.title()
    );
    lines.paragraph(0, "", &text, Paint::of(&summary.verdict));
    if let Some(remedy) = summary.verdict.reason().and_then(|r| r.remedy.as_deref()) {
        lines.paragraph(2, "", remedy, Paint::None);
    }
    lines.into_text()
}

fn row(report: &Report) -> Vec<Cell> {
    let cause = blockers(report).first().map(|blocker| {
        let stage = blocker.stage.map(|stage| stage.as_str());
        let name = blocker.name.or(stage).unwrap_or("run");
        plain_cut(&format!("{name}: {}", blocker.cause()), CAUSE)
    });
    vec![
        Cell::new(
            &format!("{} {}", sign(&report.verdict), report.component_name),
            Paint::of(&report.verdict),
        ),
        Cell::plain(report.target_stage.as_str()),
        Cell::plain(report.verdict.as_str()),
        Cell::plain(cause.as_deref().unwrap_or_default()),
    ]
}
