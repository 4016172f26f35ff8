//! The checks. Each looks at one service.
//!
//! - `required`: required variables, and which of several names is read
//! - `change`: the differences from the previous manifest
//! - `value`: literal values that the contract does not allow
//! - `credential`: secrets as literals, and secrets without a fixed version
//! - `shared`: values that two services share
//! - `proxy`, `port`: the network of the container
//! - `rollout`: the state of the newest revision, and the traffic
//!
//! Invariant: a check compares literal values, and puts none into a problem.

mod change;
mod credential;
mod port;
mod proxy;
mod required;
mod rollout;
mod shared;
mod value;

pub(crate) use change::{changed, is_replaced, lost};

use crate::evidence::EnvValue;
use crate::preflight::input::Subject;
use crate::preflight::review::{Problem, Review};

/// Every check, in the order of the report.
pub(super) const ALL: [fn(&Review<'_>, &Subject) -> Vec<Problem>; 8] = [
    change::check,
    required::check,
    value::check,
    credential::check,
    shared::check,
    proxy::check,
    port::check,
    rollout::check,
];

/// Says where a value comes from, without the value.
pub(crate) fn origin(value: &EnvValue) -> String {
    match value {
        EnvValue::Plain(_) | EnvValue::Hidden { .. } => "as a literal value".to_owned(),
        EnvValue::Secret { .. } => format!("from the secret {value}"),
        EnvValue::Reference(to) => format!("from {to}"),
    }
}
