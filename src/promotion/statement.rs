//! What was promoted and why, as a statement that can be signed and shown to others. Pure.
//!
//! An in-toto Statement v1 (<https://in-toto.io/Statement/v1>) with the SLSA Verification Summary
//! predicate v1 (<https://slsa.dev/verification_summary/v1>). What the predicate has no word for
//! stands under one field of our own, whose name is a URI as the predicate asks.

use crate::model::{ComponentName, Criterion, Target, Verdict, Version};
use jiff::Timestamp;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

/// The type of the statement.
pub(super) const STATEMENT_TYPE: &str = "https://in-toto.io/Statement/v1";
/// The type of the predicate.
pub const PREDICATE_TYPE: &str = "https://slsa.dev/verification_summary/v1";
/// The field with what the predicate has no word for.
pub(super) const EXTENSION: &str = "urn:spec2prod:promotion:v1";
/// Who verified, where nobody says otherwise.
const VERIFIER: &str = "urn:spec2prod:verifier";
/// What may stand in a path of a URI as it is, beside letters and digits.
const PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/');

/// A promotion that was decided.
#[derive(Debug, Clone)]
pub struct Promotion<'a> {
    /// The component.
    pub component: &'a ComponentName,
    /// The level that it was to reach.
    pub level: Target,
    /// The version.
    pub version: &'a Version,
    /// Everything that was asked, gates among it.
    pub criteria: &'a [Criterion],
    /// What was decided.
    pub verdict: &'a Verdict,
    /// The address of the repository, such as `https://github.com/owner/name`; `None` where there
    /// is none.
    pub repository: Option<&'a str>,
    /// The configuration file, relative to the workspace; `None` for the built-in policy.
    pub policy_file: Option<&'a str>,
    /// The effective policy, as `spec2prod config show` writes it.
    pub policy: &'a [u8],
    /// The report whose evidence was judged: its file name and its bytes.
    pub report: (&'a str, &'a [u8]),
    /// Who verified, as a URI; a neutral one when absent.
    pub verifier: Option<&'a str>,
    /// Why it is a hotfix, where it is one.
    pub hotfix: Option<&'a str>,
    /// Who agreed.
    pub approved_by: &'a [String],
    /// When it was decided.
    pub at: Timestamp,
}

/// The statement of a promotion. Its predicate alone is what `actions/attest` is given.
///
/// It says `PASSED` only where the verdict passed, something was asked, and nothing that was asked
/// blocks.
#[must_use]
pub fn statement(promotion: &Promotion<'_>) -> Value {
    let version = promotion.version;
    let commit = version.commit.to_ascii_lowercase();
    let mut subject = vec![json!({
        "name": promotion.component.as_str(),
        "digest": { "gitCommit": commit },
    })];
    if let Some((algorithm, digest)) = version.digest.as_deref().and_then(digest_parts) {
        subject.push(json!({
            "name": format!("{}-artifact", promotion.component),
            "digest": { algorithm: digest },
        }));
    }
    json!({
        "_type": STATEMENT_TYPE,
        "subject": subject,
        "predicateType": PREDICATE_TYPE,
        "predicate": predicate(promotion, &commit),
    })
}

fn predicate(promotion: &Promotion<'_>, commit: &str) -> Value {
    let has_passed = promotion.verdict.is_pass()
        && !promotion.criteria.is_empty()
        && !promotion.criteria.iter().any(Criterion::blocks);
    let (result, level) = match has_passed {
        true => ("PASSED", level_name(promotion.level)),
        false => ("FAILED", "FAILED".to_owned()),
    };
    let (report, bytes) = promotion.report;
    let mut predicate = json!({
        "verifier": {
            "id": promotion.verifier.unwrap_or(VERIFIER),
            "version": { "spec2prod": env!("CARGO_PKG_VERSION") },
        },
        "timeVerified": promotion.at.to_string(),
        "resourceUri": resource(promotion, commit),
        "policy": {
            "uri": policy_uri(promotion, commit),
            "digest": { "sha256": sha256_hex(promotion.policy) },
        },
        "inputAttestations": [{
            "name": report,
            "uri": format!("urn:spec2prod:report:{}", encoded(report)),
            "digest": { "sha256": sha256_hex(bytes) },
        }],
        "verificationResult": result,
        "verifiedLevels": [level],
    });
    let mut own = Map::new();
    own.insert("component".to_owned(), json!(promotion.component));
    own.insert("level".to_owned(), json!(promotion.level));
    own.insert("commit".to_owned(), json!(commit));
    own.insert("artifactDigest".to_owned(), json!(promotion.version.digest));
    own.insert("verdict".to_owned(), json!(promotion.verdict.as_str()));
    own.insert("hotfix".to_owned(), json!(promotion.hotfix));
    own.insert("approvedBy".to_owned(), json!(promotion.approved_by));
    own.insert("criteria".to_owned(), json!(promotion.criteria));
    if let Some(fields) = predicate.as_object_mut() {
        fields.insert(EXTENSION.to_owned(), Value::Object(own));
    }
    predicate
}

/// The level as it stands in `verifiedLevels`.
pub(super) fn level_name(level: Target) -> String {
    format!("SPEC2PROD_{}", level.as_str().to_ascii_uppercase())
}

fn resource(promotion: &Promotion<'_>, commit: &str) -> String {
    match promotion.repository {
        Some(repository) => format!("git+{repository}@{commit}"),
        None => format!("urn:spec2prod:component:{}", promotion.component),
    }
}

fn policy_uri(promotion: &Promotion<'_>, commit: &str) -> String {
    match (promotion.repository, promotion.policy_file) {
        (Some(repository), Some(file)) => format!("git+{repository}@{commit}#{}", encoded(file)),
        (None, Some(file)) => format!("urn:spec2prod:policy:{}", encoded(file)),
        (_, None) => "urn:spec2prod:policy:default".to_owned(),
    }
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, PATH).to_string()
}

/// The algorithm and the digits of a digest such as `sha256:…`, where it is one.
pub(super) fn digest_parts(digest: &str) -> Option<(&str, &str)> {
    let (algorithm, digits) = digest.split_once(':')?;
    let length = match algorithm {
        "sha256" => 64,
        "sha384" => 96,
        "sha512" => 128,
        _ => return None,
    };
    let is_hex = digits
        .bytes()
        .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    (digits.len() == length && is_hex).then_some((algorithm, digits))
}

/// The SHA-256 of bytes, in lower-case digits.
#[must_use]
pub fn sha256_hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    Sha256::digest(bytes)
        .iter()
        .fold(String::with_capacity(64), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}
