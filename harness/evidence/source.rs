//! Reads one evidence source: a file, a URL, the output of a command. Sits in `evidence`.

use std::process::Stdio;
use std::time::Duration;

use thiserror::Error;
use url::Url;

use crate::target::{EvidenceSource, Target, is_loopback};

/// One source may take this long.
const DEADLINE: Duration = Duration::from_secs(30);
/// One source may give this many bytes.
const LIMIT: usize = 32 << 20;

/// Why a source gave nothing.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SourceError {
    /// The file cannot be read.
    #[error("cannot read {path}: {source}")]
    File {
        /// Which.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// The URL gives no good answer.
    #[error("cannot get {url}: {why}")]
    Url {
        /// Which.
        url: String,
        /// Why.
        why: String,
    },
    /// The command fails. Its standard error is not shown: it may hold a secret.
    #[error("`{program}` {why}")]
    Command {
        /// Which.
        program: String,
        /// Why.
        why: String,
    },
    /// What came is not what it should be.
    #[error("not {expected}: {why}")]
    Format {
        /// What was expected.
        expected: &'static str,
        /// The parser's words, without the text it stumbled over.
        why: String,
    },
}

/// The text of a source, at most 32 MiB, within 30 s.
pub(super) async fn read(from: &EvidenceSource, target: &Target) -> Result<String, SourceError> {
    match from {
        EvidenceSource::File(path) => {
            let text = tokio::fs::read_to_string(path).await;
            text.map_err(|source| SourceError::File { path: path.display().to_string(), source })
        }
        EvidenceSource::Url(url) => get(url, target).await,
        EvidenceSource::Command(words) => run(words).await,
    }
}

async fn get(url: &Url, target: &Target) -> Result<String, SourceError> {
    let fail = |why: String| SourceError::Url { url: url.as_str().to_owned(), why };
    if !may_ask(url, target) {
        return Err(fail("only loopback hosts and hosts of the target are asked for evidence".into()));
    }
    // reqwest's own choice of roots fails on a machine without a certificate store, for plain HTTP too.
    let tls = crate::probe::tls_config().map_err(|error| fail(error.to_string()))?;
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).timeout(DEADLINE).no_proxy();
    let client = client.tls_backend_preconfigured(tls).build().map_err(|error| fail(error.to_string()))?;
    let answer = client.get(url.clone()).send().await.map_err(|error| fail(error.without_url().to_string()))?;
    if !answer.status().is_success() {
        return Err(fail(format!("status {}", answer.status().as_u16())));
    }
    let mut text = Vec::new();
    let mut answer = answer;
    while let Some(chunk) = answer.chunk().await.map_err(|error| fail(error.without_url().to_string()))? {
        if text.len() + chunk.len() > LIMIT {
            return Err(fail(format!("more than {LIMIT} bytes")));
        }
        text.extend_from_slice(&chunk);
    }
    Ok(String::from_utf8_lossy(&text).into_owned())
}

fn may_ask(url: &Url, target: &Target) -> bool {
    is_loopback(url) || [&target.backend, &target.auth].iter().any(|known| known.host_str() == url.host_str())
}

async fn run(words: &[String]) -> Result<String, SourceError> {
    let program = words.first().cloned().unwrap_or_default();
    let fail = |why: String| SourceError::Command { program: program.clone(), why };
    let mut command = tokio::process::Command::new(&program);
    command.args(words.iter().skip(1)).stdin(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
    let output = tokio::time::timeout(DEADLINE, command.output())
        .await
        .map_err(|_| fail(format!("did not end within {} s", DEADLINE.as_secs())))?
        .map_err(|error| fail(format!("cannot be run: {error}")))?;
    if !output.status.success() {
        return Err(fail(format!("failed ({})", output.status)));
    }
    if output.stdout.len() > LIMIT {
        return Err(fail(format!("gave more than {LIMIT} bytes")));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
