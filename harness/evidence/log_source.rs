//! Reads a log from a file, a URL or a command while it arrives. The log may have any size.

use std::fs::File;
use std::io::{self, Read};
use std::path::PathBuf;

use tokio::sync::mpsc;
use tokio::task::spawn_blocking;
use tokio::time::{Instant, timeout_at};
use url::Url;

use super::SourceError;
use super::logs::{Collected, Expected, collect};
use super::source::{LONGEST, open};
use crate::config::{EvidenceLocation, Target};
use crate::host::command::{self, CommandError};

/// The chunks of a response that wait to be read.
const WAITING: usize = 8;

/// Reads a log, within 30 s and before the run ends.
pub(super) async fn read(
    from: &EvidenceLocation,
    target: &Target,
    run_end: Instant,
    expected: Expected,
) -> Result<Collected, SourceError> {
    let ends = Instant::now().checked_add(LONGEST).map_or(run_end, |own| own.min(run_end));
    let log = match from {
        EvidenceLocation::File(path) => {
            let read = timeout_at(ends, file(path.clone(), ends, expected)).await;
            let read = read.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()));
            read.map_err(|source| SourceError::File { path: path.display().to_string(), source })
        }
        EvidenceLocation::Url(url) => {
            let late = || SourceError::Url { url: url.as_str().to_owned(), why: "not answered in time".to_owned() };
            timeout_at(ends, response(url, target, expected)).await.unwrap_or_else(|_| Err(late()))
        }
        EvidenceLocation::Command(words) => run(words.clone(), ends, expected).await,
    }?;
    let is_a_log = log.refuse().map(|()| log);
    is_a_log.map_err(|error| SourceError::NotALog { from: from.to_string(), why: error.to_string() })
}

async fn file(path: PathBuf, ends: Instant, expected: Expected) -> io::Result<Collected> {
    let read = move || collect(InTime { from: File::open(path)?, ends: ends.into_std() }, &expected);
    spawn_blocking(read).await.map_err(io::Error::other)?
}

/// A file that may have no end.
struct InTime {
    from: File,
    ends: std::time::Instant,
}

impl Read for InTime {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if std::time::Instant::now() >= self.ends {
            return Err(io::ErrorKind::TimedOut.into());
        }
        self.from.read(into)
    }
}

async fn run(words: Vec<String>, ends: Instant, expected: Expected) -> Result<Collected, SourceError> {
    let program = words.first().cloned().unwrap_or_default();
    let fail = |why: String| SourceError::Command { program: program.clone(), why };
    let limit = ends.saturating_duration_since(Instant::now());
    let read = move |output| collect(output, &expected).map_err(|error| CommandError::Unreadable(error.kind()));
    let ran = spawn_blocking(move || command::stream(&words, limit, read)).await;
    ran.map_err(|error| fail(error.to_string()))?.map_err(|error| fail(error.to_string()))
}

async fn response(url: &Url, target: &Target, expected: Expected) -> Result<Collected, SourceError> {
    let fail = |why: String| SourceError::Url { url: url.as_str().to_owned(), why };
    let mut answer = open(url, target).await?;
    let (sender, receiver) = mpsc::channel(WAITING);
    let collected = spawn_blocking(move || collect(Chunks { receiver, rest: Vec::new() }, &expected));
    while let Some(chunk) = answer.chunk().await.map_err(|error| fail(error.without_url().to_string()))? {
        if sender.send(chunk.to_vec()).await.is_err() {
            break;
        }
    }
    drop(sender);
    collected.await.map_err(|error| fail(error.to_string()))?.map_err(|error| fail(error.to_string()))
}

/// The body of a response.
struct Chunks {
    receiver: mpsc::Receiver<Vec<u8>>,
    /// What is left of the last chunk.
    rest: Vec<u8>,
}

impl Read for Chunks {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.rest.is_empty() {
            match self.receiver.blocking_recv() {
                Some(chunk) => self.rest = chunk,
                None => return Ok(0),
            }
        }
        let many = self.rest.len().min(into.len());
        into[..many].copy_from_slice(&self.rest[..many]);
        self.rest.drain(..many);
        Ok(many)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;
    use std::time::Duration;

    use rstest::rstest;

    use super::*;
    use crate::fixtures::staging;

    /// More than a manifest may have.
    const MANY: usize = 80_000;

    async fn read_within(from: EvidenceLocation, limit: Duration) -> Result<Collected, SourceError> {
        read(&from, &staging(), Instant::now() + limit, Expected::default()).await
    }

    fn shell(script: &str) -> EvidenceLocation {
        EvidenceLocation::Command(["sh", "-c", script].map(str::to_owned).to_vec())
    }

    fn long_log() -> String {
        format!(
            "2026-11-22 03:00:00,123 - app.requests - INFO - 10.0.0.1 - GET /health - 200 - {}\n",
            "word ".repeat(80)
        )
        .repeat(MANY)
    }

    #[tokio::test]
    async fn a_file_larger_than_32_mib_is_read() {
        let mut file = tempfile::NamedTempFile::new().expect("a file");
        let log = long_log();
        assert!(log.len() > 32 << 20);
        file.write_all(log.as_bytes()).expect("it is ours");
        let log = read_within(EvidenceLocation::File(file.path().into()), LONGEST).await.expect("a log");
        assert_eq!(log.total(), MANY as u64);
    }

    #[tokio::test]
    async fn a_command_may_print_more_than_32_mib() {
        let script = format!("yes 'INFO {}' | head -c 40000000", "word ".repeat(100));
        let log = read_within(shell(&script), LONGEST).await.expect("a log");
        assert!(log.total() > 70_000);
    }

    #[rstest]
    #[case::silent(shell("sleep 60"), "did not end within")]
    #[case::failing(shell("echo INFO a-secret; exit 3"), "exit status: 3")]
    #[case::no_log(shell("echo nothing"), "`sh`: not a log: no line is a log entry")]
    #[case::no_log_file(EvidenceLocation::File("Cargo.toml".into()), "Cargo.toml: not a log: no line is a log entry")]
    #[case::endless(EvidenceLocation::File("/dev/zero".into()), "timed out")]
    #[tokio::test]
    async fn a_source_is_stopped_at_its_limits(#[case] from: EvidenceLocation, #[case] why: &str) {
        let error = read_within(from, Duration::from_secs(2)).await.expect_err("stopped").to_string();
        assert!(error.contains(why) && !error.contains("a-secret"), "{error}");
    }

    #[tokio::test]
    async fn a_response_is_read() {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = Url::parse(&format!("http://{}/", listener.local_addr().expect("an address"))).expect("a URL");
        let serve = async {
            let (mut stream, _) = listener.accept().await.expect("a client");
            let _ = stream.read(&mut [0; 1000]).await.expect("a request");
            let body = "INFO one\nINFO two\n";
            let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len());
            stream.write_all(head.as_bytes()).await.expect("the client reads");
        };
        let (log, ()) = tokio::join!(read_within(EvidenceLocation::Url(url), LONGEST), serve);
        assert_eq!(log.expect("a log").total(), 2);
    }
}
