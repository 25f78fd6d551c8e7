//! GitHub's own description of its API, which decides what requests and answers are valid.

use super::shapes;
use jsonschema::{Validator, error::ValidationErrorKind};
use serde_json::{Map, Value, json};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{Arc, LazyLock, Mutex},
};

/// Longer errors are cut: they repeat the value.
const LONGEST_ERROR: usize = 400;

/// Parameters of a path that may have slashes in them.
const WITH_SLASHES: [&str; 3] = ["path", "ref", "basehead"];

/// Properties and parameters that clients are known to add, and that GitHub ignores.
/// octocrab repeats the number of the path in the body or the query.
const IGNORED: [(&str, &str); 2] = [
    ("checks/list-annotations", "check_run_id"),
    ("checks/update", "/check_run_id"),
];

/// Errors that any operation may answer, whether or not the description lists them. Where it does, it
/// sometimes has one of two shapes of which the second is the first with more in it.
const ALWAYS: [(u16, &str); 6] = [
    (401, "basic-error"),
    (403, "basic-error"),
    (404, "basic-error"),
    (409, "basic-error"),
    (422, "validation-error"),
    (429, "basic-error"),
];

static CONTRACT: LazyLock<Contract> = LazyLock::new(|| Contract {
    document: serde_json::from_str(include_str!("../../../fixtures/github/contract.json")).unwrap(),
    validators: Mutex::default(),
});

/// The operations, and the definitions that they use.
pub(super) struct Contract {
    document: Value,
    /// Compiled when first needed: all of them together take seconds.
    validators: Mutex<HashMap<String, Arc<Validator>>>,
}

/// An operation, with the parameters of its path.
pub(super) struct Found {
    /// What the description says.
    pub(super) operation: &'static Value,
    /// What stands in the path for each parameter.
    pub(super) parameters: BTreeMap<String, String>,
}

impl Found {
    /// `checks/create`.
    pub(super) fn id(&self) -> &'static str {
        self.operation["id"].as_str().unwrap()
    }
}

