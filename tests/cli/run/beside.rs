//! Which calls run beside each other: scenarios, and the endpoints of one written step.

use std::path::Path;
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use crate::support::program::{fivewhys, stderr};
use crate::support::server::{Answer, Received, Server};

/// Counts calls, and lets a call wait for others. The limit only guards against a program that never sends them.
#[derive(Default)]
struct Arrivals(Mutex<usize>, Condvar);

impl Arrivals {
    fn note(&self) {
        *self.0.lock().expect("no holder panics") += 1;
        self.1.notify_all();
    }

    /// Reports whether so many calls arrived.
    fn wait_for(&self, many: usize) -> bool {
        let guard = self.0.lock().expect("no holder panics");
        let waited = self.1.wait_timeout_while(guard, Duration::from_secs(20), |arrived| *arrived < many);
        !waited.expect("no holder panics").1.timed_out()
    }
}

fn healthy(is_in_order: bool) -> Answer {
    let status = if is_in_order { "200 OK" } else { "500 Internal Server Error" };
    let body = br#"{"status": "healthy", "service": "netra-ai-platform", "messages": [], "threads": []}"#;
    Answer::http(status, &[("Content-Type", "application/json")], body)
}

fn passes(server: &Server, folder: &Path, jobs: &str) {
    let mut command = fivewhys(["smoke", "--target", "staging", "--scenarios"]);
    command.arg(folder).args(["--jobs", jobs, "--evidence", "edge", "--set", "budget.requests_per_minute=60000"]);
    command.args(["--set", "probes.test_headers=false"]);
    for (name, scheme) in [("backend", "http"), ("auth", "http"), ("websocket", "ws")] {
        command.args(["--set", &format!("{name}={scheme}://{}", server.address)]);
    }
    let output =
        command.env("JWT_SECRET_STAGING", "a signing secret of more than 32 bytes").output().expect("it starts");
    assert!(output.status.success(), "{}{}", String::from_utf8_lossy(&output.stdout), stderr(&output));
}

#[test]
fn a_slow_scenario_blocks_no_slot_of_a_finished_one() {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, path) in [("a", "/slow"), ("b", "/quick"), ("c", "/quick"), ("d", "/quick"), ("e", "/quick")] {
        let text = format!(
            "title = \"t\"\n[[step]]\nid = \"s\"\ncall = \"backend.health\"\npath = \"{path}\"\ntoken = \"none\"\n[step.expect]\nstatus = 200\n"
        );
        std::fs::write(folder.path().join(format!("{name}.toml")), text).expect("a file");
    }
    let quick = Arrivals::default();
    let server = Server::start(move |request| match request.path() {
        "/slow" => healthy(quick.wait_for(4)),
        _ => {
            quick.note();
            healthy(true)
        }
    });
    passes(&server, folder.path(), "2");
}

#[test]
fn endpoints_run_beside_each_other_and_controls_after_every_valid_token() {
    let folder = tempfile::tempdir().expect("a folder");
    let both = r#"["backend.chat-messages", "backend.threads"]"#;
    let text = format!(
        "title = \"t\"\n[[step]]\nid = \"accept\"\ncall = {both}\n[step.expect]\nstatus = 200\n\
         [[step]]\nid = \"refuse\"\ncall = {both}\ntoken = \"none\"\n[step.expect]\nrefused = true\n"
    );
    for name in ["one.toml", "two.toml"] {
        std::fs::write(folder.path().join(name), &text).expect("a file");
    }
    let has_token = |request: &Received| request.header("authorization").is_some();
    let valid = Arc::new(Arrivals::default());
    let server = Server::start(move |request| match has_token(request) {
        true => {
            valid.note();
            healthy(valid.wait_for(4))
        }
        false => Answer::http("401 Unauthorized", &[("WWW-Authenticate", "Bearer")], b""),
    });
    passes(&server, folder.path(), "8");
    let with: Vec<bool> = server.seen().iter().map(has_token).collect();
    assert_eq!(with, [[true; 4], [false; 4]].concat());
}
