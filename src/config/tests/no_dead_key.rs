//! Every key that a user can set has an effect.

use super::{EVERY_KEY, effect};
use crate::{
    config::{load_text, not_in_effect::LATER, schema},
    gates::REGISTRY,
    yaml,
};
use regex::Regex;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Keys whose other values ask for other keys: they are read, but cannot be changed alone.
const FIXED: [&str; 6] = [
    "/promotion/uptime/source",
    "/suites/end_to_end/also/[]/evidence/[]",
    "/suites/end_to_end/report/format",
    "/toolchains/fast_python/type",
    "/toolchains/python/type",
    "/version",
];

fn fixture() -> Value {
    yaml::parse(EVERY_KEY).unwrap().value
}

/// JSON is YAML, and its lines stay where they are when one value changes.
fn load(value: &Value) -> Option<crate::config::Policy> {
    load_text(
        &serde_json::to_string_pretty(value).unwrap(),
        "workflow_config.yaml",
    )
    .ok()
}

fn leaves(value: &Value, pointer: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(entries) => entries
            .iter()
            .for_each(|(key, value)| leaves(value, &format!("{pointer}/{key}"), found)),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .for_each(|(index, item)| leaves(item, &format!("{pointer}/{index}"), found)),
        _ => found.push(pointer.to_owned()),
    }
}

/// Values that could stand in this one's place.
fn others(pointer: &str, value: &Value) -> Vec<Value> {
    match value {
        Value::Bool(flag) => vec![json!(!flag)],
        Value::Number(number) => {
            let number = number.as_f64().unwrap();
            vec![json!(number + 1.0), json!(number * 0.99), json!(99)]
        }
        Value::String(_) if pointer.starts_with("/maturity_workflow/") => {
            let gates = REGISTRY.iter().map(|entry| json!(entry.id));
            gates.filter(|other| other != value).collect()
        }
        Value::String(text) => {
            let words = [
                "allow",
                "warn",
                "pyright",
                "ERROR",
                "exit_status",
                "cobertura",
                "secrets",
                "success_rate",
                "ledger",
                "archive",
                "shell",
                "comment",
                "python",
                "smoke_test",
                "fail",
                "block",
                "linting",
                "localhost:1",
                "9999-12-31",
                "hyperfine",
            ];
            let words = words.into_iter().map(Value::from);
            let longer = [format!("{text}x"), format!("{text} %(name)s")].map(Value::from);
            longer
                .into_iter()
                .chain(words)
                .chain([json!(99)])
                .filter(|other| other != value)
                .collect()
        }
        _ => Vec::new(),
    }
}

#[test]
fn changing_any_key_changes_the_policy_or_is_reported_as_not_in_effect() {
    let fixture = fixture();
    let before = load(&fixture).unwrap();
    let told: Vec<String> = before
        .not_in_effect
        .iter()
        .map(|remark| format!("/{}", remark.split(':').next().unwrap().replace('.', "/")))
        .collect();
    let effect_before = effect(&before);
    let items = Regex::new("/[0-9]+").unwrap();
    let mut pointers = Vec::new();
    leaves(&fixture, "", &mut pointers);
    assert!(pointers.len() > 180, "{}", pointers.len());

    let mut dead = BTreeSet::new();
    let mut alive = BTreeSet::new();
    for pointer in pointers {
        let is_told = told
            .iter()
            .any(|key| pointer == *key || pointer.starts_with(&format!("{key}/")));
        let any_item = items.replace_all(&pointer, "/[]").into_owned();
        let has_effect = || {
            let mut others = others(&pointer, fixture.pointer(&pointer).unwrap()).into_iter();
            others.any(|other| {
                let mut changed = fixture.clone();
                *changed.pointer_mut(&pointer).unwrap() = other;
                load(&changed).is_some_and(|after| effect(&after) != effect_before)
            })
        };
        if is_told || alive.contains(&any_item) || has_effect() {
            &mut alive
        } else {
            &mut dead
        }
        .insert(any_item);
    }
    let dead: Vec<_> = dead.difference(&alive).collect();
    assert_eq!(dead, FIXED.iter().collect::<Vec<_>>());
}

