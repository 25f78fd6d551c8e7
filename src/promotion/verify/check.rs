//! Whether the parts of a statement fit together, and fit the report and what is expected.

use super::{Expectation, MOST_ENTRIES, Verified, array, cut, shown, text};
use crate::model::{REPORT_SCHEMA_VERSION, Report, is_full_hash};
use crate::promotion::statement::{digest_parts, level_name, sha256_hex};
use crate::promotion::strict_json;
use serde::Deserialize as _;
use serde_json::Value;

/// How long a report may be, in bytes.
const LONGEST_REPORT: usize = 64 * 1024 * 1024;

/// Whether the result follows from what was asked.
pub(super) fn verdict(statement: &Value, verified: &Verified, problems: &mut Vec<String>) {
    let commit = &verified.version.commit;
    if !is_full_hash(commit) {
        problems.push(format!("commit is {}, expected a full hash", cut(commit)));
    }
    let levels = array(statement, "/predicate/verifiedLevels", problems);
    let ours: Vec<&Value> = levels
        .iter()
        .filter(|level| level.as_str().is_none_or(|l| !l.starts_with("SLSA_")))
        .collect();
    let expected = level_name(verified.level);
    if ours.len() != 1 || ours.first().and_then(|level| level.as_str()) != Some(&expected) {
        problems.push(format!(
            "`/predicate/verifiedLevels` is {}, expected {expected} and nothing else of ours",
            shown(statement.pointer("/predicate/verifiedLevels"))
        ));
    }
    if verified.criteria.is_empty() {
        problems.push("nothing was asked: there are no criteria".to_owned());
    }
    let blocking = verified
        .criteria
        .iter()
        .filter(|criterion| criterion.blocks());
    for criterion in blocking.take(MOST_ENTRIES) {
        problems.push(format!(
            "the criterion {} is {} and blocks, which is no PASSED",
            cut(&criterion.name),
            criterion.verdict
        ));
    }
}

/// Whether the subjects are what the predicate is about: the commit, the artifact or the report.
pub(super) fn subjects(
    statement: &Value,
    verified: &Verified,
    report: &[u8],
    problems: &mut Vec<String>,
) {
    let subjects = array(statement, "/subject", problems);
    let commit = verified.version.commit.as_str();
    let artifact = verified.version.digest.as_deref().and_then(digest_parts);
    let report = sha256_hex(report);
    let mut names: Vec<&str> = Vec::new();
    let mut has_own = false;
    for (index, subject) in subjects.iter().enumerate() {
        let Some(digests) = subject.get("digest").and_then(Value::as_object) else {
            problems.push(format!("`/subject/{index}` has no `digest`"));
            continue;
        };
        if let Some(name) = subject.get("name").and_then(Value::as_str) {
            if names.contains(&name) && name != "_" {
                problems.push(format!("two subjects have the name {}", cut(name)));
            }
            names.push(name);
        }
        for (algorithm, digest) in digests {
            let digest = digest.as_str().unwrap_or_default();
            match algorithm.as_str() {
                "gitCommit" | "sha1" if digest == commit => has_own = true,
                "gitCommit" => problems.push(format!(
                    "`/subject/{index}` is the commit {}, and the statement is about {}",
                    cut(digest),
                    cut(commit)
                )),
                "sha256" if digest == report => has_own = true,
                algorithm if artifact == Some((algorithm, digest)) => has_own = true,
                // Others may be attested with it; they are not what is asked about.
                _ => {}
            }
        }
    }
    if !has_own {
        problems.push(
            "no subject is the commit, the artifact or the report that the statement is about"
                .to_owned(),
        );
    }
}

/// Whether the report is the one that was judged, and about the same version.
pub(super) fn report(
    statement: &Value,
    verified: &Verified,
    bytes: &[u8],
    problems: &mut Vec<String>,
) {
    let inputs = array(statement, "/predicate/inputAttestations", problems);
    let digest = sha256_hex(bytes);
    let is_input = inputs
        .iter()
        .any(|input| text(input, "/digest/sha256") == Some(&digest));
    if !is_input {
        problems.push(format!(
            "the report has the SHA-256 {digest}, which is not the one that was judged: {}",
            shown(statement.pointer("/predicate/inputAttestations/0/digest/sha256"))
        ));
    }
    if bytes.len() > LONGEST_REPORT {
        problems.push(format!("the report is longer than {LONGEST_REPORT} bytes"));
        return;
    }
    let report = strict_json::read(bytes)
        .and_then(|value| Report::deserialize(value).map_err(|error| error.to_string()));
    let report = match report {
        Ok(report) => report,
        Err(error) => {
            problems.push(format!("the report is not understood: {}", cut(&error)));
            return;
        }
    };
    if report.schema_version != REPORT_SCHEMA_VERSION {
        problems.push(format!(
            "the report has the schema version {}, expected {REPORT_SCHEMA_VERSION}",
            report.schema_version
        ));
    }
    if report.component_name != verified.component {
        problems.push(format!(
            "the report is about {}, and the statement about {}",
            report.component_name, verified.component
        ));
    }
    let commit = report.source.commit.as_deref();
    if commit != Some(verified.version.commit.as_str()) {
        problems.push(format!(
            "the report is about {}, and the statement about {}",
            cut(commit.unwrap_or("no commit")),
            cut(&verified.version.commit)
        ));
    }
    if report.source.has_local_changes {
        problems.push("the report is about files that differ from its commit".to_owned());
    }
}

pub(super) fn expectation(
    verified: &Verified,
    expectation: &Expectation<'_>,
    problems: &mut Vec<String>,
) {
    let digest = verified.version.digest.as_deref();
    let asked = [
        (
            "component",
            Some(verified.component.as_str()),
            expectation.component,
        ),
        (
            "commit",
            Some(verified.version.commit.as_str()),
            expectation.commit,
        ),
        ("artifact", digest, expectation.digest),
        ("policy", Some(verified.policy.as_str()), expectation.policy),
    ];
    for (what, found, expected) in asked {
        let Some(expected) = expected else { continue };
        if found.is_none_or(|found| !found.eq_ignore_ascii_case(expected)) {
            let found = found.unwrap_or("none");
            problems.push(format!("{what}: expected {expected}, found {}", cut(found)));
        }
    }
    if let Some(level) = expectation.level.filter(|level| verified.level < *level) {
        problems.push(format!("level: expected {level}, found {}", verified.level));
    }
}
