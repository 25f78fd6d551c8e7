//! `spec2prod explain`: what a gate asks, what a code of a report means.

use super::Output;
use super::arguments::ExplainArguments;
use crate::gates::{REGISTRY, explain, explain_code, find};
use crate::model::ReasonCode;
use crate::spec;

/// Runs the subcommand.
pub(super) fn run(arguments: &ExplainArguments, output: &Output) -> anyhow::Result<u8> {
    let Some(what) = &arguments.what else {
        output.print(&overview());
        return Ok(0);
    };
    let code = ReasonCode::ALL.iter().find(|code| code.as_str() == what);
    let rule = spec::RULES.iter().find(|(id, _)| id == what);
    if let Some(gate) = find(what) {
        output.print(&explain(gate));
    } else if let Some(code) = code {
        output.print(&explain_code(*code));
    } else if let Some((id, meaning)) = rule {
        output.print(&format!("{id}\n\n{meaning}"));
    } else {
        let known = names();
        let nearest = known
            .iter()
            .map(|name| (strsim::damerau_levenshtein(name, what), *name))
            .min()
            .filter(|(distance, _)| *distance <= 3);
        let hint = nearest.map_or_else(String::new, |(_, name)| format!("; did you mean {name}?"));
        anyhow::bail!("nothing is known about {what:?}{hint} (spec2prod explain lists everything)");
    }
    Ok(0)
}

fn names() -> Vec<&'static str> {
    let gates = REGISTRY.iter().map(|gate| gate.id);
    let codes = ReasonCode::ALL.iter().map(|code| code.as_str());
    let rules = spec::RULES.iter().map(|(id, _)| *id);
    gates.chain(codes).chain(rules).collect()
}

fn overview() -> String {
    let mut text = String::from("Gates:\n");
    for gate in REGISTRY {
        text.push_str(&format!("  {:<24} {}\n", gate.id, gate.summary));
    }
    text.push_str("\nCodes of reports:\n");
    for code in ReasonCode::ALL {
        let meaning = code.meaning();
        let first = meaning.split_once(". ").map_or(meaning, |(first, _)| first);
        let first = first.trim_end_matches('.');
        text.push_str(&format!("  {:<24} {first}.\n", code.as_str()));
    }
    text.push_str("\nRules for specifications:\n");
    let ids = spec::RULES.iter().map(|(id, _)| id.len());
    let width = ids.max().unwrap_or_default();
    for (id, meaning) in spec::RULES {
        text.push_str(&format!("  {id:<width$} {meaning}\n"));
    }
    text
}
