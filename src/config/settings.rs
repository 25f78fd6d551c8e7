//! Every setting in effect, with the place where it was set.

use crate::{
    model::{Position, RuleSource},
    yaml::Positions,
};
use serde_json::Value;

/// Every setting in effect, with the place where it was set. Settings are named by JSON pointers
/// (`/stages/testing/enabled`).
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Settings {
    file: Option<String>,
    values: Value,
    positions: Positions,
}

impl Settings {
    pub(super) fn new(file: Option<String>, mut values: Value, positions: Positions) -> Self {
        whole_numbers(&mut values);
        Self {
            file,
            values,
            positions,
        }
    }

    /// The file's name as it is shown; `None` when the defaults are used.
    #[must_use]
    pub fn file(&self) -> Option<&str> {
        self.file.as_deref()
    }

    /// The whole configuration with all defaults filled in.
    #[must_use]
    pub const fn values(&self) -> &Value {
        &self.values
    }

    /// Where a setting or an item of a list was set.
    #[must_use]
    pub fn rule(&self, pointer: &str) -> RuleSource {
        match (&self.file, self.position(pointer)) {
            (Some(file), Some(at)) => RuleSource::File {
                file: file.clone(),
                line: at.line,
                key: dotted(pointer, &self.positions),
            },
            _ => RuleSource::Default,
        }
    }

    /// Whether the file has this key.
    #[must_use]
    pub fn is_set(&self, pointer: &str) -> bool {
        self.position(pointer).is_some()
    }

    fn position(&self, pointer: &str) -> Option<Position> {
        let positions = &self.positions;
        positions
            .key_at(pointer)
            .or_else(|| positions.value_at(pointer))
    }
}

/// A block that may be set for all components and again for one, and where its keys are set.
pub(super) struct Layers<'a> {
    settings: &'a Settings,
    general: String,
    own: Option<String>,
}

impl<'a> Layers<'a> {
    /// `block` is the pointer of the block without its first `/`.
    pub(super) fn new(settings: &'a Settings, block: String, component: Option<&str>) -> Self {
        let own = component.map(|name| format!("/components/{}/{block}", escaped(name)));
        Self {
            settings,
            own: own.filter(|own| settings.is_set(own)),
            general: format!("/{block}"),
        }
    }

    /// The pointer of a key, or of the block itself for the empty text, in the layer that is obeyed.
    pub(super) fn pointer(&self, key: &str) -> String {
        let below = |block: &str| match key {
            "" => block.to_owned(),
            key => format!("{block}/{key}"),
        };
        let own = self.own.as_deref().map(below);
        own.filter(|own| self.settings.is_set(own))
            .unwrap_or_else(|| below(&self.general))
    }

    /// Where a key is set, or the block for the empty text.
    pub(super) fn rule(&self, key: &str) -> RuleSource {
        self.settings.rule(&self.pointer(key))
    }

    /// Where an item of a list is set.
    pub(super) fn rule_of_item(&self, key: &str, index: usize) -> RuleSource {
        let list = self.pointer(key);
        self.settings.rule(&format!("{list}/{index}"))
    }
}

/// A pointer as people write it: `toolchains.own.commands[0].name`.
pub(super) fn dotted(pointer: &str, positions: &Positions) -> String {
    let mut text = String::new();
    let mut end = 0;
    for step in pointer.split('/').skip(1) {
        end += 1 + step.len();
        let is_item = step.bytes().all(|byte| byte.is_ascii_digit())
            && positions.value_at(&pointer[..end]).is_some()
            && positions.key_at(&pointer[..end]).is_none();
        if is_item {
            text.push_str(&format!("[{step}]"));
        } else {
            if !text.is_empty() {
                text.push('.');
            }
            text.push_str(&super::problem::shown(&unescaped(step)));
        }
    }
    text
}

/// One step of a pointer for this key (<https://www.rfc-editor.org/rfc/rfc6901#section-3>).
pub(super) fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

pub(super) fn unescaped(step: &str) -> String {
    step.replace("~1", "/").replace("~0", "~")
}

/// `5.0` and `5` are the same number in JSON Schema, but not in Rust. The depth is bounded by
/// [`crate::yaml::MAX_DEPTH`].
pub(super) fn whole_numbers(value: &mut Value) {
    const EXACT: f64 = 9_007_199_254_740_991.0;
    match value {
        Value::Number(number) if number.is_f64() => {
            let whole = number
                .as_f64()
                .filter(|n| n.fract() == 0.0 && n.abs() <= EXACT);
            if let Some(whole) = whole.and_then(|n| format!("{n:.0}").parse::<i64>().ok()) {
                *value = whole.into();
            }
        }
        Value::Array(items) => items.iter_mut().for_each(whole_numbers),
        Value::Object(entries) => entries.values_mut().for_each(whole_numbers),
        _ => {}
    }
}
