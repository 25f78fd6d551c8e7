//! Cobertura XML → coverage, as a stream.
//!
//! The elements are those of
//! <https://github.com/cobertura/web/blob/master/htdocs/xml/coverage-04.dtd>. Lines are counted
//! once a file, whether they stand in several classes or in methods and their class.

use super::{
    Format, FormatError, PathBase, Place,
    files::{self, Files, Lines},
    path_base::is_absolute,
    xml::{Element, Node, XmlReader},
};
use crate::model::{Coverage, EvidenceData};
use std::collections::BTreeMap;

const FORMAT: Format = Format::Cobertura;

/// What the classes of one file say together.
#[derive(Default)]
struct File {
    lines: Lines,
    /// By line, how many conditions were covered, of how many.
    conditions: BTreeMap<u32, (u64, u64)>,
}

/// The figures that the root states.
struct Stated {
    line_rate: Option<f64>,
    lines: Option<(u64, u64)>,
    branches: Option<(u64, u64)>,
}

/// Reads a report.
pub(super) fn read(text: &str, paths: &PathBase) -> Result<EvidenceData, FormatError> {
    let mut xml = XmlReader::new(FORMAT, text);
    let mut files: Files<File> = Files::new();
    let mut sources: Vec<String> = Vec::new();
    let mut class: Option<usize> = None;
    let mut stated = None;
    while let Some(node) = xml.read()? {
        match node {
            Node::Open(element) if xml.depth() == 1 => {
                if element.name() != "coverage" {
                    let found = format!("<{}>", element.name());
                    return Err(xml.unexpected("<coverage> as the root", found));
                }
                stated = Some(read_stated(&element, &xml)?);
            }
            Node::Open(element) => match element.name() {
                "source" => sources.push(String::new()),
                "class" => {
                    let Some(file) = element.attribute(&xml, "filename")? else {
                        return Err(xml.unexpected("`filename` of <class>", "none"));
                    };
                    // A class without lines is a file without coverable lines.
                    class = Some(files.open(FORMAT, file, || xml.place())?);
                }
                "line" => {
                    let Some(class) = class else {
                        return Err(xml.unexpected("<line> inside a <class>", "it outside of one"));
                    };
                    read_line(&element, &xml, files.get_mut(class))?;
                }
                _ => {}
            },
            Node::Text(text) if xml.innermost() == "source" => {
                if let Some(source) = sources.last_mut() {
                    source.push_str(&text);
                }
            }
            Node::Close(name) if name == "class" => class = None,
            Node::Text(_) | Node::Close(_) => {}
        }
    }
    summarize(files, &sources, stated, paths)
}

fn read_stated(element: &Element<'_>, xml: &XmlReader<'_>) -> Result<Stated, FormatError> {
    let pair = |covered: &str, total: &str| {
        let (covered, total) = (element.number(xml, covered)?, element.number(xml, total)?);
        match (covered, total) {
            (Some(covered), Some(total)) if covered > total => {
                let expected = format!("at most {total} covered, which are all");
                Err(xml.unexpected(expected, covered.to_string()))
            }
            _ => Ok(covered.zip(total)),
        }
    };
    let line_rate = match element.attribute(xml, "line-rate")? {
        None => None,
        Some(value) => match value.trim().parse::<f64>() {
            Ok(rate) if (0.0..=1.0).contains(&rate) => Some(rate),
            _ => return Err(xml.unexpected("a `line-rate` from 0 to 1", value)),
        },
    };
    Ok(Stated {
        line_rate,
        lines: pair("lines-covered", "lines-valid")?,
        branches: pair("branches-covered", "branches-valid")?,
    })
}

fn read_line(
    element: &Element<'_>,
    xml: &XmlReader<'_>,
    file: &mut File,
) -> Result<(), FormatError> {
    let number = |name: &str| {
        let missing = || xml.unexpected(format!("`{name}` of <line>"), "none");
        element.number(xml, name)?.ok_or_else(missing)
    };
    let (line, hits) = (number("number")?, number("hits")?);
    let line = files::line_number(FORMAT, line, || xml.place())?;
    files::mark(&mut file.lines, line, hits > 0);
    let Some(coverage) = element.attribute(xml, "condition-coverage")? else {
        return Ok(());
    };
    let Some((covered, total)) = conditions(&coverage) else {
        let expected = "a `condition-coverage` such as `50% (1/2)`";
        return Err(xml.unexpected(expected, coverage));
    };
    let known = file.conditions.entry(line).or_default();
    *known = (known.0.max(covered), known.1.max(total));
    Ok(())
}

