//! The rails: no secret and no token in any output, whatever fails and whatever the server under test sends back; and no token goes to
//! a host that the target does not name.

mod around;
#[path = "../support/disturbed.rs"]
mod disturbed;
mod echo;
mod elsewhere;
mod evidence;
#[path = "../support/leaks.rs"]
mod leaks;
#[path = "../support/one_call.rs"]
mod one_call;
mod outputs;
#[path = "../support/program.rs"]
mod program;
#[path = "../support/server.rs"]
mod server;
mod staged;
