//! The query of the message list: `thread_id`, `limit` (1..100, 50), `offset` (0).

use std::collections::HashMap;

use serde_json::json;

use super::schema::Problem;

/// A page of messages.
pub(super) struct Page {
    pub(super) thread_id: Option<String>,
    pub(super) limit: usize,
    pub(super) offset: usize,
}

impl Page {
    pub(super) fn from_query(query: &HashMap<String, String>) -> Result<Self, Vec<Problem>> {
        let limit = number(query, "limit", 50, 1..=100).map_err(|problem| vec![problem])?;
        let offset = number(query, "offset", 0, 0..=usize::MAX).map_err(|problem| vec![problem])?;
        Ok(Self { thread_id: query.get("thread_id").cloned(), limit, offset })
    }
}

fn number(
    query: &HashMap<String, String>,
    name: &str,
    default: usize,
    range: std::ops::RangeInclusive<usize>,
) -> Result<usize, Problem> {
    let Some(text) = query.get(name) else { return Ok(default) };
    let loc = ["query", name];
    let Ok(value) = text.parse::<usize>() else {
        let msg = "Input should be a valid integer, unable to parse string as an integer";
        return Err(Problem::new("int_parsing", &loc, msg, &json!(text)));
    };
    if value < *range.start() {
        let (limit, msg) = (*range.start(), format!("Input should be greater than or equal to {}", range.start()));
        return Err(Problem::new("greater_than_equal", &loc, &msg, &json!(text)).with_limit("ge", limit));
    }
    if value > *range.end() {
        let (limit, msg) = (*range.end(), format!("Input should be less than or equal to {}", range.end()));
        return Err(Problem::new("less_than_equal", &loc, &msg, &json!(text)).with_limit("le", limit));
    }
    Ok(value)
}
