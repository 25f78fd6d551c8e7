//! Statements as they are written, and as somebody may have changed them.

mod hostile;

use super::*;
use crate::model::{Reason, ReasonCode, Report, Requirement, Verdict};
use crate::promotion::tests::{COMMIT, NOW, OTHER, at};
use crate::promotion::{Promotion, sha256_hex, statement};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use insta::assert_snapshot;
use serde_json::json;

fn digest() -> String {
    format!("sha256:{}", "a".repeat(64))
}

fn report_bytes() -> Vec<u8> {
    let report = json!({
        "success": true,
        "component_name": "shop",
        "target_stage": "production",
        "stages_completed": [],
        "stages_failed": [],
        "stage_results": {},
        "total_execution_time_ms": 1.0,
        "context_session_id": null,
        "metrics_dashboard": null,
        "schema_version": 1,
        "verdict": "passed",
        "exit_status": 0,
        "run": {
            "id": "run", "started_at": NOW, "spec2prod_version": "0.1.0", "is_ci": true,
            "folder": ".spec2prod", "attempt": 1,
        },
        "source": { "commit": COMMIT, "head": null, "branch": "main", "has_local_changes": false },
        "configuration": null,
        "policy": null,
        "toolchain": "python",
        "tools": [],
        "flaky_tests": [],
        "auto_fix": null,
        "publishing_problems": [],
    });
    let report: Report = serde_json::from_value(report).unwrap();
    serde_json::to_vec_pretty(&report).unwrap()
}

fn criterion(name: &str, verdict: Verdict) -> Criterion {
    Criterion::new(name, verdict, Requirement::Required, Vec::new())
}

fn stated(verdict: &Verdict, criteria: &[Criterion]) -> Value {
    statement(&Promotion {
        component: &"shop".parse().unwrap(),
        level: Target::Production,
        version: &Version {
            commit: COMMIT.to_owned(),
            digest: Some(digest()),
        },
        criteria,
        verdict,
        repository: Some("https://github.com/o/r"),
        policy_file: Some("workflow_config.yaml"),
        policy: b"the effective policy",
        report: ("workflow_report_shop.json", &report_bytes()),
        verifier: None,
        hotfix: None,
        approved_by: &["grace".to_owned()],
        at: at(NOW),
    })
}

fn good() -> Value {
    stated(&Verdict::Passed, &[criterion("testing", Verdict::Passed)])
}

fn expected<'a>() -> Expectation<'a> {
    Expectation {
        component: Some("shop"),
        commit: Some(COMMIT),
        level: Some(Target::Staging),
        ..Expectation::default()
    }
}

fn check(statement: &Value) -> Result<Verified, Vec<String>> {
    verify(
        statement.to_string().as_bytes(),
        &report_bytes(),
        &expected(),
    )
}

