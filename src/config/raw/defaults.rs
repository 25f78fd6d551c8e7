//! What is written, laid over the defaults.

use super::{Config, Retry};
use serde_json::{Map, Value};

impl Config {
    /// The configuration with everything that nobody set.
    pub(in crate::config) fn written_defaults() -> Value {
        serde_json::to_value(Self::default()).unwrap_or_default()
    }

    /// What the file says, laid over the defaults key by key. Lists replace, and so does the block
    /// of a level: what it does not list, the level does not ask for.
    ///
    /// # Errors
    ///
    /// The file does not fit its types, which its schema should have told.
    pub(in crate::config) fn with_defaults(file: &Value) -> Result<Self, serde_json::Error> {
        let mut values = Self::written_defaults();
        for level in ["development", "staging", "production"] {
            if file
                .pointer(&format!("/maturity_workflow/{level}"))
                .is_some()
            {
                set(
                    &mut values,
                    "/maturity_workflow",
                    level,
                    Value::Object(Map::new()),
                );
            }
        }
        for stage in ["dependency_check", "refactoring"] {
            if file.pointer(&format!("/error_recovery/{stage}")).is_some() {
                let retry = serde_json::to_value(Retry::default())?;
                set(&mut values, "/error_recovery", stage, retry);
            }
        }
        if file.pointer("/toolchains/python").is_some() {
            let python = Value::Object(Map::from_iter([("type".to_owned(), "python".into())]));
            set(&mut values, "/toolchains", "python", python);
        }
        overlay(&mut values, file);
        let config: Self = serde_json::from_value(values)?;
        Ok(Self {
            environments: config.environments.with_defaults(),
            suites: config.suites.with_defaults(),
            ..config
        })
    }
}

fn set(values: &mut Value, block: &str, key: &str, value: Value) {
    if let Some(block) = values.pointer_mut(block).and_then(Value::as_object_mut) {
        block.insert(key.to_owned(), value);
    }
}

/// The depth is bounded by [`crate::yaml::MAX_DEPTH`].
fn overlay(below: &mut Value, above: &Value) {
    match (below, above) {
        (Value::Object(below), Value::Object(above)) => {
            for (key, value) in above {
                overlay(below.entry(key.clone()).or_insert(Value::Null), value);
            }
        }
        (below, above) => *below = above.clone(),
    }
}