impl Contract {
    /// The one of this process.
    pub(super) fn get() -> &'static Self {
        &CONTRACT
    }

    /// The operation of a request; the one with the most words in its path where several match.
    pub(super) fn find(&'static self, method: &str, path: &str) -> Option<Found> {
        let path: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        let operations = self.document["operations"].as_array().unwrap().iter();
        let matching = operations.filter(|operation| operation["method"] == method);
        let found = matching.filter_map(|operation| {
            let template = operation["path"].as_str().unwrap();
            let template: Vec<&str> = template.trim_start_matches('/').split('/').collect();
            let words = template.iter().filter(|part| !part.starts_with('{'));
            let words = words.count();
            let parameters = parameters(&template, &path)?;
            let found = Found {
                operation,
                parameters,
            };
            Some((words, found))
        });
        found
            .max_by_key(|(words, _)| *words)
            .map(|(_, found)| found)
    }

    /// What is wrong with the query of a request.
    pub(super) fn query_errors(&self, found: &Found, query: &[(String, String)]) -> Vec<String> {
        let described = found.operation["params"].as_array().unwrap();
        let mut errors = Vec::new();
        for (name, text) in query {
            let known = |place: &&Value| place["name"] == name.as_str() && place["in"] == "query";
            match described.iter().find(known) {
                Some(parameter) => {
                    errors.extend(self.parameter_errors(found.id(), parameter, text));
                }
                None if IGNORED.contains(&(found.id(), name)) => {}
                None => errors.push(format!("query: no parameter is called `{name}`")),
            }
        }
        errors
    }

    /// What is wrong with the body of a request, which GitHub refuses.
    pub(super) fn body_errors(&self, found: &Found, body: &Value) -> Vec<String> {
        let schema = &found.operation["body"];
        match (schema.is_null(), body.is_null()) {
            (true, true) => Vec::new(),
            (true, false) => vec![format!("this operation takes no body, found {body}")],
            (false, true) if found.operation["body_required"] != true => Vec::new(),
            (false, true) => vec!["this operation needs a body, found none".to_owned()],
            (false, false) => self.errors(&format!("{} body", found.id()), schema, body),
        }
    }

    /// The properties of the body of a request that GitHub does not know, and ignores.
    pub(super) fn unknown_properties(&self, found: &Found, body: &Value) -> Vec<String> {
        let unknown = shapes::unknown_names(&self.document, &found.operation["body"], body);
        let unknown = unknown.into_iter();
        unknown
            .filter(|name| !IGNORED.contains(&(found.id(), name.as_str())))
            .map(|name| format!("{name}: no property is called so"))
            .collect()
    }

    fn parameter_errors(&self, id: &str, parameter: &Value, text: &str) -> Vec<String> {
        let name = parameter["name"].as_str().unwrap();
        let schema = &parameter["schema"];
        let value = match schema["type"].as_str() {
            Some("integer" | "boolean" | "number") => {
                serde_json::from_str(text).unwrap_or_else(|_| json!(text))
            }
            _ => json!(text),
        };
        self.errors(&format!("{id} query {name}"), schema, &value)
            .into_iter()
            .map(|error| format!("query {name}: {error}"))
            .collect()
    }

    /// What is wrong with an answer.
    pub(super) fn answer_errors(
        &self,
        operation: &Value,
        status: u16,
        body: Option<&Value>,
    ) -> Vec<String> {
        let Some(schema) = self.answer_schema(operation, status) else {
            return vec![format!("{status} is no answer of this operation")];
        };
        match (schema.is_null(), body) {
            // Some answers have a body that the description does not describe.
            (true, _) => Vec::new(),
            (false, None) => vec![format!("the answer {status} needs a body")],
            (false, Some(body)) => {
                let key = format!("{} {status}", operation["id"]);
                let mut errors = self.errors(&key, &schema, body);
                // Errors have more properties than their description names.
                if status < 400 {
                    let unknown = shapes::unknown_names(&self.document, &schema, body);
                    errors.extend(
                        unknown
                            .into_iter()
                            .map(|name| format!("{name}: no property is called so")),
                    );
                }
                errors
            }
        }
    }

    /// An answer with all the properties that must be there, where only those that matter are given.
    pub(super) fn filled(&self, operation: &Value, status: u16, given: &Value) -> Value {
        match self.answer_schema(operation, status) {
            Some(schema) if !schema.is_null() => {
                shapes::filled(&self.document, "", &schema, Some(given))
            }
            _ => given.clone(),
        }
    }

    fn answer_schema(&self, operation: &Value, status: u16) -> Option<Value> {
        let mut always = ALWAYS.iter();
        if let Some((_, definition)) = always.find(|(known, _)| *known == status) {
            return Some(json!({"$ref": format!("#/$defs/{definition}")}));
        }
        operation["responses"].get(status.to_string()).cloned()
    }

    fn errors(&self, key: &str, schema: &Value, value: &Value) -> Vec<String> {
        let validator = self.validator(key, schema);
        let errors = validator.iter_errors(value).filter(|error| {
            // GitHub gives an empty text where there is no address, against its description.
            let is_format = matches!(error.kind(), ValidationErrorKind::Format { .. });
            !(is_format && error.instance().as_str() == Some(""))
        });
        let errors = errors.map(|error| {
            let mut message = error.to_string();
            if let Some((cut, _)) = message.char_indices().nth(LONGEST_ERROR) {
                message.truncate(cut);
                message.push('…');
            }
            format!("{}: {message}", error.instance_path().as_str())
        });
        errors.collect()
    }

    fn validator(&self, key: &str, schema: &Value) -> Arc<Validator> {
        let mut validators = self.validators.lock().unwrap();
        let validator = validators
            .entry(key.to_owned())
            .or_insert_with(|| Arc::new(self.compiled(schema)));
        Arc::clone(validator)
    }

    /// Compiles a schema with the definitions that it reaches, and no other.
    fn compiled(&self, schema: &Value) -> Validator {
        let mut reached = BTreeSet::new();
        let mut waiting = shapes::references(schema);
        while let Some(name) = waiting.pop() {
            let definition = &self.document["$defs"][&name];
            if reached.insert(name) {
                waiting.extend(shapes::references(definition));
            }
        }
        let definitions: Map<String, Value> = reached
            .into_iter()
            .map(|name| (name.clone(), self.document["$defs"][&name].clone()))
            .collect();
        let mut schema = schema.clone();
        schema["$defs"] = Value::Object(definitions);
        jsonschema::draft202012::options()
            .should_validate_formats(true)
            .build(&schema)
            .unwrap()
    }
}

/// What stands in a path for each parameter of a template, where it fits.
fn parameters(template: &[&str], path: &[&str]) -> Option<BTreeMap<String, String>> {
    let Some((first, template)) = template.split_first() else {
        return path.is_empty().then(BTreeMap::new);
    };
    let name = first.strip_prefix('{').and_then(|n| n.strip_suffix('}'));
    let longest = match name {
        Some(name) if WITH_SLASHES.contains(&name) => path.len().checked_sub(template.len())?,
        _ => 1.min(path.len()),
    };
    // From the longest, so that what follows in the template is as near to the end as it can be.
    (1..=longest).rev().find_map(|length| {
        let (taken, rest) = path.split_at(length);
        if name.is_none() && taken != [*first] {
            return None;
        }
        let mut found = parameters(template, rest)?;
        if let Some(name) = name {
            found.insert(name.to_owned(), super::exchange::decoded(&taken.join("/")));
        }
        Some(found)
    })
}
