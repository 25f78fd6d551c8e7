//! What is left of a file without its mistakes, so that the rest can be checked too.

use super::{
    settings::escaped,
    validate::{Mistake, mistakes},
};
use crate::yaml::Positions;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// What is left of a file.
pub(super) struct Pruned {
    value: Value,
    /// For every list that lost items: the pointer of what is left → where each item was.
    moved: BTreeMap<String, Vec<usize>>,
}

impl Pruned {
    /// Takes out every node that is wrong. What is left can be incomplete without it and is taken
    /// out as well, a few times at most.
    pub(super) fn of(file: &Value, wrong: &[Mistake], positions: &Positions) -> Self {
        let mut out: BTreeSet<String> = wrong
            .iter()
            .map(|mistake| mistake.pointer.clone())
            .collect();
        let mut pruned = Self::without(file, &out);
        for _ in 0..if wrong.is_empty() { 0 } else { 8 } {
            let incomplete = mistakes(&pruned.value, positions);
            if incomplete.is_empty() {
                break;
            }
            out.extend(
                incomplete
                    .iter()
                    .map(|mistake| pruned.original(&mistake.pointer)),
            );
            pruned = Self::without(file, &out);
        }
        pruned
    }

    fn without(file: &Value, out: &BTreeSet<String>) -> Self {
        let mut pruned = Self {
            value: Value::Object(Map::new()),
            moved: BTreeMap::new(),
        };
        if !out.contains("") {
            pruned.value = pruned.copy(file, out, "", "");
        }
        pruned
    }

    /// `was` and `is` are the pointer of the node before and after.
    fn copy(&mut self, node: &Value, out: &BTreeSet<String>, was: &str, is: &str) -> Value {
        match node {
            Value::Object(entries) => {
                let mut kept = Map::new();
                for (key, value) in entries {
                    let step = escaped(key);
                    let was = format!("{was}/{step}");
                    if !out.contains(&was) {
                        let value = self.copy(value, out, &was, &format!("{is}/{step}"));
                        kept.insert(key.clone(), value);
                    }
                }
                Value::Object(kept)
            }
            Value::Array(items) => {
                let mut kept = Vec::new();
                let mut places = Vec::new();
                for (index, item) in items.iter().enumerate() {
                    let was = format!("{was}/{index}");
                    if !out.contains(&was) {
                        let is = format!("{is}/{}", kept.len());
                        kept.push(self.copy(item, out, &was, &is));
                        places.push(index);
                    }
                }
                if kept.len() < items.len() {
                    self.moved.insert(is.to_owned(), places);
                }
                Value::Array(kept)
            }
            scalar => scalar.clone(),
        }
    }

    /// What is left.
    pub(super) const fn value(&self) -> &Value {
        &self.value
    }

    /// Where a node of what is left was.
    fn original(&self, pointer: &str) -> String {
        let mut was = String::new();
        let mut is = String::new();
        for step in pointer.split('/').skip(1) {
            let place = self
                .moved
                .get(&is)
                .and_then(|places| places.get(step.parse::<usize>().ok()?).copied());
            was.push('/');
            match place {
                Some(place) => was.push_str(&place.to_string()),
                None => was.push_str(step),
            }
            is.push('/');
            is.push_str(step);
        }
        was
    }

    /// What checks found in the rest, at its place in the file. A contradiction to something that
    /// was taken out is left out: it speaks of a default that nobody will get.
    pub(super) fn told_of_the_whole(&self, found: Vec<Mistake>, wrong: &[Mistake]) -> Vec<Mistake> {
        found
            .into_iter()
            .map(|mistake| Mistake {
                pointer: self.original(&mistake.pointer),
                within: mistake
                    .within
                    .iter()
                    .map(|block| self.original(block))
                    .collect(),
                ..mistake
            })
            .filter(|mistake| {
                let is_within = |wrong: &Mistake, block: &String| {
                    wrong.pointer.starts_with(&format!("{block}/"))
                };
                !mistake
                    .within
                    .iter()
                    .any(|block| wrong.iter().any(|wrong| is_within(wrong, block)))
            })
            .collect()
    }
}
