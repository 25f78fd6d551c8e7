//! JUnit XML → test run, as a stream: suites and cases are counted while they pass by.
//!
//! JUnit XML has no standard. What is read here is what runners are seen to write:
//! <https://github.com/testmoapp/junitxml>, Surefire's `<flakyFailure>` and `<rerunFailure>`
//! (<https://maven.apache.org/surefire/maven-surefire-plugin/xsd/surefire-test-report.xsd>, also
//! nextest's), GoogleTest's `status="notrun"`, pytest's zero-based lines and repeated cases.

mod case;
mod time;

#[cfg(test)]
mod tests;

use super::{
    Format, FormatError, PathBase,
    findings::{self, Kept, MAX_LINE},
    text,
    xml::{Element, Node, XmlReader},
};
use crate::model::{CaseOutcome, EvidenceData, TestCase, TestRun};
use case::{OpenCase, Problem};

/// Reads a report.
pub(super) fn read(text: &str, paths: &PathBase) -> Result<EvidenceData, FormatError> {
    let mut xml = XmlReader::new(Format::Junit, text);
    let mut reading = Reading {
        paths,
        suites: Vec::new(),
        case: None,
        problem: None,
        cases: Vec::new(),
        kept: Kept::default(),
        duration_ms: 0.0,
        note: None,
    };
    while let Some(node) = xml.read()? {
        match node {
            Node::Open(element) => reading.open(&element, &xml)?,
            Node::Text(text) => reading.text(&text, &xml),
            Node::Close(name) => reading.close(&name, &xml)?,
        }
    }
    let mut run = TestRun::from_cases(reading.cases, reading.duration_ms);
    run.notes.extend(reading.note);
    Ok(EvidenceData::Tests(run))
}

/// What is open while a report is read.
struct Reading<'a> {
    paths: &'a PathBase,
    /// `<testsuites>` and the open `<testsuite>`s, outermost first.
    suites: Vec<Suite>,
    case: Option<OpenCase>,
    problem: Option<Problem>,
    cases: Vec<TestCase>,
    kept: Kept,
    duration_ms: f64,
    /// What is said of the first suite that has less than it states.
    note: Option<String>,
}

/// An open `<testsuites>` or `<testsuite>`.
struct Suite {
    name: String,
    file: Option<String>,
    /// What its attributes state: tests, and failures and errors together.
    stated_tests: u64,
    stated_problems: u64,
    stated_ms: Option<f64>,
    /// The time of what is inside.
    inner_ms: f64,
    /// The index of its first case.
    first_case: usize,
    is_root: bool,
    is_pytest: bool,
}

impl Suite {
    /// What is said of a suite that has less than it states.
    fn lacking(&self, what: &str, stated: u64, found: usize) -> String {
        let suite = match self.name.as_str() {
            "" => "the report".to_owned(),
            name => format!("the suite `{name}`"),
        };
        format!("{suite} states {stated} {what} and has {found}: what it has is counted")
    }
}

