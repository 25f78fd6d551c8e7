//! `spec2prod inspect`: what a tool's report says, as the gates read it.

use super::Output;
use super::arguments::{InspectArguments, OutputFormat};
use crate::formats::{Format, PathBase, detect, inspect_json, read_file};
use crate::model::EvidenceData;
use crate::render::{json, terminal};
use serde_json::{Value, json};
use std::path::Path;

/// Runs the subcommand: 0 when every file could be read, 3 otherwise.
pub(super) fn run(arguments: &InspectArguments, output: &Output) -> anyhow::Result<u8> {
    let here = std::fs::canonicalize(".")?;
    let paths = PathBase::new(&here);
    let mut documents = Vec::new();
    let mut status = 0;
    for file in &arguments.files {
        match read(file, &paths) {
            Ok((format, evidence)) => documents.push((file, Ok((format, evidence)))),
            Err(message) => {
                status = 3;
                documents.push((file, Err(message)));
            }
        }
    }
    match arguments.format {
        OutputFormat::Json => {
            let mut shown: Vec<Value> = documents
                .iter()
                .map(|(file, outcome)| document(file, outcome))
                .collect();
            // One file gives its document, several give a list.
            let value = if shown.len() == 1 {
                shown.remove(0)
            } else {
                Value::Array(shown)
            };
            output.print(&json::pretty(&value));
        }
        OutputFormat::Text => {
            for (file, outcome) in &documents {
                match outcome {
                    Ok((format, evidence)) => output.print(&terminal::evidence(
                        &file.to_string_lossy(),
                        format.as_str(),
                        evidence,
                        output.style(),
                    )),
                    Err(message) => output.error(message),
                }
            }
        }
    }
    Ok(status)
}

fn read(file: &Path, paths: &PathBase) -> Result<(Format, EvidenceData), String> {
    let shown = file.display();
    let bytes = read_file(file).map_err(|error| format!("{shown}: {error}"))?;
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let format = detect(&name, &bytes).ok_or_else(|| {
        if bytes.trim_ascii() == b"[]" {
            return format!(
                "{shown}: an empty list, which ruff and others write when they find nothing, so that it does not say which format it has"
            );
        }
        let known: Vec<&str> = Format::ALL.iter().map(|format| format.as_str()).collect();
        format!(
            "{shown}: not a report of a known format; known are {}",
            known.join(", ")
        )
    })?;
    let evidence = format
        .read(&bytes, paths)
        .map_err(|error| format!("{shown}: {error}"))?;
    Ok((format, evidence))
}

fn document(file: &Path, outcome: &Result<(Format, EvidenceData), String>) -> Value {
    match outcome {
        Ok((format, evidence)) => json!({
            "file": file.to_string_lossy(),
            "format": format.as_str(),
            "evidence": inspect_json(evidence),
        }),
        Err(message) => json!({ "file": file.to_string_lossy(), "error": message }),
    }
}
