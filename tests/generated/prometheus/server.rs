//! A real Prometheus process, with a folder and a port of its own.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

/// Prometheus reads, and evaluates its rules, once a second: then nothing takes longer.
const DEADLINE: Duration = Duration::from_secs(90);
const PAUSE: Duration = Duration::from_millis(100);

/// A running Prometheus that reads one address; it ends when this is dropped.
pub(crate) struct Prometheus {
    process: Child,
    folder: TempDir,
    port: u16,
}

impl Prometheus {
    pub(crate) fn start(reads: SocketAddr, rules: &Path) -> std::io::Result<Self> {
        let folder = TempDir::new()?;
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let configuration = serde_json::json!({
            "global": { "scrape_interval": "1s", "evaluation_interval": "1s" },
            "rule_files": [rules],
            "scrape_configs": [{ "job_name": "fivewhys", "static_configs": [{ "targets": [reads.to_string()] }] }],
        });
        let file = folder.path().join("prometheus.yml");
        std::fs::write(&file, configuration.to_string())?;
        let log = std::fs::File::create(folder.path().join("log"))?;
        let process = Command::new("prometheus")
            .arg(format!("--config.file={}", file.display()))
            .arg(format!("--storage.tsdb.path={}", folder.path().join("data").display()))
            .arg(format!("--web.listen-address=127.0.0.1:{port}"))
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()?;
        Ok(Self { process, folder, port })
    }

    /// Returns the samples of a query, as soon as there are any.
    pub(crate) async fn samples(&self, query: &str) -> Result<Vec<Value>, String> {
        self.until(&format!("/api/v1/query?query={}", encoded(query)), |data| data["result"].as_array().cloned()).await
    }

    /// Returns the elements that this part of a response has, as soon as there are any.
    pub(crate) async fn until(
        &self,
        path: &str,
        part: impl Fn(&Value) -> Option<Vec<Value>>,
    ) -> Result<Vec<Value>, String> {
        let begun = Instant::now();
        let mut said = String::new();
        while begun.elapsed() < DEADLINE {
            match self.get(path).await {
                Ok(data) => match part(&data) {
                    Some(found) if !found.is_empty() => return Ok(found),
                    _ => said = data.to_string(),
                },
                Err(error) => said = error,
            }
            tokio::time::sleep(PAUSE).await;
        }
        let log = std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
        Err(format!("{path} has nothing: {said}\n{log}"))
    }

    /// Returns the data of a response of the API. A query that does not parse is an error.
    pub(crate) async fn get(&self, path: &str) -> Result<Value, String> {
        let client =
            reqwest::Client::builder().no_proxy().timeout(DEADLINE).build().map_err(|error| error.to_string())?;
        let sent = client.get(format!("http://127.0.0.1:{}{path}", self.port)).send().await;
        let text = sent.map_err(|error| error.to_string())?.text().await.map_err(|error| error.to_string())?;
        let mut body: Value = serde_json::from_str(&text).map_err(|error| format!("{error}: {text}"))?;
        if body["status"] == "success" { Ok(body["data"].take()) } else { Err(text) }
    }
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// Returns a query as a part of a URL.
pub(crate) fn encoded(query: &str) -> String {
    percent_encoding::utf8_percent_encode(query, percent_encoding::NON_ALPHANUMERIC).to_string()
}
