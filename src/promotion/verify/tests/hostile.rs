//! What somebody may have changed.

use super::*;
use proptest::prelude::*;

/// The problems of a statement in which the value at this place is another.
fn changed(pointer: &str, value: Value) -> String {
    let mut statement = good();
    let place = statement.pointer_mut(pointer);
    *place.unwrap_or_else(|| panic!("no {pointer}")) = value;
    match check(&statement) {
        Ok(_) => panic!("{pointer} may be anything"),
        Err(problems) => problems.join("\n"),
    }
}

#[test]
fn what_does_not_fit_is_refused() {
    let own = |field: &str| format!("/predicate/{EXTENSION}/{field}");
    for (pointer, value, problem) in [
        (
            "/_type".to_owned(),
            json!("https://in-toto.io/Statement/v0.1"),
            "`/_type`",
        ),
        (
            "/predicateType".to_owned(),
            json!("https://slsa.dev/provenance/v1"),
            "`/predicateType`",
        ),
        (
            "/predicate/verificationResult".to_owned(),
            json!("FAILED"),
            "verificationResult",
        ),
        ("/predicate/verifiedLevels".to_owned(), json!([]), "entries"),
        (
            "/predicate/verifiedLevels".to_owned(),
            json!(["SPEC2PROD_STAGING"]),
            "verifiedLevels",
        ),
        (
            "/predicate/verifiedLevels".to_owned(),
            json!(["SPEC2PROD_PRODUCTION", "FAILED"]),
            "nothing else",
        ),
        (
            "/predicate/verifiedLevels".to_owned(),
            json!("SPEC2PROD_PRODUCTION"),
            "no list",
        ),
        (
            "/predicate/timeVerified".to_owned(),
            json!("yesterday"),
            "timeVerified",
        ),
        (
            "/predicate/policy/digest/sha256".to_owned(),
            json!(1),
            "policy",
        ),
        ("/predicate/verifier/id".to_owned(), json!({}), "verifier"),
        (
            "/predicate/inputAttestations/0/digest/sha256".to_owned(),
            json!("00"),
            "not the one",
        ),
        (
            "/predicate/inputAttestations".to_owned(),
            json!([]),
            "entries",
        ),
        ("/subject".to_owned(), json!([]), "entries"),
        (
            "/subject".to_owned(),
            json!([{ "name": "a" }]),
            "no `digest`",
        ),
        (
            "/subject/0/digest/gitCommit".to_owned(),
            json!(OTHER),
            OTHER,
        ),
        (
            "/subject".to_owned(),
            json!([{ "digest": { "sha256": "b".repeat(64) } }]),
            "no subject",
        ),
        (own("component"), json!("other"), "shop"),
        (own("commit"), json!(OTHER), OTHER),
        (own("commit"), json!("main"), "full hash"),
        (own("level"), json!("moon"), "level"),
        (own("level"), json!("dev"), "expected staging, found dev"),
        (
            own("artifactDigest"),
            json!("sha256:short"),
            "artifactDigest",
        ),
        (own("criteria"), json!([]), "nothing was asked"),
        (own("criteria"), json!("all"), "criteria"),
        (own("criteria/0/verdict"), json!("failed"), "blocks"),
        ("/predicate".to_owned(), json!({}), "another program"),
    ] {
        let said = changed(&pointer, value);
        assert!(said.contains(problem), "{pointer}: {said}");
    }
}

#[test]
fn subjects_may_be_the_report_alone_and_others_with_it() {
    let mut statement = good();
    statement["subject"] = json!([
        { "name": "workflow_report_shop.json", "digest": { "sha256": sha256_hex(&report_bytes()) } },
        { "name": "shop.whl", "digest": { "sha256": "b".repeat(64) } },
    ]);
    check(&statement).unwrap();
    statement["subject"][1]["name"] = json!("workflow_report_shop.json");
    assert!(check(&statement).unwrap_err()[0].contains("two subjects"));
}

#[test]
fn another_report_is_refused() {
    let text = good().to_string();
    let problems = |report: &[u8]| {
        let problems = verify(text.as_bytes(), report, &Expectation::default());
        problems.unwrap_err().join("\n")
    };
    assert!(problems(b"").contains("not the one that was judged"));
    let other = String::from_utf8(report_bytes()).unwrap();
    let said = problems(other.replace(COMMIT, OTHER).as_bytes());
    assert!(said.contains("the report is about 2222"), "{said}");
    let said = problems(
        other
            .replace(
                "\"has_local_changes\": false",
                "\"has_local_changes\": true",
            )
            .as_bytes(),
    );
    assert!(said.contains("differ from its commit"), "{said}");
    let said = problems(
        other
            .replace("\"schema_version\": 1", "\"schema_version\": 9")
            .as_bytes(),
    );
    assert!(said.contains("schema version 9"), "{said}");
}

