//! Ctrl-C and SIGTERM, as real signals to the real program: the run reports what it saw until then.
#![cfg(unix)]

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use fivewhys::internal::report::{Report, RunOutcome, Signal, StepOutcome};
use rstest::rstest;

use crate::support::program::{TwinProcess, bare, stdout};

/// Guards against a program that never calls; no test depends on how long anything takes.
const GUARD: Duration = Duration::from_secs(60);

/// The edge of a twin, played by the test: it answers when it likes.
struct Edge {
    address: SocketAddr,
    connections: Receiver<TcpStream>,
}

impl Edge {
    fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("its address");
        let (sender, connections) = mpsc::channel();
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                // The test may be over.
                let _ = sender.send(stream);
            }
        });
        Self { address, connections }
    }

    fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The next request: its first line, and where to answer.
    fn next(&self) -> (String, TcpStream) {
        let stream = self.connections.recv_timeout(GUARD).expect("a connection");
        let mut head = String::new();
        let mut reader = BufReader::new(&stream);
        while !head.ends_with("\r\n\r\n") && reader.read_line(&mut head).expect("a line") > 0 {}
        (head.lines().next().unwrap_or_default().to_owned(), stream)
    }
}

fn answer(mut stream: &TcpStream, body: &str) {
    let length = body.len();
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n"
    );
    stream.write_all(format!("{head}{body}").as_bytes()).expect("it listens");
}

fn smoke(twin: &TwinProcess, edge: &Edge, more: &[&str]) -> Child {
    let mut command = bare();
    command.args(["smoke", "--config"]).arg(twin.target()).args(["--set", &format!("backend={}", edge.url())]);
    command.args(["--jobs", "1"]).args(more).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().expect("it starts")
}

fn signal(child: &Child, name: &str) {
    let sent = Command::new("sh").args(["-c", &format!("kill -s {name} {}", child.id())]).status();
    assert!(sent.expect("a shell").success());
}

fn end(child: Child) -> Output {
    child.wait_with_output().expect("it ends")
}

#[rstest]
#[case::ctrl_c("INT", Signal::Interrupt, 130)]
#[case::terminated("TERM", Signal::Terminate, 143)]
fn a_run_that_is_stopped_reports_what_it_saw(#[case] name: &str, #[case] by: Signal, #[case] code: i32) {
    let (twin, edge) = (TwinProcess::start(&[]), Edge::open());
    let child = smoke(&twin, &edge, &["--format", "json"]);
    let (_, first) = edge.next();
    answer(&first, "{}");
    let (_, _held) = edge.next();
    signal(&child, name);
    let output = end(child);
    let report: Report = serde_json::from_slice(&output.stdout).expect("a whole report");
    assert_eq!((output.status.code(), report.exit.code), (Some(code), u8::try_from(code).expect("a code")));
    assert_eq!((report.interrupted, report.outcome), (Some(by), RunOutcome::Failed));
    let driven: Vec<_> = report.scenarios.iter().filter(|scenario| scenario.id != "objectives").collect();
    let steps: Vec<_> = driven.iter().flat_map(|scenario| &scenario.steps).collect();
    assert_eq!(steps[0].outcome, StepOutcome::Failed, "what was seen before stays");
    assert!(!report.causes.is_empty(), "and is diagnosed as far as it goes");
    let last = steps.last().expect("a step");
    assert_eq!((last.outcome, last.because[0].as_str()), (StepOutcome::Skipped, &*format!("{by} ended the run")));
    assert!(driven.iter().all(|scenario| scenario.outcome != StepOutcome::Passed || scenario.id == "oauth"));
}

#[test]
fn a_person_reads_that_it_was_stopped() {
    let (twin, edge) = (TwinProcess::start(&[]), Edge::open());
    let child = smoke(&twin, &edge, &[]);
    let (_, _held) = edge.next();
    signal(&child, "INT");
    let output = end(child);
    assert_eq!(output.status.code(), Some(130));
    let last = stdout(&output).lines().last().expect("a line");
    assert!(last.starts_with("failed: interrupted by SIGINT"), "{last}");
}

const CLEANS_UP: &str = r#"title = "Something is posted, and taken away"
[[step]]
id = "post"
call = "backend.chat-messages-post"
capture = { message = "$.message.id" }
[step.expect]
status = 200
[[step]]
id = "read"
call = "backend.chat-messages"
[step.expect]
status = 200
[[finally]]
id = "delete"
call = "backend.chat-message-delete"
path = "/api/chat/messages/{message}"
[finally.expect]
status = 200
"#;

/// A run that has posted a message, was stopped while it reads it, and asks for its deletion now.
fn cleaning_up(twin: &TwinProcess, edge: &Edge) -> (Child, TcpStream) {
    let folder = twin.target().with_file_name("own");
    std::fs::create_dir(&folder).expect("a folder");
    std::fs::write(folder.join("own.toml"), CLEANS_UP).expect("a file");
    let folder = folder.display().to_string();
    let child = smoke(twin, edge, &["--format", "json", "--scenarios", &folder]);
    let (_, post) = edge.next();
    answer(&post, r#"{"message": {"id": "m1", "user_id": "staging-e2e-user-001"}}"#);
    let (_, _held) = edge.next();
    signal(&child, "INT");
    let (call, delete) = edge.next();
    assert!(call.starts_with("DELETE /api/chat/messages/m1 "), "{call}");
    (child, delete)
}

#[test]
fn an_interrupted_run_still_cleans_up() {
    let (twin, edge) = (TwinProcess::start(&[]), Edge::open());
    let (child, delete) = cleaning_up(&twin, &edge);
    answer(&delete, "{}");
    let output = end(child);
    let report: Report = serde_json::from_slice(&output.stdout).expect("a report");
    let outcomes: Vec<_> = report.scenarios[0].steps.iter().map(|step| step.outcome).collect();
    assert_eq!(outcomes, [StepOutcome::Passed, StepOutcome::Skipped, StepOutcome::Passed]);
    assert_eq!(output.status.code(), Some(130));
}

#[test]
fn a_second_signal_writes_the_report_without_the_diagnosis() {
    let (twin, edge) = (TwinProcess::start(&[]), Edge::open());
    let (child, _never_answered) = cleaning_up(&twin, &edge);
    signal(&child, "INT");
    let output = end(child);
    let report: Report = serde_json::from_slice(&output.stdout).expect("a report");
    let outcomes: Vec<_> = report.scenarios[0].steps.iter().map(|step| step.outcome).collect();
    assert_eq!(outcomes, [StepOutcome::Passed, StepOutcome::Skipped, StepOutcome::Skipped]);
    assert_eq!((output.status.code(), report.interrupted), (Some(130), Some(Signal::Interrupt)));
    assert_eq!(report.exit.meaning, "SIGINT ended the run early, and a second signal skipped the diagnosis");
}
