//! Runs that are disturbed. The test plays the backend: it refuses the first call, or the run is interrupted during the first call.

use std::io;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use crate::support::one_call;
use crate::support::server::{Answer, Server};

/// Guards against a program that never calls; no test depends on how long anything takes.
const GUARD: Duration = Duration::from_secs(60);

/// Returns the options of a run against a backend that refuses the first call, quotes it in the response, and accepts the second.
pub(crate) fn flaky(folder: &Path) -> io::Result<Vec<String>> {
    let away = AtomicBool::new(true);
    let server = Server::start(move |request| {
        if request.path().starts_with("/api/chat/messages") && away.swap(false, Ordering::Relaxed) {
            return Answer::http("503 Service Unavailable", &[("Retry-After", "0")], &request.bytes());
        }
        Answer::http("200 OK", &[("Content-Type", "application/json")], br#"{"status": "healthy", "messages": []}"#)
    });
    let own = one_call::write(folder)?;
    let backend = format!("backend=http://{}", server.address);
    Ok(["--scenarios", &own.display().to_string(), "--set", &backend, "--retries", "1"].map(str::to_owned).to_vec())
}

/// Runs the program, sends Ctrl-C at its first call to the backend, and waits for its end.
pub(crate) fn interrupted(mut command: Command) -> io::Result<Output> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    command.args(["--jobs", "1", "--set", &format!("backend=http://{}", listener.local_addr()?)]);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let (sender, called) = mpsc::channel();
    std::thread::spawn(move || sender.send(listener.accept()));
    let held = called.recv_timeout(GUARD).map_err(io::Error::other)??;
    let sent = Command::new("sh").args(["-c", &format!("kill -s INT {}", child.id())]).status()?;
    let output = child.wait_with_output()?;
    drop(held);
    if sent.success() { Ok(output) } else { Err(io::Error::other("no signal was sent")) }
}
