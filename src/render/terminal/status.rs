//! How mature components are: a table, and then each of them with what keeps it from the next
//! level.

use super::Style;
use super::lines::{Cell, Columns, Lines, Paint, sign};
use crate::model::{ComponentStatus, Criterion, EnvironmentName, Verdict};
use crate::render::age::{self, day};
use crate::render::blockers::of_criterion;
use crate::render::deployment::version;
use crate::render::excused::is_exempted;
use crate::render::maturity;
use crate::render::text::plain_cut;

/// How far what belongs to an entry is indented.
const BELOW: usize = 7;

/// The status of components: a table where there are several, then each of them.
#[must_use]
pub fn status(statuses: &[ComponentStatus], style: Style) -> String {
    let mut lines = Lines::new(style);
    match statuses {
        [] => lines.paragraph(0, "", "there is no component", Paint::None),
        [only] => write_component(only, &mut lines),
        several => {
            write_table(several, &mut lines);
            for status in several {
                lines.blank();
                write_component(status, &mut lines);
            }
        }
    }
    lines.into_text()
}

fn write_table(statuses: &[ComponentStatus], lines: &mut Lines) {
    let head = ["component", "maturity", "staging", "production", "next"];
    let mut rows = vec![head.map(|word| Cell::new(word, Paint::Dim)).to_vec()];
    rows.extend(statuses.iter().map(table_row));
    let mut columns = Columns::default();
    rows.iter().for_each(|row| columns.fit(row));
    rows.iter()
        .for_each(|row| lines.fitting_row(&columns, row, 4));
}

fn table_row(status: &ComponentStatus) -> Vec<Cell> {
    let (mark, paint) = match (maturity::is_quiet(status), &status.next) {
        (false, _) => ("!", Paint::Yellow),
        (true, Some(next)) if !next.blockers.is_empty() => ("…", Paint::None),
        _ => ("✓", Paint::Green),
    };
    let level = match status.demotion {
        Some(_) => format!("{} (demoted)", maturity::level(status.maturity)),
        None => maturity::level(status.maturity).to_owned(),
    };
    let place = |name: EnvironmentName| {
        let mut environments = status.environments.iter();
        let environment = environments.find(|environment| environment.name == name);
        environment.map_or_else(
            || "–".to_owned(),
            |environment| maturity::active_in_short(environment, &status.as_of),
        )
    };
    vec![
        Cell::new(&format!("{mark} {}", status.component), paint),
        Cell::plain(&level),
        Cell::plain(&place(EnvironmentName::Staging)),
        Cell::plain(&place(EnvironmentName::Production)),
        Cell::plain(&maturity::next(status.next.as_ref())),
    ]
}

fn write_component(status: &ComponentStatus, lines: &mut Lines) {
    let title = format!("{}: {}", status.component, maturity::level(status.maturity));
    lines.row(0, &Columns::default(), &[Cell::new(&title, Paint::Bold)]);
    if let Some(demotion) = &status.demotion {
        let text = format!("demoted on {}: {}", day(&demotion.since), demotion.reason);
        lines.paragraph(2, "! ", &text, Paint::Red);
        if let Some(remedy) = &demotion.remedy {
            lines.paragraph(4, "→ ", remedy, Paint::Bold);
        }
    }
    for hotfix in status.environments.iter().filter_map(maturity::hotfix) {
        lines.paragraph(2, "! ", &hotfix, Paint::Red);
    }
    write_environments(status, lines);
    write_maintenance(status, lines);
    write_next(status, lines);
    write_holds(status, lines);
    write_exemptions(status, lines);
}

fn write_environments(status: &ComponentStatus, lines: &mut Lines) {
    let now = &status.as_of;
    for environment in &status.environments {
        let mark = format!("{:<12}", environment.name);
        let url = environment
            .url
            .as_ref()
            .map_or_else(String::new, |url| format!("; {}", plain_cut(url, 200)));
        let text = format!("{}{url}", maturity::active(environment, now));
        let paint = match &environment.active {
            Some(active) if active.is_verified && environment.problem.is_none() => Paint::None,
            _ => Paint::Magenta,
        };
        lines.paragraph(2, &mark, &text, paint);
        if environment.active.is_some() || environment.rollback.version.is_some() {
            let text = maturity::rollback(&environment.rollback, now);
            lines.paragraph(14, "rollback: ", &text, Paint::Dim);
        }
    }
    for alarm in status.environments.iter().flat_map(maturity::alarms) {
        lines.paragraph(2, "! ", &alarm, Paint::Yellow);
    }
}

