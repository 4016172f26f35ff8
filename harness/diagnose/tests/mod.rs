//! Unit tests of the diagnosis: the catalogue, facts, log lines, pairs and questions. `tests/` has tests of whole
//! verdicts.

mod active;
mod facts;
mod infer;
mod logs;
mod model;
mod verdict;
