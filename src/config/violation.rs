//! Where a value is not as the JSON Schema of the configuration says, each place with its rule.
//!
//! The keywords are those that the schema uses, with the meaning of draft 2020-12
//! (<https://json-schema.org/draft/2020-12/json-schema-validation>). The tests hold that it uses no
//! other, and that a complete validator finds the same; that one would be a tenth of the program, and
//! would take longer to get ready than the configuration takes to be read.

use super::settings::escaped;
use serde_json::Value;

/// A node that breaks a rule.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Violation<'a> {
    /// The JSON pointer of the node.
    pub(super) pointer: String,
    /// The node.
    pub(super) found: &'a Value,
    /// What it breaks.
    pub(super) rule: Rule<'a>,
}

/// What is asked of a node, by the keyword of the schema.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Rule<'a> {
    /// It is of one of these types.
    Type(Vec<&'a str>),
    /// It is one of these values.
    Enum(&'a [Value]),
    /// It is this value.
    Const(&'a Value),
    /// It is at least so much.
    Minimum(&'a Value),
    /// It is at most so much.
    Maximum(&'a Value),
    /// The text has at least so many characters.
    MinLength(u64),
    /// The text has at most so many characters.
    MaxLength(u64),
    /// The list has at least so many items.
    MinItems(u64),
    /// The mapping has at least so many keys.
    MinProperties(u64),
    /// The mapping has at most so many keys.
    MaxProperties(u64),
    /// The mapping has this key.
    Required(&'a str),
    /// The mapping has no other keys than those that are known.
    AdditionalProperties {
        /// The key that it has.
        key: &'a str,
        /// The keys that are known.
        known: Vec<&'a str>,
    },
}

/// Every violation of a schema, in the order of the schema's keywords.
pub(super) fn violations<'a>(schema: &'a Value, value: &'a Value) -> Vec<Violation<'a>> {
    let mut walk = Walk {
        root: schema,
        found: Vec::new(),
    };
    walk.through(schema, value, "");
    walk.found
}

struct Walk<'a> {
    root: &'a Value,
    found: Vec<Violation<'a>>,
}

impl<'a> Walk<'a> {
    /// Looks at one node by one part of the schema.
    fn through(&mut self, schema: &'a Value, node: &'a Value, pointer: &str) {
        for (keyword, rule) in schema.as_object().into_iter().flatten() {
            match (keyword.as_str(), rule) {
                ("$ref", Value::String(reference)) => {
                    let target = self.root.pointer(reference.trim_start_matches('#'));
                    self.through(target.unwrap_or(&Value::Null), node, pointer);
                }
                ("allOf", Value::Array(parts)) => {
                    for part in parts {
                        self.through(part, node, pointer);
                    }
                }
                ("then", consequence) => {
                    if self.holds(&schema["if"], node) {
                        self.through(consequence, node, pointer);
                    }
                }
                ("properties", known) => {
                    for (key, value) in node.as_object().into_iter().flatten() {
                        if let Some(schema) = known.get(key) {
                            self.through(schema, value, &format!("{pointer}/{}", escaped(key)));
                        }
                    }
                }
                ("additionalProperties", others) => {
                    self.further_keys(&schema["properties"], others, node, pointer);
                }
                ("items", of_each) => {
                    let items = node.as_array().into_iter().flatten();
                    for (index, item) in items.enumerate() {
                        self.through(of_each, item, &format!("{pointer}/{index}"));
                    }
                }
                ("required", Value::Array(keys)) => {
                    let keys = keys.iter().filter_map(Value::as_str);
                    for key in keys.filter(|key| is_without(node, key)) {
                        self.add(node, pointer, Rule::Required(key));
                    }
                }
                (keyword, rule) => {
                    if let Some(broken) = broken(keyword, rule, node) {
                        self.add(node, pointer, broken);
                    }
                }
            }
        }
    }

    /// The keys of a mapping that are not among the known ones.
    fn further_keys(
        &mut self,
        known: &'a Value,
        others: &'a Value,
        node: &'a Value,
        pointer: &str,
    ) {
        for (key, value) in node.as_object().into_iter().flatten() {
            if known.get(key).is_some() {
                continue;
            }
            if *others == Value::Bool(false) {
                let known = known.as_object().into_iter().flatten();
                let known = known.map(|(key, _)| key.as_str()).collect();
                self.add(node, pointer, Rule::AdditionalProperties { key, known });
            } else {
                self.through(others, value, &format!("{pointer}/{}", escaped(key)));
            }
        }
    }

    /// Whether a node is as a part of the schema says.
    fn holds(&self, schema: &'a Value, node: &'a Value) -> bool {
        let mut walk = Walk {
            root: self.root,
            found: Vec::new(),
        };
        walk.through(schema, node, "");
        walk.found.is_empty()
    }

    fn add(&mut self, found: &'a Value, pointer: &str, rule: Rule<'a>) {
        self.found.push(Violation {
            pointer: pointer.to_owned(),
            found,
            rule,
        });
    }
}

/// Whether a node is a mapping without this key.
fn is_without(node: &Value, key: &str) -> bool {
    node.as_object().is_some_and(|node| !node.contains_key(key))
}

/// The rule that a node breaks by itself. A keyword says nothing of nodes of other types than its own.
fn broken<'a>(keyword: &str, rule: &'a Value, node: &Value) -> Option<Rule<'a>> {
    let limit = rule.as_u64();
    let is_below = |size: usize| limit.filter(|limit| (size as u64) < *limit);
    let is_above = |size: usize| limit.filter(|limit| (size as u64) > *limit);
    match (keyword, node) {
        ("type", _) => {
            let types: Vec<&str> = match rule {
                Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
                name => name.as_str().into_iter().collect(),
            };
            (!types.iter().any(|name| is_of_type(node, name))).then_some(Rule::Type(types))
        }
        ("enum", _) => {
            let options = rule.as_array()?;
            let is_one = options.iter().any(|option| is_same(option, node));
            (!is_one).then_some(Rule::Enum(options))
        }
        ("const", _) => (!is_same(rule, node)).then_some(Rule::Const(rule)),
        ("minimum", Value::Number(number)) => {
            (number.as_f64() < rule.as_f64()).then_some(Rule::Minimum(rule))
        }
        ("maximum", Value::Number(number)) => {
            (number.as_f64() > rule.as_f64()).then_some(Rule::Maximum(rule))
        }
        ("minLength", Value::String(text)) => is_below(text.chars().count()).map(Rule::MinLength),
        ("maxLength", Value::String(text)) => is_above(text.chars().count()).map(Rule::MaxLength),
        ("minItems", Value::Array(items)) => is_below(items.len()).map(Rule::MinItems),
        ("minProperties", Value::Object(keys)) => is_below(keys.len()).map(Rule::MinProperties),
        ("maxProperties", Value::Object(keys)) => is_above(keys.len()).map(Rule::MaxProperties),
        _ => None,
    }
}

/// Whether two values are the same to JSON Schema, to which `2` and `2.0` are one number.
fn is_same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => one.as_f64() == other.as_f64(),
        _ => one == other,
    }
}

/// Whether a value is of a type of JSON Schema, to which a number without a fraction is an integer.
fn is_of_type(value: &Value, name: &str) -> bool {
    match value {
        Value::Null => name == "null",
        Value::Bool(_) => name == "boolean",
        Value::String(_) => name == "string",
        Value::Array(_) => name == "array",
        Value::Object(_) => name == "object",
        Value::Number(number) => {
            let is_whole = number.as_f64().is_some_and(|number| number.fract() == 0.0);
            name == "number" || (name == "integer" && is_whole)
        }
    }
}
