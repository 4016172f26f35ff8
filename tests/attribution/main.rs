//! The twin meets the catalogue: every fault, in every dialect, must come to the cause that the scenario files say, and to no other.
//!
//! `table` reads the scenario files' own `[[attribution]]` tables, one test a row; `whole` drives all scenarios at once;
//! `evidence` withholds evidence: what cannot be known must not be claimed.

#[path = "../support/bench.rs"]
mod bench;
mod evidence;
#[path = "../support/fetch.rs"]
mod fetch;
mod late_log;
#[expect(dead_code, reason = "its sockets and its journal are for other tests")]
#[path = "../support/server.rs"]
mod server;
mod table;
mod test_headers;
mod two;
mod whole;
