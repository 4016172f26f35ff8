//! Tests of certainty and findings.

mod bypass;
mod certain;
mod findings;
mod worst_lines;