/// What keeps the levels that were reached, where it does not hold or is not known.
fn write_maintenance(status: &ComponentStatus, lines: &mut Lines) {
    for (environment, criteria) in maturity::not_kept(status) {
        let text = format!("What is asked for {environment} to be kept:");
        lines.paragraph(2, "", &text, Paint::Bold);
        for (index, criterion) in criteria.into_iter().enumerate() {
            write_blocker(index + 1, criterion, &status.as_of, lines);
        }
    }
}

fn write_next(status: &ComponentStatus, lines: &mut Lines) {
    let Some(next) = &status.next else {
        lines.paragraph(2, "", "There is no higher level.", Paint::None);
        return;
    };
    if next.blockers.is_empty() {
        let text = format!("Nothing blocks {}.", next.level);
        lines.paragraph(2, "✓ ", &text, Paint::Green);
    } else {
        let text = format!("What blocks {}, in this order:", next.level);
        lines.paragraph(2, "", &text, Paint::Bold);
    }
    for (index, criterion) in next.blockers.iter().enumerate() {
        write_blocker(index + 1, criterion, &status.as_of, lines);
    }
    let excused = next
        .criteria
        .iter()
        .filter(|one| is_exempted(one) || matches!(one.verdict, Verdict::Skipped(_)));
    for criterion in excused {
        let word = match &criterion.exemption {
            Some(exemption) => format!("exempted: {exemption}"),
            None => {
                let reason = criterion.verdict.reason();
                let message = reason.map_or("", |reason| reason.message.as_str());
                format!("skipped: {message}")
            }
        };
        let text = format!("{} {word}", plain_cut(&criterion.name, 80));
        lines.paragraph(2, "! ", &text, Paint::Yellow);
    }
}

fn write_blocker(number: usize, criterion: &Criterion, now: &str, lines: &mut Lines) {
    let blocker = of_criterion(None, criterion);
    let head = format!(
        "{} {} {}",
        sign(&criterion.verdict),
        plain_cut(&criterion.name, 80),
        criterion.verdict
    );
    let paint = Paint::of(&criterion.verdict);
    lines.paragraph(4, &format!("{number}. "), &head, paint);
    let rules = maturity::rules(criterion);
    let rules = match rules.is_empty() {
        true => String::new(),
        false => format!(" ({})", rules.join(", ")),
    };
    let cause = format!("{}{rules}", blocker.cause());
    lines.paragraph(BELOW, "", &cause, Paint::None);
    if let Some(gap) = blocker.gap() {
        lines.paragraph(BELOW, "", gap, Paint::None);
    }
    if let Some(source) = age::source(criterion, now) {
        lines.paragraph(BELOW, "from ", &source, Paint::Dim);
    }
    if let Some(remedy) = blocker.remedy() {
        lines.paragraph(BELOW, "→ ", remedy, Paint::Bold);
    }
}

fn write_holds(status: &ComponentStatus, lines: &mut Lines) {
    if status.holds.is_empty() {
        return;
    }
    lines.paragraph(2, "", "Held, and refused until released:", Paint::Bold);
    for hold in &status.holds {
        let text = format!(
            "{} {}: {} (since {}, by {})",
            hold.environment,
            version(&hold.version),
            plain_cut(&hold.reason, 400),
            day(&hold.since),
            plain_cut(&hold.by, 80)
        );
        lines.paragraph(4, "", &text, Paint::None);
    }
}

fn write_exemptions(status: &ComponentStatus, lines: &mut Lines) {
    if status.exemptions.is_empty() {
        return;
    }
    lines.paragraph(2, "", "Exemptions:", Paint::Bold);
    for one in &status.exemptions {
        let left = maturity::left(one, &status.as_of);
        let left = left.map_or_else(String::new, |left| format!(", {left}"));
        let text = format!(
            "{} {}{left}",
            plain_cut(&one.criterion, 80),
            maturity::exemption(one)
        );
        match one.is_expired {
            true => lines.paragraph(4, "! ", &text, Paint::Red),
            false => lines.paragraph(4, "", &text, Paint::None),
        }
    }
}