#[test]
fn a_statement_says_what_was_promoted() {
    let text = serde_json::to_string_pretty(&good()).unwrap();
    let text = text
        .replace(&sha256_hex(&report_bytes()), "[report]")
        .replace(&"a".repeat(64), "[artifact]");
    assert_snapshot!(text, @r#"
    {
      "_type": "https://in-toto.io/Statement/v1",
      "subject": [
        {
          "name": "shop",
          "digest": {
            "gitCommit": "1111111111111111111111111111111111111111"
          }
        },
        {
          "name": "shop-artifact",
          "digest": {
            "sha256": "[artifact]"
          }
        }
      ],
      "predicateType": "https://slsa.dev/verification_summary/v1",
      "predicate": {
        "verifier": {
          "id": "urn:spec2prod:verifier",
          "version": {
            "spec2prod": "0.1.0"
          }
        },
        "timeVerified": "2026-03-11T12:00:00Z",
        "resourceUri": "git+https://github.com/o/r@1111111111111111111111111111111111111111",
        "policy": {
          "uri": "git+https://github.com/o/r@1111111111111111111111111111111111111111#workflow_config.yaml",
          "digest": {
            "sha256": "0cb29d56c1ffacdf5aeea88ef55df6e98122118dc435c7781091bc6ff81d147d"
          }
        },
        "inputAttestations": [
          {
            "name": "workflow_report_shop.json",
            "uri": "urn:spec2prod:report:workflow_report_shop.json",
            "digest": {
              "sha256": "[report]"
            }
          }
        ],
        "verificationResult": "PASSED",
        "verifiedLevels": [
          "SPEC2PROD_PRODUCTION"
        ],
        "urn:spec2prod:promotion:v1": {
          "component": "shop",
          "level": "production",
          "commit": "1111111111111111111111111111111111111111",
          "artifactDigest": "sha256:[artifact]",
          "verdict": "passed",
          "hotfix": null,
          "approvedBy": [
            "grace"
          ],
          "criteria": [
            {
              "name": "testing",
              "verdict": "passed",
              "requirement": "required",
              "measurements": []
            }
          ]
        }
      }
    }
    "#);
}

#[test]
fn a_good_statement_holds() {
    let verified = check(&good()).unwrap();
    assert_eq!(verified.version.digest, Some(digest()));
    assert_eq!(verified.approved_by, ["grace"]);
    assert_eq!(verified.container, Container::Statement);
    assert!(verified.signature_text().contains("not signed"));
    let hash = sha256_hex(b"the effective policy");
    let all = Expectation {
        digest: Some(&digest()),
        policy: Some(&hash),
        ..expected()
    };
    verify(good().to_string().as_bytes(), &report_bytes(), &all).unwrap();
}

#[test]
fn nothing_that_blocks_is_stated_as_passed() {
    let failing = [criterion("testing", Verdict::Failed)];
    let reason = Reason::new(ReasonCode::NoEvidence, "nothing is known");
    let unknown = [criterion("testing", Verdict::NoData(reason))];
    let passing = [criterion("testing", Verdict::Passed)];
    for (verdict, criteria) in [
        (Verdict::Passed, &failing[..]),
        (Verdict::Passed, &unknown),
        (Verdict::Passed, &[]),
        (Verdict::Failed, &passing),
    ] {
        let statement = stated(&verdict, criteria);
        assert_eq!(statement["predicate"]["verificationResult"], "FAILED");
        assert_eq!(statement["predicate"]["verifiedLevels"], json!(["FAILED"]));
        check(&statement).unwrap_err();
    }
}

fn envelope(statement: &Value) -> Value {
    json!({
        "payloadType": "application/vnd.in-toto+json",
        "payload": BASE64_STANDARD.encode(statement.to_string()),
        "signatures": [{ "sig": "MEUCIQ==" }],
    })
}

fn bundle(statement: &Value) -> Value {
    json!({
        "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
        "verificationMaterial": {},
        "dsseEnvelope": envelope(statement),
    })
}

#[test]
fn envelopes_and_bundles_are_unpacked() {
    let verified = check(&envelope(&good())).unwrap();
    assert_eq!(verified.container, Container::Envelope);
    let verified = check(&bundle(&good())).unwrap();
    assert_eq!(verified.container, Container::Bundle);
    assert!(verified.signature_text().contains("gh attestation verify"));
    let mut url_safe = envelope(&good());
    let payload = url_safe["payload"].as_str().unwrap();
    let payload = payload.replace('+', "-").replace('/', "_");
    url_safe["payload"] = json!(payload.trim_end_matches('='));
    check(&url_safe).unwrap();
}

#[test]
fn envelopes_that_are_none_are_refused() {
    let with = |pointer: &str, value: Value| {
        let mut envelope = envelope(&good());
        envelope[pointer] = value;
        check(&envelope).unwrap_err().join("\n")
    };
    assert!(with("payloadType", json!("text/plain")).contains("payloadType"));
    assert!(with("payload", json!("%%%")).contains("base64"));
    assert!(with("payload", json!(7)).contains("no `payload`"));
    assert!(with("payload", json!("bm9uZQ==")).contains("payload"));
    assert!(with("signatures", json!([])).contains("no signature"));
    let message = json!({ "mediaType": "application/vnd.dev.sigstore.bundle+json;version=0.2" });
    assert!(check(&message).unwrap_err()[0].contains("dsseEnvelope"));
}
