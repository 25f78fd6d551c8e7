//! What production asks of the coverage of suites.

use super::*;
use crate::config::FurtherEvidencePolicy;
use crate::model::{Coverage, Position, StatedThreshold, ThresholdSubject};

/// Calls one of two functions.
const HALF: &str = "import shop\n\n\ndef test_add() -> None:\n    assert shop.add(1, 2) == 3\n";
const TWO_FUNCTIONS: &str =
    "def add(a, b):\n    return a + b\n\n\ndef sub(a, b):\n    return a - b\n";

/// A suite by pytest that covers three of four lines, and production asks for its coverage.
fn half_covered(name: SuiteName, least: f64) -> Shop {
    let mut shop = Shop::new(&[("tests/suite/test_add.py", HALF)])
        .with(name, paths(&["tests/suite"]))
        .changed(|suite| suite.has_production_coverage = true);
    shop.write("src/shop/__init__.py", TWO_FUNCTIONS);
    let gate = shop.policy.gates.get_mut("test_coverage").unwrap();
    gate.limits["production_threshold"] = least.into();
    shop
}

async fn answered(shop: &Shop, phase: Phase) -> SuiteAnswer {
    shop.answer(phase, Duration::from_secs(300)).await
}

#[tokio::test]
async fn end_to_end_tests_that_cover_too_little_fail() {
    let enough = answered(
        &half_covered(SuiteName::EndToEnd, 75.0),
        Phase::EndToEndTests,
    )
    .await;
    assert_eq!(enough.verdict, Verdict::Passed);
    insta::assert_snapshot!(enough.message, @"1 of 1 tests pass; coverage 75 %, as production asks: ≥ 75 %");
    let coverage = enough.coverage.unwrap();
    assert_eq!((coverage.lines_covered, coverage.lines_total), (3, 4));
    assert!(enough.measurements[0].holds);
    let little = answered(
        &half_covered(SuiteName::EndToEnd, 76.0),
        Phase::EndToEndTests,
    )
    .await;
    assert_eq!(little.verdict, Verdict::Failed);
    insta::assert_snapshot!(little.message, @"1 of 1 tests pass; coverage 75 %, and production asks for ≥ 76 % (built-in default)");
    assert!(!little.measurements[0].holds);
    // Without the key nobody asks.
    let unasked = half_covered(SuiteName::EndToEnd, 76.0)
        .changed(|suite| suite.has_production_coverage = false);
    let unasked = answered(&unasked, Phase::EndToEndTests).await;
    assert_eq!((unasked.verdict, unasked.coverage), (Verdict::Passed, None));
}

#[tokio::test]
async fn integration_tests_tell_their_coverage_and_pass_whatever_it_is() {
    let little = half_covered(SuiteName::Integration, 76.0);
    let little = answered(&little, Phase::IntegrationTests).await;
    assert_eq!(little.verdict, Verdict::Passed);
    insta::assert_snapshot!(little.message, @"1 of 1 tests pass; coverage 75 %, and production asks for ≥ 76 % (built-in default)");
    assert_eq!(little.coverage.unwrap().percent, 75.0);
    assert_eq!(little.measurements, []);
}

#[tokio::test]
async fn coverage_that_nobody_knows_passes_no_end_to_end_tests() {
    for (name, phase, verdict) in [
        (SuiteName::EndToEnd, Phase::EndToEndTests, "no_data"),
        (SuiteName::Integration, Phase::IntegrationTests, "passed"),
    ] {
        let words = ["python3", "-c", "pass"];
        let shop = Shop::new(&[])
            .with(name, command(&words, ReportFormat::ExitStatus, None))
            .changed(|suite| {
                suite.has_production_coverage = true;
                if let SuiteTests::Command(command) = &mut suite.tests {
                    command.also = vec![FurtherEvidencePolicy {
                        evidence: vec![EvidenceKind::Coverage],
                        report: ReportPolicy {
                            format: ReportFormat::Lcov,
                            path: Some("{report}.lcov".to_owned()),
                        },
                    }];
                }
            });
        let answer = answered(&shop, phase).await;
        assert_eq!(answer.verdict.as_str(), verdict, "{}", answer.message);
        assert_eq!(answer.coverage, None);
        let told = "its coverage is not known, and production asks for it: ";
        assert!(answer.message.contains(told), "{}", answer.message);
        if let Some(reason) = answer.verdict.reason() {
            assert_eq!(reason.code, ReasonCode::ReportMissing);
            assert!(reason.remedy.is_some(), "{reason}");
        }
    }
}

#[tokio::test]
async fn the_specification_can_ask_for_more_coverage() {
    let shop = half_covered(SuiteName::EndToEnd, 75.0);
    let (groundwork, _) = shop.laid();
    let stated = StatedThreshold {
        subject: ThresholdSubject::Coverage,
        level: Some(Target::Production),
        value: 90.0,
        file: "specs/shop.md".to_owned(),
        at: Position { line: 7, column: 1 },
        text: "Coverage: 90%".to_owned(),
    };
    let mut asked = Asked::of(&groundwork.policy, None);
    asked.stated = vec![stated];
    let mut evidence = Evidence::default();
    for (kind, data) in [
        (
            EvidenceKind::Tests,
            EvidenceData::Tests(TestRun {
                total: 1,
                passed: 1,
                ..TestRun::default()
            }),
        ),
        (
            EvidenceKind::Coverage,
            EvidenceData::Coverage(Coverage {
                lines_covered: 80,
                lines_total: 100,
                percent: 80.0,
                branches_covered: None,
                branches_total: None,
                files: Vec::new(),
                notes: Vec::new(),
            }),
        ),
    ] {
        evidence.add(kind, "journey", Ok(Arc::new(data)));
    }
    let suite = groundwork.policy.suites.values().next().unwrap();
    let given = (Verdict::Passed, "1 of 1 tests pass".to_owned(), None);
    let answer = asked.add(suite, &evidence, given.into());
    assert_eq!(answer.verdict, Verdict::Failed);
    insta::assert_snapshot!(answer.message, @"1 of 1 tests pass; coverage 80 %, and production asks for ≥ 90 % (specs/shop.md:7)");
}
