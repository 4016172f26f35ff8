//! Reads one location of evidence: a file, a URL or the output of a command.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use thiserror::Error;
use tokio::io::AsyncReadExt as _;
use tokio::time::{Instant, timeout_at};
use url::Url;

use super::NotRead;
use crate::config::{EvidenceLocation, Target, is_loopback};
use crate::host::command;

/// The time limit of one source. The end of the run is a limit too.
pub(crate) const LONGEST: Duration = Duration::from_secs(30);
/// The maximum size of one source, in bytes.
const LIMIT: usize = 32 << 20;

/// Why a source could not be read.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SourceError {
    /// The file cannot be read.
    #[error("cannot read {path}: {source}")]
    File {
        /// The path.
        path: String,
        /// The reason.
        source: std::io::Error,
    },
    /// The URL cannot be fetched.
    #[error("cannot get {url}: {why}")]
    Url {
        /// The URL.
        url: String,
        /// The reason.
        why: String,
    },
    /// The command fails. The message does not quote its standard error, which may hold a secret.
    #[error("`{program}` {why}")]
    Command {
        /// The program, without its arguments.
        program: String,
        /// The reason.
        why: String,
    },
    /// The content is not the manifest of one service.
    #[error("not the manifest of a service: {0}")]
    Manifest(#[from] NotRead),
    /// The content is no log.
    #[error("{from}: not a log: {why}")]
    NotALog {
        /// The location, without the arguments of a command.
        from: String,
        /// The reason, with line and column.
        why: String,
    },
    /// The content has the wrong format.
    #[error("not {expected}: {why}")]
    Format {
        /// The expected format.
        expected: &'static str,
        /// The parser's message, without the text.
        why: String,
    },
}

/// Reads the text of a source, at most 32 MiB, within 30 s and before the run ends.
pub(super) async fn read(from: &EvidenceLocation, target: &Target, run_end: Instant) -> Result<String, SourceError> {
    let ends = Instant::now().checked_add(LONGEST).map_or(run_end, |own| own.min(run_end));
    let bytes = match from {
        EvidenceLocation::File(path) => {
            let failed = |source| SourceError::File { path: path.display().to_string(), source };
            timeout_at(ends, file(path))
                .await
                .unwrap_or_else(|_| Err(std::io::ErrorKind::TimedOut.into()))
                .map_err(failed)
        }
        EvidenceLocation::Url(url) => {
            let late = || SourceError::Url { url: url.as_str().to_owned(), why: "not answered in time".to_owned() };
            timeout_at(ends, get(url, target)).await.unwrap_or_else(|_| Err(late()))
        }
        EvidenceLocation::Command(words) => run(words, ends.saturating_duration_since(Instant::now())).await,
    };
    bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}

async fn file(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    tokio::fs::File::open(path).await?.take(LIMIT as u64 + 1).read_to_end(&mut bytes).await?;
    let too_large = || std::io::Error::other(format!("more than {LIMIT} bytes"));
    if bytes.len() > LIMIT { Err(too_large()) } else { Ok(bytes) }
}

/// Opens a URL of loopback or of the target.
pub(super) async fn open(url: &Url, target: &Target) -> Result<reqwest::Response, SourceError> {
    let fail = |why: String| SourceError::Url { url: url.as_str().to_owned(), why };
    if !may_ask(url, target) {
        return Err(fail("evidence is read only from loopback and from the target's hosts".into()));
    }
    // reqwest's default roots fail on a machine without a certificate store, even for plain HTTP.
    let tls = crate::tls::client_config(&target.access, None).map_err(|error| fail(error.to_string()))?;
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy();
    let fixed: Vec<SocketAddr> = target.access.addresses_of(url).into_iter().map(|ip| SocketAddr::new(ip, 0)).collect();
    let client = match url.host_str().filter(|_| !fixed.is_empty()) {
        Some(host) => client.resolve_to_addrs(host, &fixed),
        None => client,
    };
    let client = client.tls_backend_preconfigured(tls).build().map_err(|error| fail(error.to_string()))?;
    let answer = client.get(url.clone()).send().await.map_err(|error| fail(error.without_url().to_string()))?;
    if !answer.status().is_success() {
        return Err(fail(format!("status {}", answer.status().as_u16())));
    }
    Ok(answer)
}

async fn get(url: &Url, target: &Target) -> Result<Vec<u8>, SourceError> {
    let fail = |why: String| SourceError::Url { url: url.as_str().to_owned(), why };
    let mut text = Vec::new();
    let mut answer = open(url, target).await?;
    while let Some(chunk) = answer.chunk().await.map_err(|error| fail(error.without_url().to_string()))? {
        if text.len() + chunk.len() > LIMIT {
            return Err(fail(format!("more than {LIMIT} bytes")));
        }
        text.extend_from_slice(&chunk);
    }
    Ok(text)
}

fn may_ask(url: &Url, target: &Target) -> bool {
    is_loopback(url) || target.names_host(url)
}

async fn run(words: &[String], limit: Duration) -> Result<Vec<u8>, SourceError> {
    let program = words.first().cloned().unwrap_or_default();
    let fail = |why: String| SourceError::Command { program: program.clone(), why };
    let words = words.to_vec();
    let ran = tokio::task::spawn_blocking(move || command::run(&words, LIMIT as u64, limit)).await;
    ran.map_err(|error| fail(error.to_string()))?.map_err(|error| fail(error.to_string()))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use rstest::rstest;

    use super::*;
    use crate::fixtures::staging;

    async fn read_within(from: &EvidenceLocation, limit: Duration) -> Result<String, SourceError> {
        read(from, &staging(), Instant::now() + limit).await
    }

    fn command(words: &[&str]) -> EvidenceLocation {
        EvidenceLocation::Command(words.iter().map(|word| (*word).to_owned()).collect())
    }

    #[tokio::test]
    async fn a_command_gives_its_output() {
        assert_eq!(read_within(&command(&["echo", "here"]), LONGEST).await.unwrap(), "here\n");
    }

    #[rstest]
    #[case::endless(&["yes"], "bytes")]
    #[case::silent(&["sleep", "60"], "did not end within")]
    #[case::failing(&["sh", "-c", "echo a-secret >&2; exit 3"], "exit status: 3")]
    #[tokio::test]
    async fn a_command_is_stopped_at_its_limits(#[case] words: &[&str], #[case] why: &str) {
        let limit = if why.starts_with("did not") { Duration::from_millis(100) } else { LONGEST };
        let error = read_within(&command(words), limit).await.unwrap_err().to_string();
        assert!(error.contains(why) && !error.contains("a-secret"), "{error}");
    }

    #[tokio::test]
    async fn an_endless_file_is_stopped_at_the_limit() {
        let error = read_within(&EvidenceLocation::File("/dev/zero".into()), LONGEST).await.unwrap_err();
        assert!(error.to_string().contains("more than"), "{error}");
    }

    #[tokio::test]
    async fn a_server_that_never_responds_does_not_block_the_run() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
        let error = read_within(&EvidenceLocation::Url(url), Duration::from_millis(100)).await.unwrap_err();
        assert!(error.to_string().contains("in time"), "{error}");
    }
}
