//! Auto-fix, for which two keys ask together. One alone is a decision where the other says `false`, and
//! forgotten where it says nothing.

use super::Findings;
use crate::config::{
    raw::Config,
    settings::{Settings, escaped},
};

const GATE: &str = "/quality_gates/linting/auto_fix";
const STAGE: &str = "/stages/refactoring/auto_fix_linting";

/// Warns of the key that asks alone.
pub(super) fn check(config: &Config, settings: &Settings, findings: &mut Findings) {
    let of_component = |name: &String| {
        let name = escaped(name);
        format!("/components/{name}/thresholds/linting/auto_fix")
    };
    let mut gates = vec![GATE.to_owned()];
    gates.extend(config.components.keys().map(of_component));
    let asks = |pointer: &str| {
        let value = settings.values().pointer(pointer);
        value.is_some_and(|value| *value == true)
    };
    let mut alone = |pointer: &str, other: &str| {
        findings.warning(
            pointer,
            format!("nothing is fixed automatically as long as `{other}` does not ask for it"),
            &format!("set `{other}` to `true`, or to `false` where this is meant"),
        );
    };
    let is_forgotten = |pointer: &str| !settings.is_set(pointer);
    let asked: Vec<&String> = gates.iter().filter(|gate| asks(gate)).collect();
    if asks(STAGE) && gates.iter().all(|gate| is_forgotten(gate)) {
        alone(STAGE, "quality_gates.linting.auto_fix");
    } else if !asks(STAGE) && is_forgotten(STAGE) {
        for gate in asked {
            alone(gate, "stages.refactoring.auto_fix_linting");
        }
    }
}
