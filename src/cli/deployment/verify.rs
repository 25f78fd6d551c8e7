//! `spec2prod verify`: checks a promotion statement against its report, without any network.

use crate::cli::Output;
use crate::cli::arguments::{OutputFormat, VerifyArguments};
use crate::model::EnvironmentName;
use crate::promotion::{Container, Expectation, Verified, verify};
use crate::render::json::pretty;
use anyhow::Context as _;
use serde_json::{Value, json};
use std::{fs, path::Path};

/// The longest statement or report that is read, in bytes.
const MAX_BYTES: u64 = 64 * 1024 * 1024;

/// Runs the subcommand: 0 when everything agrees, 1 when something does not.
pub(in crate::cli) fn run(arguments: &VerifyArguments, output: &Output) -> anyhow::Result<u8> {
    let statement = read(&arguments.statement)?;
    let report = read(&arguments.report)?;
    let expectation = Expectation {
        component: arguments
            .component
            .as_ref()
            .map(|component| component.as_str()),
        commit: arguments
            .commit
            .as_ref()
            .map(|version| version.commit.as_str()),
        digest: arguments.artifact_digest.as_deref(),
        level: arguments.environment.map(EnvironmentName::target),
        policy: arguments.policy.as_deref(),
    };
    match verify(&statement, &report, &expectation) {
        Ok(verified) => {
            match arguments.format {
                OutputFormat::Json => output.print(&pretty(&shown(&verified))),
                OutputFormat::Text => output.say(&format!(
                    "{} {} may go to {}, as decided at {}: {} criteria, policy {}\n{}",
                    verified.component,
                    verified.version,
                    verified.level,
                    verified.at,
                    verified.criteria.len(),
                    verified.policy,
                    verified.signature_text(),
                )),
            }
            Ok(0)
        }
        Err(problems) => {
            match arguments.format {
                OutputFormat::Json => {
                    output.print(&pretty(&json!({ "problems": problems })));
                }
                OutputFormat::Text => {
                    for problem in &problems {
                        output.error(problem);
                    }
                }
            }
            Ok(1)
        }
    }
}

fn shown(verified: &Verified) -> Value {
    json!({
        "component": verified.component,
        "version": verified.version,
        "level": verified.level,
        "at": verified.at.to_string(),
        "policy": verified.policy,
        "hotfix": verified.hotfix,
        "approved_by": verified.approved_by,
        "criteria": verified.criteria,
        "is_signed": verified.container != Container::Statement,
        "note": verified.signature_text(),
    })
}

fn read(file: &Path) -> anyhow::Result<Vec<u8>> {
    let cannot = || format!("{} cannot be read", file.display());
    let length = fs::metadata(file).with_context(cannot)?.len();
    anyhow::ensure!(
        length <= MAX_BYTES,
        "{} has {length} bytes, at most {MAX_BYTES} are read",
        file.display()
    );
    fs::read(file).with_context(cannot)
}