#[test]
fn every_key_of_later_work_is_told_when_it_is_set_and_only_then() {
    let policy = load(&fixture()).unwrap();
    let told = policy.not_in_effect.iter();
    let told: BTreeSet<&str> = told
        .filter_map(|remark| Some(remark.split_once(": ")?.1))
        .collect();
    let later: BTreeSet<&str> = LATER.iter().map(|(_, why)| *why).collect();
    assert_eq!(told, later);
    assert_eq!(
        load(&json!({})).unwrap().not_in_effect,
        Vec::<String>::new()
    );
    let policy = load(&json!({"notifications": {"enabled": false}})).unwrap();
    assert_eq!(
        policy.not_in_effect,
        ["notifications: nobody is notified yet"]
    );
}

#[test]
fn the_fixture_has_every_key_of_the_schema() {
    let schema = schema();
    let mut known = BTreeSet::new();
    keys_of_schema(&schema, &schema, "", &mut known);
    let mut used = BTreeSet::new();
    keys_of_value(&schema, &schema, &fixture(), "", &mut used);
    let unused: Vec<_> = known.difference(&used).collect();
    assert!(
        unused.is_empty(),
        "add these to every_key.yaml: {unused:#?}"
    );
    assert!(known.len() > 150, "{}", known.len());
}

/// A schema and what it refers to.
fn parts<'a>(root: &'a Value, schema: &'a Value) -> Vec<&'a Value> {
    let reference = schema.get("$ref").and_then(Value::as_str);
    let referred = reference.map(|name| root.pointer(name.trim_start_matches('#')).unwrap());
    [Some(schema), referred].into_iter().flatten().collect()
}

/// What holds under conditions.
fn branches(schema: &Value) -> impl Iterator<Item = &Value> {
    let branches = schema
        .get("allOf")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    branches.filter_map(|branch| branch.get("then"))
}

fn properties<'a>(root: &'a Value, schema: &'a Value) -> Vec<(&'a String, &'a Value)> {
    let parts = parts(root, schema).into_iter();
    parts
        .filter_map(|part| part.get("properties")?.as_object())
        .flatten()
        .collect()
}

/// What a key is called: definitions that several blocks share are told once.
fn place<'a>(schema: &'a Value, path: &'a str) -> &'a str {
    schema.get("$ref").and_then(Value::as_str).unwrap_or(path)
}

fn keys_of_schema(root: &Value, schema: &Value, path: &str, keys: &mut BTreeSet<String>) {
    let path = place(schema, path);
    for branch in branches(schema) {
        keys_of_schema(root, branch, path, keys);
    }
    for (key, property) in properties(root, schema) {
        let path = format!("{path}/{key}");
        keys_of_schema(root, property, &path, keys);
        keys.insert(path);
    }
    for part in parts(root, schema) {
        for (below, mark) in [("additionalProperties", "*"), ("items", "[]")] {
            if let Some(below) = part.get(below).filter(|below| below.is_object()) {
                keys_of_schema(root, below, &format!("{path}/{mark}"), keys);
            }
        }
    }
}

fn keys_of_value(
    root: &Value,
    schema: &Value,
    value: &Value,
    path: &str,
    keys: &mut BTreeSet<String>,
) {
    let path = place(schema, path);
    for branch in branches(schema) {
        keys_of_value(root, branch, value, path, keys);
    }
    let below = |name: &str| {
        let mut parts = parts(root, schema).into_iter();
        parts.find_map(|part| part.get(name).filter(|below| below.is_object()))
    };
    match value {
        Value::Object(entries) => {
            for (key, value) in entries {
                let known = properties(root, schema)
                    .into_iter()
                    .filter(|(name, _)| *name == key);
                let known: Vec<_> = known.map(|(_, property)| property).collect();
                for property in &known {
                    let path = format!("{path}/{key}");
                    keys_of_value(root, property, value, &path, keys);
                    keys.insert(path);
                }
                if let (true, Some(below)) = (known.is_empty(), below("additionalProperties")) {
                    keys_of_value(root, below, value, &format!("{path}/*"), keys);
                }
            }
        }
        Value::Array(items) => {
            if let Some(below) = below("items") {
                for item in items {
                    keys_of_value(root, below, item, &format!("{path}/[]"), keys);
                }
            }
        }
        _ => {}
    }
}
