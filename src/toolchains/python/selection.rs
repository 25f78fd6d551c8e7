//! Which tests pytest runs: the component's own, or those of a suite. No test is in both.

use super::super::{Preparation, SuiteOrder};
use super::Setup;
use super::project::Project;
use crate::config::SuiteTests;
use std::{collections::BTreeMap, path::PathBuf};

/// The tests of one run of pytest.
pub(super) struct Selection {
    /// Files and folders, absolute.
    pub(super) tests: Vec<PathBuf>,
    /// Files and folders that are left out, absolute.
    ignored: Vec<PathBuf>,
    /// The expression that chooses among them by their markers.
    markers: Option<String>,
    /// Whether coverage is measured.
    pub(super) has_coverage: bool,
    /// Environment variables.
    pub(super) env: BTreeMap<String, String>,
    /// The folder for reports, absolute.
    pub(super) folder: PathBuf,
    /// What to do when there is no test.
    pub(super) where_to_add: String,
}

impl Selection {
    /// The component's own tests, without those of suites: these need an environment.
    pub(super) fn of_component(setup: &Setup<'_>, preparation: &Preparation) -> Self {
        let suites = || preparation.suites.iter().map(|suite| &suite.tests);
        let ignored: Vec<PathBuf> = suites()
            .flat_map(|tests| absolute(preparation, tests))
            .collect();
        let own = |test: &&PathBuf| !ignored.iter().any(|ignored| test.starts_with(ignored));
        let unwanted: Vec<&str> = suites().filter_map(marker).collect();
        Self {
            tests: setup.project.tests.iter().filter(own).cloned().collect(),
            markers: without(&unwanted, chosen_by_user(setup)),
            ignored,
            has_coverage: true,
            env: BTreeMap::new(),
            folder: preparation.run_folder.clone(),
            where_to_add: "add tests, or set components.<name>.tests".to_owned(),
        }
    }

    /// The tests of a suite, without those of others.
    pub(super) fn of_suite(
        setup: &Setup<'_>,
        preparation: &Preparation,
        order: &SuiteOrder,
    ) -> Self {
        let name = order.suite.name;
        let others = preparation.suites.iter();
        let others = others.filter(|other| other.name != name);
        let others: Vec<&SuiteTests> = others.map(|other| &other.tests).collect();
        let tests = match &order.suite.tests {
            SuiteTests::Marker(_) => setup.project.tests.clone(),
            tests => absolute(preparation, tests),
        };
        let ignored = others
            .iter()
            .flat_map(|tests| absolute(preparation, tests))
            // A suite may lie below another one's folder.
            .filter(|path| !tests.iter().any(|test| test.starts_with(path)))
            .collect();
        let own = marker(&order.suite.tests);
        let unwanted = others.into_iter().filter_map(marker);
        let unwanted: Vec<&str> = unwanted.filter(|other| Some(*other) != own).collect();
        Self {
            tests,
            ignored,
            markers: without(&unwanted, own.map(str::to_owned)),
            has_coverage: order.suite.has_production_coverage,
            env: order.env.clone(),
            folder: order.folder.clone(),
            where_to_add: format!(
                "add tests, or correct suites.{} ({})",
                name.as_str(),
                order.suite.rule
            ),
        }
    }

    /// As pytest is told. What is said last holds, so that this comes behind other options.
    pub(super) fn arguments(&self, project: &Project) -> Vec<String> {
        let ignored = self.ignored.iter();
        let ignored = ignored.map(|path| format!("--ignore={}", project.argument(path)));
        let markers = self.markers.iter();
        let markers = markers.flat_map(|markers| ["-m".to_owned(), markers.clone()]);
        let tests = self.tests.iter().map(|test| project.argument(test));
        ignored.chain(markers).chain(tests).collect()
    }
}

