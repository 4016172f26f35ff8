//! Merges a later layer over an earlier one. A key of the later layer wins. A key that it lacks stays as it was.

use crate::document::written::{Entry, Json, Named, OneOrMany};

/// A value that a later layer can replace in part.
pub(crate) trait Overlay {
    /// Takes over every value that `later` has.
    fn overlay(&mut self, later: Self);
}

impl<T> Overlay for Option<T> {
    fn overlay(&mut self, later: Self) {
        if later.is_some() {
            *self = later;
        }
    }
}

impl<K, V: Overlay> Overlay for Named<K, V> {
    /// Merges key by key. New keys come last.
    fn overlay(&mut self, later: Self) {
        for new in later.0 {
            match self.0.iter_mut().find(|old| old.name == new.name) {
                Some(old) => {
                    let Entry { span, source, value, .. } = new;
                    (old.span, old.source) = (span, source);
                    old.value.overlay(value);
                }
                None => self.0.push(new),
            }
        }
    }
}

impl Overlay for Json {
    fn overlay(&mut self, later: Self) {
        *self = later;
    }
}

impl Overlay for String {
    fn overlay(&mut self, later: Self) {
        *self = later;
    }
}

impl<T> Overlay for OneOrMany<T> {
    fn overlay(&mut self, later: Self) {
        *self = later;
    }
}

/// Defines a table of a layer. Every field is optional, unknown fields are refused, and fields are merged one by one.
macro_rules! overlays {
    ($(#[$doc:meta])* pub(crate) struct $name:ident { $($(#[$about:meta])* $field:ident: $kind:ty,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Default, Deserialize, schemars::JsonSchema)]
        #[serde(deny_unknown_fields)]
        pub(crate) struct $name {
            $($(#[$about])* #[serde(default)] pub(crate) $field: $kind,)+
        }

        impl Overlay for $name {
            fn overlay(&mut self, later: Self) {
                $(self.$field.overlay(later.$field);)+
            }
        }
    };
}
pub(crate) use overlays;
