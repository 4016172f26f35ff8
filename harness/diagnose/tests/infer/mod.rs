//! Tests of hypotheses: single faults, pairs, and what contradicts them.

mod direct;
mod direct_calls;
mod double_fault;
mod hints;
mod masked_fault;
mod newest_entries;
mod relations;