#[test]
fn what_is_expected_is_asked() {
    let text = good().to_string();
    let problems = |expectation: Expectation<'_>| {
        let found = verify(text.as_bytes(), &report_bytes(), &expectation);
        found.unwrap_err().join("\n")
    };
    let other = format!("sha256:{}", "b".repeat(64));
    let said = problems(Expectation {
        component: Some("other"),
        commit: Some(OTHER),
        digest: Some(&other),
        policy: Some("00"),
        level: None,
    });
    for what in ["component", "commit", "artifact", "policy"] {
        assert!(said.contains(&format!("{what}: expected")), "{said}");
    }
}

#[test]
fn a_key_that_is_there_twice_is_refused() {
    let text = good().to_string();
    let twice = text.replacen(
        '{',
        r#"{"predicateType":"https://slsa.dev/provenance/v1","#,
        1,
    );
    let problems = verify(twice.as_bytes(), &report_bytes(), &expected()).unwrap_err();
    assert!(problems[0].contains("is there twice"), "{problems:?}");
}

#[test]
fn what_is_too_deep_or_no_json_is_refused() {
    for bytes in [
        "[".repeat(100_000).into_bytes(),
        b"\xff\xfe".to_vec(),
        Vec::new(),
        b"null".to_vec(),
        format!("{}\n{}", good(), good()).into_bytes(),
        vec![b' '; 17 * 1024 * 1024],
    ] {
        verify(&bytes, &report_bytes(), &Expectation::default()).unwrap_err();
    }
}

#[test]
fn what_is_shown_of_a_statement_is_short_and_does_nothing_to_a_terminal() {
    let hostile = format!("\u{1b}[2J{}", "x".repeat(100_000));
    let said = changed("/predicateType", json!(hostile));
    assert!(said.len() < 2000 && !said.contains('\u{1b}'), "{said}");
    let said = changed(&format!("/predicate/{EXTENSION}/commit"), json!(hostile));
    assert!(said.len() < 4000 && !said.contains('\u{1b}'), "{said}");
    let reversed = changed("/predicateType", json!("\u{202e}ecnanevorp\u{200b}"));
    assert!(reversed.contains("ecnanevorp\""), "{reversed}");
    assert!(!reversed.contains(['\u{202e}', '\u{200b}']), "{reversed}");
}

#[test]
fn what_is_wrong_with_a_document_is_short_and_does_nothing_to_a_terminal() {
    let key = format!("\u{202e}{}", "x".repeat(100_000));
    let twice = format!("{{\"{key}\": 1, \"{key}\": 2}}");
    let envelope = json!({
        "payloadType": "application/vnd.in-toto+json",
        "payload": base64::Engine::encode(&base64::prelude::BASE64_STANDARD, &twice),
        "signatures": [{}],
    });
    let statement = good().to_string();
    for (statement, report) in [
        (twice.as_str(), ""),
        (envelope.to_string().as_str(), ""),
        (statement.as_str(), twice.as_str()),
    ] {
        let found = verify(
            statement.as_bytes(),
            report.as_bytes(),
            &Expectation::default(),
        );
        let said = found.unwrap_err().join("\n");
        assert!(said.len() < 2000 && !said.contains('\u{202e}'), "{said}");
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::hash_map("[a-z]{1,4}", inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// Every place in a value, as a JSON pointer.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Array(all) => {
            for (index, one) in all.iter().enumerate() {
                places(one, &format!("{at}/{index}"), found);
            }
        }
        Value::Object(all) => {
            for (key, one) in all {
                places(one, &format!("{at}/{key}"), found);
            }
        }
        _ => {}
    }
}

proptest! {
    #[test]
    fn whatever_stands_anywhere_is_read_without_a_panic_and_never_about_another_version(
        index in any::<prop::sample::Index>(),
        value in any_json(),
    ) {
        let mut statement = good();
        let mut all = Vec::new();
        places(&statement, "", &mut all);
        *statement.pointer_mut(&all[index.index(all.len())]).unwrap() = value;
        if let Ok(verified) = check(&statement) {
            prop_assert_eq!(verified.version.commit, COMMIT);
            prop_assert!(!verified.criteria.is_empty());
        }
    }
}
