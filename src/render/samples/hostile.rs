//! A report that wants to do harm.

use super::red;
use crate::model::{Change, Finding, PublishingProblem, Report, Severity};

/// A report in which every text is an attack or far too long.
pub(crate) fn hostile() -> Report {
    const ATTACKS: [&str; 5] = [
        "</style></title><script>alert(1)</script>",
        "\u{1b}[2J\u{1b}[31mred\u{1b}[0m \u{202e}desrever\u{2069}",
        "\"><img src=x onerror=alert(1)>'{{ 7*7 }}{% raw %}",
        "::error file=x::y\r\n| a | b |\n<!-- --> &amp; ${IFS}",
        "javascript:alert(1)//",
    ];
    let attack = |index: usize| ATTACKS[index % ATTACKS.len()].to_owned();
    let long = |index: usize| format!("{} {}", attack(index), "x".repeat(100_000));
    let mut report = red();
    report.source.branch = Some(long(0));
    report.source.commit = Some(attack(0));
    report.configuration = Some(attack(2));
    report.toolchain = attack(1);
    report.context_session_id = Some(attack(2));
    report.metrics_dashboard = Some(attack(4));
    report.flaky_tests = (0..300)
        .map(|index| format!("{} {index}", attack(index)))
        .collect();
    for (index, tool) in report.tools.iter_mut().enumerate() {
        tool.tool = long(index);
        tool.command = long(index + 1);
        tool.version = Some(attack(index));
        tool.notes = vec![attack(index); 50];
    }
    for stage in report.stage_results.values_mut() {
        stage.errors = vec![attack(0); 50];
        stage.warnings = vec![long(1)];
        stage.outputs.insert(attack(0), attack(1).into());
        for (index, gate) in stage.quality_gates.values_mut().enumerate() {
            gate.gate_name = attack(index);
            gate.reproduce = Some(long(index));
            gate.errors = vec![long(index)];
            gate.details.insert(attack(0), attack(1).into());
            gate.findings = (0..40)
                .map(|index| {
                    let message = if index < 3 {
                        long(index)
                    } else {
                        attack(index)
                    };
                    Finding::new(attack(index), Severity::Error, message).at(
                        attack(index / 5),
                        1,
                        1,
                    )
                })
                .collect();
        }
    }
    if let Some(patch) = &mut report.auto_fix {
        patch.changes = vec![
            Change {
                file: attack(0),
                tool: attack(0)
            };
            300
        ];
    }
    report.publishing_problems = vec![
        PublishingProblem {
            sink: attack(0),
            message: attack(1)
        };
        50
    ];
    report
}