fn absolute(preparation: &Preparation, tests: &SuiteTests) -> Vec<PathBuf> {
    match tests {
        SuiteTests::Paths(paths) => {
            let paths = paths.iter();
            paths.map(|path| preparation.workspace.join(path)).collect()
        }
        SuiteTests::Marker(_) | SuiteTests::Command(_) => Vec::new(),
    }
}

fn marker(tests: &SuiteTests) -> Option<&str> {
    match tests {
        SuiteTests::Marker(marker) => Some(marker),
        SuiteTests::Paths(_) | SuiteTests::Command(_) => None,
    }
}

/// The wanted tests without those that have one of these markers.
fn without(unwanted: &[&str], wanted: Option<String>) -> Option<String> {
    if unwanted.is_empty() {
        return wanted;
    }
    let wanted = wanted.map(|wanted| format!("({wanted})"));
    let unwanted = unwanted.iter().map(|marker| format!("not ({marker})"));
    let all: Vec<String> = wanted.into_iter().chain(unwanted).collect();
    Some(all.join(" and "))
}

/// The expression by which the user chooses tests: pytest obeys the last `-m` only, which would
/// otherwise be ours.
fn chosen_by_user(setup: &Setup<'_>) -> Option<String> {
    let options = setup.project.tool_settings("pytest");
    let options = options.and_then(|pytest| pytest.get("ini_options")?.get("addopts"));
    let stated: Vec<String> = match options {
        Some(toml::Value::String(text)) => words(text),
        Some(toml::Value::Array(list)) => {
            let texts = list.iter().filter_map(toml::Value::as_str);
            texts.map(str::to_owned).collect()
        }
        _ => Vec::new(),
    };
    expression(&setup.policy.pytest_args).or_else(|| expression(&stated))
}

fn expression(options: &[String]) -> Option<String> {
    let behind = options.iter().rposition(|option| option == "-m");
    let attached = options.iter().rposition(|option| {
        let is_long = option.starts_with("--");
        !is_long && option.starts_with("-m") && option.len() > 2
    });
    let found = match (behind, attached) {
        (Some(behind), Some(attached)) if attached > behind => &options[attached][2..],
        (Some(behind), _) => options.get(behind + 1)?,
        (None, Some(attached)) => &options[attached][2..],
        (None, None) => return None,
    };
    let found = found.trim_start_matches('=').trim();
    (!found.is_empty()).then(|| found.to_owned())
}

/// A text of options as pytest splits it: at blanks outside of quotes.
fn words(text: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    for character in text.chars() {
        match (quote, character) {
            (Some(open), _) if open == character => quote = None,
            (None, '\'' | '"') => {
                quote = Some(character);
                word.get_or_insert_default();
            }
            (None, _) if character.is_whitespace() => words.extend(word.take()),
            _ => word.get_or_insert_default().push(character),
        }
    }
    words.extend(word);
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_text(text: &str) -> Option<String> {
        expression(&words(text))
    }

    #[test]
    fn the_users_own_choice_is_found() {
        for (options, expected) in [
            ("-q", None),
            ("-m slow", Some("slow")),
            ("-q -m 'not slow' --strict-markers", Some("not slow")),
            ("-m \"a or b\"", Some("a or b")),
            ("-m'not slow'", Some("not slow")),
            ("-m=slow", Some("slow")),
            ("-m slow -m fast", Some("fast")),
            ("-mslow -m fast", Some("fast")),
            ("-m slow -mfast", Some("fast")),
            ("--maxfail=1 -m ''", None),
            ("-m", None),
        ] {
            assert_eq!(of_text(options).as_deref(), expected, "{options}");
        }
    }

    #[test]
    fn markers_of_suites_are_taken_out_of_what_is_wanted() {
        assert_eq!(without(&[], None), None);
        assert_eq!(without(&[], Some("a".to_owned())).as_deref(), Some("a"));
        assert_eq!(without(&["e2e"], None).as_deref(), Some("not (e2e)"));
        assert_eq!(
            without(&["e2e", "b"], Some("a or c".to_owned())).as_deref(),
            Some("(a or c) and not (e2e) and not (b)")
        );
    }
}
