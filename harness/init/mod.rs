//! What `fivewhys init` finds out about a system, as a [`Draft`] of a target file.
//!
//! - `openapi`: from the description of an API (OpenAPI 3, Swagger 2)
//! - `oauth`: the OAuth 2.0 login in such a description
//! - `recording`: from the HAR file of a browser
//! - `form_login`: the login with a form in such a file
//! - `probed`: from one GET of each usual path
//! - `names`: ids of endpoints and roles, by paths
//!
//! Invariant: nothing is sent without `--probe`, and no token is ever sent. A draft holds no secret.

mod form_login;
mod names;
mod oauth;
mod openapi;
mod probed;
mod recording;

use std::collections::BTreeSet;

pub(crate) use openapi::read as openapi;
pub(crate) use probed::probe;
pub(crate) use recording::read as recording;

use crate::config::{Draft, Sketch};

/// The most endpoints of a draft. A file that nobody can read helps nobody.
const MOST: usize = 60;

fn one_line(text: &str) -> String {
    text.chars().filter(|sign| !sign.is_control()).collect()
}

/// Adds endpoints to a draft. An id that is taken gets a number.
fn add(draft: &mut Draft, endpoints: impl IntoIterator<Item = Sketch>) {
    let mut known: BTreeSet<String> = draft.endpoints.iter().map(|one| one.id.clone()).collect();
    for mut one in endpoints {
        let id = one.id.clone();
        let mut number = 2;
        while !known.insert(one.id.clone()) {
            one.id = format!("{id}-{number}");
            number += 1;
        }
        if draft.endpoints.len() < MOST {
            draft.endpoints.push(one);
        }
    }
}
