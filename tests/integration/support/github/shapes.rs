//! What a schema says about the shape of a value: which properties there are, and which must be.

use serde_json::{Map, Value, json};

/// When everything happened of which a test does not say when.
const SOME_TIME: &str = "2026-01-01T00:00:00Z";

/// The definitions that a schema names.
pub(super) fn references(schema: &Value) -> Vec<String> {
    match schema {
        Value::Array(items) => items.iter().flat_map(references).collect(),
        Value::Object(keys) => {
            let mut names: Vec<String> = keys.values().flat_map(references).collect();
            let target = keys.get("$ref").and_then(Value::as_str);
            names.extend(target.map(|target| target.replace("#/$defs/", "")));
            names
        }
        _ => Vec::new(),
    }
}

/// The pointers of all properties of a value that its schema does not name. A misspelt property is
/// valid by the schema, and without effect.
pub(super) fn unknown_names(document: &Value, schema: &Value, value: &Value) -> Vec<String> {
    let mut unknown = Vec::new();
    collect_unknown(document, &[schema], value, "", &mut unknown);
    unknown
}

fn collect_unknown(
    document: &Value,
    schemas: &[&Value],
    value: &Value,
    at: &str,
    unknown: &mut Vec<String>,
) {
    let mut branches = Vec::new();
    for schema in schemas {
        collect_branches(document, schema, &mut branches);
    }
    match value {
        Value::Object(keys) => {
            let named = |branch: &&Value| branch["properties"].as_object().map(|p| !p.is_empty());
            if !branches.iter().any(|branch| named(branch) == Some(true)) {
                // A free map: its names belong to the caller.
                return;
            }
            for (name, inner) in keys {
                let at = format!("{at}/{name}");
                let described = branches.iter().filter_map(|b| b["properties"].get(name));
                let described: Vec<&Value> = described.collect();
                if described.is_empty() {
                    unknown.push(at);
                } else {
                    collect_unknown(document, &described, inner, &at, unknown);
                }
            }
        }
        Value::Array(items) => {
            let described: Vec<&Value> = branches.iter().filter_map(|b| b.get("items")).collect();
            for (index, item) in items.iter().enumerate() {
                collect_unknown(
                    document,
                    &described,
                    item,
                    &format!("{at}/{index}"),
                    unknown,
                );
            }
        }
        _ => {}
    }
}

/// A schema, and all that it is put together from.
fn collect_branches<'a>(document: &'a Value, schema: &'a Value, branches: &mut Vec<&'a Value>) {
    let schema = resolved(document, schema);
    branches.push(schema);
    for key in ["allOf", "anyOf", "oneOf"] {
        for inner in schema[key].as_array().into_iter().flatten() {
            collect_branches(document, inner, branches);
        }
    }
}

fn resolved<'a>(document: &'a Value, mut schema: &'a Value) -> &'a Value {
    while let Some(target) = schema.get("$ref").and_then(Value::as_str) {
        schema = document.pointer(&target[1..]).unwrap();
    }
    schema
}

/// A value of a schema: what is given, and for everything else that must be there the simplest that
/// is valid.
pub(super) fn filled(document: &Value, name: &str, schema: &Value, given: Option<&Value>) -> Value {
    let schema = resolved(document, schema);
    match given {
        Some(Value::Object(keys)) => {
            let empty = Map::new();
            let schema = chosen(document, schema, given);
            let properties = schema["properties"].as_object().unwrap_or(&empty);
            let mut object = Map::new();
            for required in schema["required"].as_array().into_iter().flatten() {
                let name = required.as_str().unwrap();
                let inner = properties.get(name).unwrap_or(&Value::Null);
                object.insert(
                    name.to_owned(),
                    filled(document, name, inner, keys.get(name)),
                );
            }
            for (name, value) in keys {
                if !object.contains_key(name) {
                    let inner = properties.get(name).unwrap_or(&Value::Null);
                    object.insert(name.clone(), filled(document, name, inner, Some(value)));
                }
            }
            Value::Object(object)
        }
        Some(Value::Array(items)) => {
            let schema = chosen(document, schema, given);
            let inner = &schema["items"];
            let items = items.iter();
            items
                .map(|item| filled(document, name, inner, Some(item)))
                .collect()
        }
        Some(value) => value.clone(),
        None => simplest(document, name, schema),
    }
}

/// The alternative of a schema that a value is meant for: that of the same type, and whose
/// enumerations have what is given.
fn chosen<'a>(document: &'a Value, schema: &'a Value, given: Option<&Value>) -> &'a Value {
    let alternatives = ["oneOf", "anyOf"]
        .iter()
        .find_map(|key| schema[*key].as_array());
    let Some(alternatives) = alternatives.filter(|_| schema.get("properties").is_none()) else {
        return schema;
    };
    let kind = if given.is_some_and(Value::is_array) {
        "array"
    } else {
        "object"
    };
    let fits = |alternative: &&Value| {
        has_type(alternative, kind)
            && given.and_then(Value::as_object).is_none_or(|keys| {
                keys.iter().all(|(name, value)| {
                    let allowed = alternative["properties"][name]["enum"].as_array();
                    allowed.is_none_or(|allowed| allowed.contains(value))
                })
            })
    };
    let alternatives = alternatives.iter();
    let mut alternatives =
        alternatives.map(|inner| chosen(document, resolved(document, inner), given));
    alternatives.find(fits).unwrap_or(schema)
}

fn has_type(schema: &Value, name: &str) -> bool {
    match &schema["type"] {
        Value::Array(names) => names.iter().any(|each| each == name),
        single => single == name,
    }
}

fn simplest(document: &Value, name: &str, schema: &Value) -> Value {
    if name == "gravatar_id" {
        // May be null by the description; is an empty text, and clients rely on it.
        return json!("");
    }
    for key in ["oneOf", "anyOf"] {
        if let Some(alternatives) = schema[key].as_array() {
            let null = alternatives.iter().any(|each| has_type(each, "null"));
            let first = || filled(document, name, &alternatives[0], None);
            return if null { Value::Null } else { first() };
        }
    }
    if has_type(schema, "null") {
        return Value::Null;
    }
    if let Some(first) = schema["enum"].as_array().and_then(|values| values.first()) {
        return first.clone();
    }
    match schema["type"].as_str() {
        Some("object") => filled(document, name, schema, Some(&json!({}))),
        Some("array") => json!([]),
        Some("integer" | "number") => schema.get("minimum").cloned().unwrap_or(json!(0)),
        Some("boolean") => json!(false),
        _ => json!(some_text(name, schema["format"].as_str())),
    }
}

fn some_text(name: &str, format: Option<&str>) -> &'static str {
    match format {
        Some("date-time") => SOME_TIME,
        Some("email") => "somebody@example.invalid",
        // Clients read addresses as such, also where the description calls them text only.
        Some("uri") => "https://api.github.com/not-filled-in",
        _ if name.ends_with("url") || name == "href" => "https://api.github.com/not-filled-in",
        _ if name.ends_with("_at") => SOME_TIME,
        _ => "not filled in",
    }
}
