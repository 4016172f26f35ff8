//! What differs for a client that is a browser: CORS, compression and subprotocols, against the twin.
//!
//! - `blocked`: calls that work, and that a browser keeps from its page: each has its cause
//! - `findings`: what the probes from a foreign page show, and what a plain client meets

mod blocked;
mod findings;

use fivewhys::internal::config::Browser;
use fivewhys::internal::report::Report;
use fivewhys::internal::scenario::Scenario;
use fivewhys_mocks::{ClientFlaw, Clients, Twin};

use crate::support::twin::Bench;

const PAGE: &str = "https://app.test";

/// Runs these scenarios as the browsers of a page, against a twin that serves the page.
async fn run(flaws: &[ClientFlaw], credentials: bool, scenario: &str) -> Report {
    let clients = Clients::page(PAGE);
    let clients = if credentials { clients.with_credentials() } else { clients };
    let clients = flaws.iter().fold(clients, |clients, flaw| clients.flaw(*flaw));
    let mut bench = Bench::at(Twin::builder().clients(clients)).await;
    bench.target.browser = Some(Browser::at(PAGE.to_owned(), credentials, None));
    smoke(&mut bench, scenario).await
}

async fn smoke(bench: &mut Bench, scenario: &str) -> Report {
    let scenario = Scenario::parse("own.toml", scenario).expect("a scenario");
    bench.smoke(&[scenario]).await
}

/// A plain call, a call with a body, and a stream.
const CALLS: &str = r#"title = "The page works"
[[step]]
id = "list"
call = "backend.chat-messages"
[step.expect]
result = "ok"
authn = "accepted"

[[step]]
id = "post"
call = "backend.chat-messages-post"
[step.expect]
result = "ok"

[[step]]
id = "stream"
call = "backend.chat-stream"
[step.expect]
terminal = "stream_end"
result = "ok"

[[step]]
id = "refuse"
call = "backend.chat-messages"
token = "wrong-key"
[step.expect]
refused = true
"#;

/// A socket whose token is one of the subprotocols.
const SOCKET: &str = r#"title = "The socket opens"
[[step]]
id = "connect"
call = "backend.websocket"
token_location = "subprotocol"
[step.expect]
status = 101
result = "ok"
"#;
