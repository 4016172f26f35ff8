//! A fact: a key of the schema and the value that was read.

use crate::diagnose::model::fact_schema;

/// One fact: a key of the catalogue and the value that was read.
#[derive(Debug, Clone)]
pub(crate) struct Fact {
    pub(crate) key: &'static str,
    pub(crate) value: &'static str,
    /// The value never occurs in a healthy system. It contradicts every fault that does not demand it.
    pub(crate) anomaly: bool,
    /// The fact in words, with the values that were read.
    pub(crate) says: String,
    /// The exchange it was read from, if any.
    pub(crate) exchange: Option<u32>,
}

impl Fact {
    /// Reports whether the value is unusual: a hint for the faults that predict it, though some healthy systems have it
    /// too.
    pub(crate) fn is_odd(&self) -> bool {
        fact_schema::of(self.key).is_some_and(|word| word.is_odd(self.value))
    }
}

/// The key of the fact that compares the `Date` of every response with this machine's clock.
pub(crate) const ANSWERS_CLOCK: &str = "answers-clock";

/// The value of a fact that is not known. It decides nothing.
pub(crate) const UNKNOWN: &str = "unknown";

/// The key of the fact that a token in the header is not read, although one in another location is.
pub(crate) const TOKEN_BY_HEADER: &str = "token-by-header";
