//! Which numbers are read from which words.

use crate::{
    model::{Target, ThresholdSubject as Subject},
    spec::threshold_words::find,
};

fn read(text: &str, about: Option<Subject>) -> String {
    let found = find(text, about, None);
    let found = found.iter().map(|one| {
        let level = one.level.map_or("-", Target::as_str);
        let words = &text[one.range.clone()];
        format!("{:?} {} {level} {words:?}", one.subject, one.value)
    });
    found.collect::<Vec<_>>().join("; ")
}

#[test]
fn numbers_are_found_in_the_words_that_people_use() {
    let lines = [
        "Coverage ≥50%",
        "Comprehensive test coverage (≥70%)",
        "Test coverage: >= 70 %",
        "coverage of at least 70%",
        "Test coverage: ≥70% (staging), ≥80% (production)",
        "Coverage Target: ≥60% (development), ≥70% (staging), ≥80% (production)",
        "≥ 7 days in staging with ≥ 99.5 % uptime",
        "Write unit tests (≥60% coverage)",
        "at least 85.5 percent line coverage for production",
        "Staging: test coverage 75%, production coverage must be above 85%",
        "70–80% coverage",
        "Uptime: ≥99.5%",
        "99.9% availability in staging",
        "Uptime ≥99.5% (production)",
        "7-day staging stability",
        "7-day stability period complete",
        "staging: at least 10 days",
        "Cyclomatic complexity <10",
        "Complexity ≤10 per function",
        "complexity of at most 12",
        "maximum cyclomatic complexity of 8",
        "complexity must not exceed 15",
        "Coverage ≥ 85,5 %",
        "Coverage ≥ 70.0000001 %",
        "Coverage should not fall below 60 %",
        "Coverage must not be lower than 75 %",
    ];
    let read = lines.map(|line| read(line, None)).join("\n");
    insta::assert_snapshot!(read, @r#"
    Coverage 50 - "Coverage ≥50%"
    Coverage 70 - "coverage (≥70%)"
    Coverage 70 - "coverage: >= 70 %"
    Coverage 70 - "coverage of at least 70%"
    Coverage 70 staging "coverage: ≥70% (staging)"; Coverage 80 production "≥80% (production)"
    Coverage 60 dev "Coverage Target: ≥60% (development)"; Coverage 70 staging "≥70% (staging)"; Coverage 80 production "≥80% (production)"
    StagingDays 7 - "7 days in staging"; Uptime 99.5 - "≥ 99.5 % uptime"
    Coverage 60 - "≥60% coverage"
    Coverage 85.5 production "at least 85.5 percent line coverage"
    Coverage 75 staging "coverage 75%"; Coverage 85 production "coverage must be above 85%"
    Coverage 70 - "70–80% coverage"
    Uptime 99.5 - "Uptime: ≥99.5%"
    Uptime 99.9 - "99.9% availability"
    Uptime 99.5 production "Uptime ≥99.5% (production)"
    StagingDays 7 - "7-day staging"
    StagingDays 7 - "7-day stability"
    StagingDays 10 - "staging: at least 10 days"
    Complexity 9 - "complexity <10"
    Complexity 10 - "Complexity ≤10"
    Complexity 12 - "complexity of at most 12"
    Complexity 8 - "complexity of 8"
    Complexity 15 - "complexity must not exceed 15"
    Coverage 85.5 - "Coverage ≥ 85,5 %"
    Coverage 70.0000001 - "Coverage ≥ 70.0000001 %"
    Coverage 60 - "Coverage should not fall below 60 %"
    Coverage 75 - "Coverage must not be lower than 75 %"
    "#);
}

#[test]
fn numbers_about_something_else_are_left_alone() {
    let lines = [
        "Error rate: <0.1%",
        "Coverage and an error rate below 0.1%",
        "Unit tests with coverage, 100% pass rate",
        "branch coverage ≥60%",
        "docstring coverage: 100%",
        "Coverage ≥90% for the parser",
        "coverage below 70% is refused",
        "Current coverage: 45%",
        "coverage 170%",
        "time complexity O(1) < 10",
        "complexity 10",
        "every 7 days",
        "coverage",
        "",
    ];
    for line in lines {
        assert_eq!(read(line, None), "", "{line}");
    }
    assert_eq!(
        read("≥80% coverage, ≥95% pass rate", None),
        r#"Coverage 80 - "≥80% coverage""#
    );
}

#[test]
fn a_subject_from_around_the_line_needs_a_sign_or_a_level() {
    let about = Some(Subject::Coverage);
    assert_eq!(
        read("Staging: 70%", about),
        r#"Coverage 70 staging "Staging: 70%""#
    );
    assert_eq!(read("≥70%", about), r#"Coverage 70 - "≥70%""#);
    assert_eq!(read("90% of the parser", about), "");
    assert_eq!(read("70%", about), "");
    assert_eq!(
        read("≤ 10", Some(Subject::Complexity)),
        r#"Complexity 10 - "≤ 10""#
    );
}