impl Reading<'_> {
    fn open(&mut self, element: &Element<'_>, xml: &XmlReader<'_>) -> Result<(), FormatError> {
        let is_root = xml.depth() == 1;
        match element.name() {
            "testsuites" if is_root => self.open_suite(element, xml),
            "testsuite" if self.case.is_none() => self.open_suite(element, xml),
            _ if is_root => Err(xml.unexpected(
                "<testsuites> or <testsuite> as the root",
                format!("<{}>", element.name()),
            )),
            "testcase" if self.case.is_none() => self.open_case(element, xml),
            name @ ("testcase" | "testsuite" | "testsuites") => Err(xml.unexpected(
                "no suites or cases inside a <testcase>, and one <testsuites> as the root",
                format!("<{name}>"),
            )),
            name => {
                let Some(outcome) = Problem::outcome_of(name) else {
                    return Ok(());
                };
                if self.case.is_none() {
                    let expected = format!("<{name}> inside a <testcase>");
                    return Err(xml.unexpected(expected, "it outside of one"));
                }
                if self.problem.is_none() {
                    let stated = element.attribute(xml, "message")?;
                    self.problem = Some(Problem::new(xml.depth(), outcome, stated));
                }
                Ok(())
            }
        }
    }

    fn open_suite(
        &mut self,
        element: &Element<'_>,
        xml: &XmlReader<'_>,
    ) -> Result<(), FormatError> {
        let count =
            |name| -> Result<u64, FormatError> { Ok(element.number(xml, name)?.unwrap_or(0)) };
        let name = element.attribute(xml, "name")?.unwrap_or_default();
        let is_root = element.name() == "testsuites";
        // `<testsuites name="pytest tests">` since pytest 8.4, before that without a name; the
        // suite's name is `pytest` unless `junit_suite_name` says otherwise.
        let is_pytest = name == if is_root { "pytest tests" } else { "pytest" };
        let outer = self.suites.last();
        self.suites.push(Suite {
            file: element
                .attribute(xml, "file")?
                .map(|file| text::name(&file))
                .or_else(|| outer.and_then(|outer| outer.file.clone())),
            stated_tests: count("tests")?,
            stated_problems: count("failures")?.saturating_add(count("errors")?),
            stated_ms: time::milliseconds(element, xml)?,
            inner_ms: 0.0,
            first_case: self.cases.len(),
            is_root,
            is_pytest: is_pytest || outer.is_some_and(|outer| outer.is_root && outer.is_pytest),
            // Cases that stand in `<testsuites>` itself have no suite.
            name: if is_root {
                String::new()
            } else {
                text::name(&name)
            },
        });
        Ok(())
    }

    fn open_case(&mut self, element: &Element<'_>, xml: &XmlReader<'_>) -> Result<(), FormatError> {
        findings::check_count(Format::Junit, self.cases.len(), "test cases", || {
            xml.place()
        })?;
        let Some(suite) = self.suites.last() else {
            return Err(xml.unexpected("a <testcase> inside a <testsuite>", "it outside of one"));
        };
        let own_file = element.attribute(xml, "file")?;
        // pytest counts lines from 0: https://github.com/pytest-dev/pytest/blob/main/src/_pytest/junitxml.py
        let first_line = u64::from(suite.is_pytest && own_file.is_some());
        let line = element
            .number(xml, "line")?
            .map(|line| line.saturating_add(first_line));
        if let Some(line) = line.filter(|line| *line > u64::from(MAX_LINE)) {
            let expected = format!("a line of at most {MAX_LINE}");
            return Err(xml.unexpected(expected, line.to_string()));
        }
        let name = |attribute| -> Result<String, FormatError> {
            let value = element.attribute(xml, attribute)?.unwrap_or_default();
            Ok(text::name(&value))
        };
        // GoogleTest and CTest say so of disabled tests, without a <skipped>.
        let skipped = ["notrun", "disabled", "skipped", "suppressed", "ignored"];
        let states = [name("status")?, name("result")?].map(|state| state.to_ascii_lowercase());
        let is_skipped = states.iter().any(|state| skipped.contains(&state.as_str()));
        let file = own_file.or_else(|| suite.file.clone());
        let case = TestCase {
            suite: suite.name.clone(),
            class: name("classname")?,
            name: name("name")?,
            file: file.map(|file| self.paths.relative(&file)),
            line: line
                .and_then(|line| u32::try_from(line).ok())
                .filter(|line| *line > 0),
            outcome: if is_skipped {
                CaseOutcome::Skipped
            } else {
                CaseOutcome::Passed
            },
            message: None,
            duration_ms: time::milliseconds(element, xml)?.unwrap_or(0.0),
        };
        self.case = Some(OpenCase::new(case, &states));
        Ok(())
    }

    fn text(&mut self, text: &str, xml: &XmlReader<'_>) {
        if let Some(problem) = &mut self.problem {
            // Surefire and nextest put the output of an attempt inside of its failure.
            if !matches!(xml.innermost(), "system-out" | "system-err") {
                problem.push(text);
            }
        }
    }

    fn close(&mut self, name: &str, xml: &XmlReader<'_>) -> Result<(), FormatError> {
        // The element is no longer open, so that its depth is one more.
        let depth = xml.depth() + 1;
        if let Some(problem) = self.problem.take_if(|problem| problem.depth == depth) {
            if let Some(case) = &mut self.case {
                case.suffer(problem);
            }
            return Ok(());
        }
        match name {
            "testcase" => {
                if let Some(case) = self.case.take() {
                    if let Some(suite) = self.suites.last_mut() {
                        suite.inner_ms += case.test.duration_ms;
                    }
                    let test = case.close();
                    let texts = [test.suite.as_str(), &test.class, &test.name];
                    let more = [test.file.as_deref(), test.message.as_deref()];
                    let texts = texts.into_iter().chain(more.into_iter().flatten());
                    self.kept.count(Format::Junit, texts, || xml.place())?;
                    self.cases.push(test);
                }
            }
            "testsuite" | "testsuites" => {
                if let Some(suite) = self.suites.pop() {
                    self.close_suite(&suite, xml)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn close_suite(&mut self, suite: &Suite, xml: &XmlReader<'_>) -> Result<(), FormatError> {
        let inner = &self.cases[suite.first_case..];
        // A report that states failures without the cases that failed was cut or is of a kind that
        // is not understood. Other numbers decide nothing: tools count assertions, attempts and phases
        // in these attributes, and pytest counts subtests.
        if suite.stated_tests > 0 && inner.is_empty() {
            let found = format!("none of the {} tests that it states", suite.stated_tests);
            return Err(xml.unexpected(format!("cases in the suite `{}`", suite.name), found));
        }
        let is_bad =
            |case: &TestCase| !matches!(case.outcome, CaseOutcome::Passed | CaseOutcome::Skipped);
        let bad = inner.iter().filter(|case| is_bad(case)).count();
        if suite.stated_problems > 0 && bad == 0 {
            let expected = format!("a case that failed in the suite `{}`", suite.name);
            let found = format!("none of the {} that it states", suite.stated_problems);
            return Err(xml.unexpected(expected, found));
        }
        let counts = [
            ("tests", suite.stated_tests, inner.len()),
            ("failures and errors", suite.stated_problems, bad),
        ];
        let mut less = counts
            .iter()
            .filter(|(_, stated, found)| *stated > *found as u64);
        if let Some((what, stated, found)) = less.next().filter(|_| !suite.is_pytest) {
            self.note
                .get_or_insert_with(|| suite.lacking(what, *stated, *found));
        }
        let spent = suite
            .stated_ms
            .filter(|stated| *stated > 0.0)
            .unwrap_or(suite.inner_ms);
        match self.suites.last_mut() {
            Some(outer) => outer.inner_ms += spent,
            None => self.duration_ms = spent,
        }
        if suite.is_pytest && !suite.is_root {
            case::merge_attempts(&mut self.cases, suite.first_case);
        }
        Ok(())
    }
}