/// `50% (1/2)`.
fn conditions(text: &str) -> Option<(u64, u64)> {
    let (_, counts) = text.split_once('(')?;
    let (covered, total) = counts.trim_end().strip_suffix(')')?.split_once('/')?;
    let (covered, total) = (covered.trim().parse().ok()?, total.trim().parse().ok()?);
    (covered <= total).then_some((covered, total))
}

fn summarize(
    files: Files<File>,
    sources: &[String],
    stated: Option<Stated>,
    paths: &PathBase,
) -> Result<EvidenceData, FormatError> {
    let (mut branches_covered, mut branches_total) = (0_u64, 0_u64);
    let mut coverages = Vec::new();
    for (name, file) in files.into_vec() {
        for (covered, total) in file.conditions.values() {
            branches_covered = branches_covered.saturating_add(*covered);
            branches_total = branches_total.saturating_add(*total);
        }
        coverages.push(files::file_coverage(
            resolve(&name, sources, paths),
            &file.lines,
        ));
    }
    let counted: (u64, u64) = (
        coverages.iter().map(|file| file.lines_covered).sum(),
        coverages.iter().map(|file| file.lines_total).sum(),
    );
    let has_lines = counted.1 > 0;
    let (line_rate, lines, branches) = stated
        .map(|stated| (stated.line_rate, stated.lines, stated.branches))
        .unwrap_or_default();
    let (lines_covered, lines_total) = lines.filter(|_| !has_lines).unwrap_or(counted);
    let (branches_covered, branches_total) = match branches {
        Some((covered, total)) if branches_total == 0 => (covered, total),
        _ => (branches_covered, branches_total),
    };
    let stated = lines.and_then(|(covered, total)| files::percent(covered, total));
    // The rate is rounded to two digits or more: 69.996 must not become 70.
    let (percent, note) = files::lowest(&[
        ("its lines", files::percent(counted.0, counted.1)),
        ("`lines-covered` and `lines-valid`", stated),
        ("`line-rate`", line_rate.map(|rate| rate * 100.0)),
    ]);
    files::check_percent(FORMAT, percent, || Place::Path("coverage".into()))?;
    Ok(EvidenceData::Coverage(Coverage {
        lines_covered,
        lines_total,
        percent,
        branches_covered: (branches_total > 0).then_some(branches_covered),
        branches_total: (branches_total > 0).then_some(branches_total),
        files: coverages,
        notes: note.into_iter().collect(),
    }))
}

