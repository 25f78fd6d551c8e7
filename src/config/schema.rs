//! The JSON Schema of the configuration file, from the types of [`super::raw`] and the gates.

use super::raw::Config;
use crate::gates::REGISTRY;
use schemars::{Schema, generate::SchemaSettings, transform::RecursiveTransform};
use serde_json::{Map, Value, json};
use std::collections::HashMap;

/// The JSON Schema of the configuration file, draft 2020-12
/// (<https://json-schema.org/draft/2020-12>), as it is shipped but for the layout. [`schema`] makes it,
/// and the tests hold the two equal.
pub const SCHEMA: &str = include_str!(concat!(env!("OUT_DIR"), "/workflow_config.schema.json"));

/// The JSON Schema of the configuration file, made from the types. The program itself uses [`SCHEMA`],
/// so that it is not made anew at every start.
#[must_use]
pub fn schema() -> Value {
    let mut schema = SchemaSettings::draft2020_12()
        .with_transform(RecursiveTransform(tidy))
        .into_generator()
        .into_root_schema_for::<Config>()
        .to_value();
    name_limits(&mut schema);
    drop_defaults(&mut schema);
    schema
}

/// Whatever schemars writes that would make a message vague becomes precise.
fn tidy(schema: &mut Schema) {
    let Some(object) = schema.as_object_mut() else {
        return;
    };
    // A key is set or absent; `null` never means anything.
    if let Some(Value::Array(types)) = object.get_mut("type") {
        types.retain(|kind| kind != "null");
        if let [kind] = types.as_slice() {
            let kind = kind.clone();
            object.insert("type".to_owned(), kind);
        }
    }
    if let Some(Value::Array(options)) = object.shift_remove("anyOf") {
        let options = options
            .into_iter()
            .filter(|option| *option != json!({"type": "null"}));
        object.extend(
            options
                .filter_map(|option| option.as_object().cloned())
                .flatten(),
        );
    }
    // Formats of integers are not checked by anybody, bounds are. Up to 2^53 a number is the same
    // in every program that reads JSON.
    if let Some(Value::String(format)) = object.shift_remove("format") {
        let bound = match format.as_str() {
            "uint32" => Some(u64::from(u32::MAX)),
            "uint" | "uint64" => Some((1 << 53) - 1),
            _ => None,
        };
        if let (Some(bound), false) = (bound, object.contains_key("maximum")) {
            object.insert("maximum".to_owned(), bound.into());
        }
    }
    for bound in ["minimum", "maximum"] {
        if let Some(whole) = object.get(bound).and_then(whole) {
            object.insert(bound.to_owned(), whole);
        }
    }
    // Descriptions come from doc comments, whose links lead nowhere outside of the code.
    if let Some(Value::String(description)) = object.get_mut("description") {
        *description = description.replace("[`", "`").replace("`]", "`");
    }
    enumerate(object);
}

/// Bounds of `f64` fields are written as `86400.0`.
fn whole(number: &Value) -> Option<Value> {
    let number = number.as_f64().filter(|number| number.fract() == 0.0)?;
    format!("{number:.0}").parse::<i64>().ok().map(Value::from)
}

/// A `oneOf` of constants only says "none of these"; an `enum` names them.
fn enumerate(object: &mut Map<String, Value>) {
    let Some(options) = object.get("oneOf").and_then(Value::as_array) else {
        return;
    };
    let mut words = Vec::new();
    let mut lines = Vec::new();
    for option in options {
        let Some(word) = option.get("const").and_then(Value::as_str) else {
            return;
        };
        let about = option
            .get("description")
            .and_then(Value::as_str)
            .unwrap_or_default();
        lines.push(format!("- `{word}`: {}", about.replace('\n', " ")));
        words.push(Value::from(word));
    }
    let about = object
        .get("description")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let description = format!("{about}\n\n{}", lines.join("\n"));
    object.shift_remove("oneOf");
    object.insert("description".to_owned(), description.trim().into());
    object.insert("type".to_owned(), "string".into());
    object.insert("enum".to_owned(), words.into());
}

/// Every gate calls its limits `Limits`, which schemars numbers; the gate's id says more.
fn name_limits(schema: &mut Value) {
    let mut names = HashMap::new();
    for entry in REGISTRY {
        let pointer = format!("/$defs/QualityGates/properties/{}/$ref", entry.id);
        let Some(reference) = schema.pointer(&pointer).and_then(Value::as_str) else {
            continue;
        };
        let old = reference.to_owned();
        let name = format!("gate_{}", entry.id);
        if let Some(definitions) = schema.get_mut("$defs").and_then(Value::as_object_mut)
            && let Some(limits) = old
                .strip_prefix("#/$defs/")
                .and_then(|old| definitions.shift_remove(old))
        {
            definitions.insert(name.clone(), limits);
        }
        names.insert(old, format!("#/$defs/{name}"));
    }
    rename(schema, &names);
}

/// Gives references their new names, by the old ones.
fn rename(schema: &mut Value, names: &HashMap<String, String>) {
    match schema {
        Value::Object(object) => {
            if let Some(Value::String(reference)) = object.get_mut("$ref")
                && let Some(name) = names.get(reference)
            {
                reference.clone_from(name);
            }
            object.values_mut().for_each(|value| rename(value, names));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| rename(item, names)),
        _ => {}
    }
}

/// The defaults of whole blocks repeat those of their keys, and those of a retry's keys hold for
/// `testing` only, while the blocks of `error_recovery` tell each stage's.
fn drop_defaults(schema: &mut Value) {
    let mut drop_at = |pointer: &str, drops: fn(&Value) -> bool| {
        let properties = schema.pointer_mut(pointer).and_then(Value::as_object_mut);
        for property in properties.into_iter().flat_map(Map::values_mut) {
            if let Some(object) = property.as_object_mut()
                && object.get("default").is_some_and(drops)
            {
                object.shift_remove("default");
            }
        }
    };
    drop_at("/properties", Value::is_object);
    drop_at("/$defs/Retry/properties", |_| true);
}
