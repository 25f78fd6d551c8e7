//! The walk along the schema finds what a complete validator finds.

use super::EVERY_KEY;
use crate::{
    config::{
        schema,
        settings::escaped,
        violation::{Rule, violations},
    },
    yaml,
};
use jsonschema::{Validator, error::ValidationErrorKind};
use proptest::{prelude::*, sample::Index};
use serde_json::{Value, json};
use std::{collections::BTreeSet, sync::LazyLock};

static SCHEMA: LazyLock<Value> = LazyLock::new(schema);
static VALIDATOR: LazyLock<Validator> =
    LazyLock::new(|| jsonschema::draft202012::new(&SCHEMA).unwrap());

static FILE: LazyLock<Value> = LazyLock::new(|| yaml::parse(EVERY_KEY).unwrap().value);

/// The places that are wrong, each with the keyword that it breaks.
type Places = BTreeSet<(String, String)>;

fn by_the_walk(value: &Value) -> Places {
    let keyword = |rule: &Rule<'_>| match rule {
        Rule::Type(_) => "type".to_owned(),
        Rule::Enum(_) => "enum".to_owned(),
        Rule::Const(_) => "const".to_owned(),
        Rule::Minimum(_) => "minimum".to_owned(),
        Rule::Maximum(_) => "maximum".to_owned(),
        Rule::MinLength(_) => "minLength".to_owned(),
        Rule::MaxLength(_) => "maxLength".to_owned(),
        Rule::MinItems(_) => "minItems".to_owned(),
        Rule::MinProperties(_) => "minProperties".to_owned(),
        Rule::MaxProperties(_) => "maxProperties".to_owned(),
        Rule::Required(key) => format!("required {key}"),
        Rule::AdditionalProperties { key, .. } => format!("additionalProperties {key}"),
    };
    let found = violations(&SCHEMA, value).into_iter();
    found
        .map(|one| (one.pointer.clone(), keyword(&one.rule)))
        .collect()
}

fn by_the_validator(value: &Value) -> Places {
    let mut places = Places::new();
    for error in VALIDATOR.iter_errors(value) {
        let pointer = error.instance_path().as_str().to_owned();
        let mut add = |keyword: String| places.insert((pointer.clone(), keyword));
        match error.kind() {
            ValidationErrorKind::AdditionalProperties { unexpected } => {
                for key in unexpected {
                    add(format!("additionalProperties {key}"));
                }
            }
            ValidationErrorKind::Required { property } => {
                add(format!("required {}", property.as_str().unwrap()));
            }
            kind => {
                add(kind.keyword().to_owned());
            }
        }
    }
    places
}

fn nodes(value: &Value, pointer: &str, found: &mut Vec<String>) {
    found.push(pointer.to_owned());
    match value {
        Value::Object(entries) => entries
            .iter()
            .for_each(|(key, value)| nodes(value, &format!("{pointer}/{}", escaped(key)), found)),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .for_each(|(index, item)| nodes(item, &format!("{pointer}/{index}"), found)),
        _ => {}
    }
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-3_i64..400).prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        (-2.0..3.0).prop_map(Value::from),
        Just(json!(2.0)),
        "[a-zäß ]{0,4}".prop_map(Value::from),
        (0_usize..400).prop_map(|length| "ü".repeat(length).into()),
        Just(json!(90.0)),
        Just(json!("python")),
        Just(json!("command")),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec(("[a-z/~]{0,6}", inner), 0..4)
                .prop_map(|entries| Value::Object(entries.into_iter().collect())),
        ]
    })
}

/// What happens to a node of a good file.
#[derive(Debug, Clone)]
enum Change {
    Replace(Value),
    /// A key more, where it is a mapping, or an item more, where it is a list.
    Add(String, Value),
    Remove(Index),
}

fn change() -> impl Strategy<Value = (Index, Change)> {
    let change = prop_oneof![
        any_value().prop_map(Change::Replace),
        (
            prop_oneof!["[a-z_]{1,8}", Just("type".to_owned())],
            any_value()
        )
            .prop_map(|(key, value)| Change::Add(key, value)),
        any::<Index>().prop_map(Change::Remove),
    ];
    (any::<Index>(), change)
}

fn apply(file: &mut Value, at: Index, change: Change) {
    let mut pointers = Vec::new();
    nodes(file, "", &mut pointers);
    let Some(node) = file.pointer_mut(at.get(&pointers).as_str()) else {
        return;
    };
    match (change, node) {
        (Change::Replace(value), node) => *node = value,
        (Change::Add(key, value), Value::Object(entries)) => {
            entries.insert(key, value);
        }
        (Change::Add(_, value), Value::Array(items)) => items.push(value),
        (Change::Remove(index), Value::Object(entries)) if !entries.is_empty() => {
            let key = entries.keys().nth(index.index(entries.len())).cloned();
            entries.shift_remove(&key.unwrap());
        }
        (Change::Remove(index), Value::Array(items)) if !items.is_empty() => {
            items.remove(index.index(items.len()));
        }
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_a_complete_validator_finds_is_found(changes in prop::collection::vec(change(), 0..6)) {
        let mut file = FILE.clone();
        for (at, change) in changes {
            apply(&mut file, at, change);
        }
        prop_assert_eq!(by_the_walk(&file), by_the_validator(&file));
    }
}

#[test]
fn the_schema_has_no_keyword_that_the_walk_does_not_know() {
    const LOOKED_AT: [&str; 18] = [
        "$ref",
        "additionalProperties",
        "allOf",
        "const",
        "enum",
        "if",
        "items",
        "maxLength",
        "maxProperties",
        "maximum",
        "minItems",
        "minLength",
        "minProperties",
        "minimum",
        "properties",
        "required",
        "then",
        "type",
    ];
    const SAYS_NOTHING: [&str; 5] = ["$defs", "$schema", "default", "description", "title"];
    // Numbers within blocks would be compared by how they are written.
    fn has_blocks(rule: &Value) -> bool {
        let is_block = |value: &Value| value.is_object() || value.is_array();
        rule.is_object()
            || rule
                .as_array()
                .is_some_and(|options| options.iter().any(is_block))
    }
    fn look(schema: &Value, others: bool, unknown: &mut Vec<String>) {
        let Some(keywords) = schema.as_object() else {
            // `true` asks for nothing; `false` is known where it refuses further keys only.
            if *schema == Value::Bool(false) && !others {
                unknown.push("false".to_owned());
            }
            return;
        };
        for (keyword, rule) in keywords {
            match (keyword.as_str(), rule) {
                ("$defs" | "properties", rule) => rule
                    .as_object()
                    .unwrap()
                    .values()
                    .for_each(|schema| look(schema, false, unknown)),
                ("allOf", rule) => rule
                    .as_array()
                    .unwrap()
                    .iter()
                    .for_each(|schema| look(schema, false, unknown)),
                ("additionalProperties", rule) => look(rule, true, unknown),
                ("if" | "then" | "items", rule) => look(rule, false, unknown),
                ("enum" | "const", rule) if has_blocks(rule) => unknown.push(rule.to_string()),
                (keyword, _) if LOOKED_AT.contains(&keyword) => {}
                (keyword, _) if SAYS_NOTHING.contains(&keyword) => {}
                (keyword, _) => unknown.push(keyword.to_owned()),
            }
        }
    }
    let mut unknown = Vec::new();
    look(&SCHEMA, false, &mut unknown);
    assert_eq!(unknown, Vec::<String>::new());
}