/// File names are relative to one of the sources. Of several only the file system knows which, so
/// that they stay as they are; so do those whose source is on another machine.
fn resolve(file: &str, sources: &[String], paths: &PathBase) -> String {
    let relative = paths.relative(file);
    if let ([source], false) = (sources, is_absolute(&relative)) {
        let joined = paths.relative(&format!("{}/{relative}", source.trim()));
        if !source.trim().is_empty() && !is_absolute(&joined) {
            return joined;
        }
    }
    relative
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> Result<Coverage, FormatError> {
        match FORMAT.read(text.as_bytes(), &PathBase::new("/tmp/workspace".as_ref()))? {
            EvidenceData::Coverage(coverage) => Ok(coverage),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn coverage_py_states_a_rounded_rate() {
        let report = include_str!("../../tests/fixtures/formats/cobertura.xml");
        let coverage = read_text(report).unwrap();
        assert_eq!((coverage.lines_covered, coverage.lines_total), (10, 17));
        assert!((coverage.percent - 10.0 / 17.0 * 100.0).abs() < 1e-9);
        assert_eq!(coverage.branches_covered, Some(2));
        assert_eq!(coverage.branches_total, Some(6));
        let cart = &coverage.files[1];
        assert_eq!(cart.file, "shop/cart.py");
        assert_eq!(cart.missing_lines, [18, 22, 23, 24, 25]);
    }

    #[test]
    fn classes_of_one_file_are_merged() {
        let coverage = read_text(
            r#"<!DOCTYPE coverage SYSTEM "http://cobertura.sourceforge.net/xml/coverage-04.dtd">
            <coverage><sources><source>/build/a</source><source>src</source></sources><packages><package><classes>
              <class name="A" filename="A.java"><methods><method><lines>
                <line number="1" hits="2"/></lines></method></methods>
                <lines><line number="1" hits="2"/><line number="2" hits="0" branch="true" condition-coverage="50% (1/2)"/></lines></class>
              <class name="A$1" filename="A.java"><lines>
                <line number="2" hits="1" branch="true" condition-coverage="100% (2/2)"/>
                <line number="9" hits="0"/></lines></class>
            </classes></package></packages></coverage>"#,
        )
        .unwrap();
        assert_eq!(coverage.files.len(), 1);
        assert_eq!(coverage.files[0].file, "A.java");
        assert_eq!((coverage.lines_covered, coverage.lines_total), (2, 3));
        assert_eq!(coverage.branches_covered, Some(2));
        assert_eq!(coverage.branches_total, Some(2));
        assert!((coverage.percent - 200.0 / 3.0).abs() < 1e-9);
    }

    #[test]
    fn a_summary_without_lines_is_taken_as_stated() {
        let coverage =
            read_text(r#"<coverage line-rate="0.8" lines-covered="8" lines-valid="10"/>"#).unwrap();
        assert_eq!((coverage.lines_covered, coverage.lines_total), (8, 10));
        assert!((coverage.percent - 80.0).abs() < 1e-9);
        assert_eq!(read_text("<coverage/>").unwrap().lines_total, 0);
    }

    #[test]
    fn the_lowest_of_contradicting_figures_counts() {
        let read = |stated: &str| {
            let report = format!(
                "<coverage {stated}><class filename='a'><line number='1' hits='1'/>\
                 <line number='2' hits='0'/></class></coverage>"
            );
            let coverage = read_text(&report).unwrap();
            (coverage.percent, coverage.notes.join("\n"))
        };
        assert_eq!(read("line-rate='0.504'"), (50.0, String::new()));
        let (percent, note) = read("line-rate='0.95'");
        assert_eq!(percent, 50.0);
        insta::assert_snapshot!(note, @"the coverage report contradicts itself: 50.00 % by its lines, 95.00 % by `line-rate`; the lowest figure counts");
        let (percent, note) = read("line-rate='0.5' lines-covered='1' lines-valid='10'");
        assert_eq!(percent, 10.0);
        insta::assert_snapshot!(note, @"the coverage report contradicts itself: 50.00 % by its lines, 10.00 % by `lines-covered` and `lines-valid`; the lowest figure counts");
    }

    #[test]
    fn impossible_figures_are_refused() {
        let line = |line: &str| format!("<coverage><class filename='a'>{line}</class></coverage>");
        assert!(read_text(&line("<line number='1' hits='1'/>")).is_ok());
        for text in [
            "<coverage line-rate='NaN'/>".to_owned(),
            "<coverage line-rate='1.2'/>".to_owned(),
            "<coverage line-rate='-0.1'/>".to_owned(),
            "<coverage lines-covered='3' lines-valid='2'/>".to_owned(),
            "<coverage branches-covered='3' branches-valid='2'/>".to_owned(),
            "<report/>".to_owned(),
            "<coverage><line number='1' hits='1'/></coverage>".to_owned(),
            "<coverage><class/></coverage>".to_owned(),
            line("<line number='0' hits='1'/>"),
            line("<line number='4000000000' hits='1'/>"),
            line("<line number='1' hits='-1'/>"),
            line("<line number='1'/>"),
            line("<line number='1' hits='1' condition-coverage='150% (3/2)'/>"),
            format!("<coverage>{}", "<packages>".repeat(100_000)),
        ] {
            assert!(read_text(&text).is_err(), "{text:.100}");
        }
    }
}
