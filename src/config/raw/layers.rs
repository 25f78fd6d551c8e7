//! Blocks that are set for all components, and again for one of them.

use std::collections::BTreeMap;

/// What one component sets, laid over what is set for all.
pub(in crate::config) trait Layer: Clone {
    /// What holds where both are set: this one, unless a type knows better.
    fn over(&self, _below: &Self) -> Self {
        self.clone()
    }
}

impl Layer for bool {}
impl Layer for f64 {}
impl Layer for u32 {}
impl Layer for String {}
impl<T: Clone> Layer for Vec<T> {}

impl<T: Clone> Layer for BTreeMap<String, T> {
    /// Names are laid over names.
    fn over(&self, below: &Self) -> Self {
        let mut both = below.clone();
        both.extend(self.clone());
        both
    }
}

/// What holds of a key.
pub(in crate::config) fn laid<T: Layer>(own: &Option<T>, below: &Option<T>) -> Option<T> {
    match (own, below) {
        (Some(own), Some(below)) => Some(own.over(below)),
        (own, below) => own.clone().or_else(|| below.clone()),
    }
}

/// A block of which each layer sets any keys. `by_key` lays one layer over another.
macro_rules! layered {
    (
        $(#[doc = $about:literal])+
        $name:ident {
            $(
                $(#[doc = $doc:literal])+
                $(#[schemars($($schema:tt)*)])?
                $key:ident: $type:ty,
            )+
        }
    ) => {
        $(#[doc = $about])+
        #[derive(
            Debug, Clone, Default, serde::Serialize, serde::Deserialize, schemars::JsonSchema,
        )]
        #[serde(default, deny_unknown_fields)]
        pub(in crate::config) struct $name {
            $(
                $(#[doc = $doc])+
                #[serde(skip_serializing_if = "Option::is_none")]
                $(#[schemars($($schema)*)])?
                pub(in crate::config) $key: Option<$type>,
            )+
        }

        impl $name {
            /// The keys of this layer, and those of the one below where this one has none.
            fn by_key(&self, below: &Self) -> Self {
                Self {
                    $($key: $crate::config::raw::layers::laid(&self.$key, &below.$key),)+
                }
            }
        }
    };
}

pub(super) use layered;
