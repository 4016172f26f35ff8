//! `fivewhys twin`: keeps the twin running until it is interrupted.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use miette::{IntoDiagnostic as _, WrapErr as _};

use crate::cli::args::twin::TwinArgs;
use crate::cli::terminal::mistake::Mistake;
use crate::cli::terminal::output;
use crate::config::{forget_secrets, write_target_file};
use crate::terms::EvidenceSource;
use crate::twin::coordinates;

/// Options of `fivewhys twin`.
#[derive(Debug, Args)]
pub(super) struct Twin {
    #[command(flatten)]
    twin: TwinArgs,
    /// The port of the edge [default: any free one]
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    port: u16,
    /// Write a target file by which another process can test this twin: `fivewhys --config FILE smoke`
    #[arg(long, value_name = "FILE")]
    write_target: Option<PathBuf>,
}

impl Twin {
    pub(super) async fn run(self) -> Result<ExitCode, Mistake> {
        let twin = self.twin.boot(self.port).await?;
        if let Some(path) = &self.write_target {
            let evidence_sources = [
                EvidenceSource::Edge,
                EvidenceSource::Direct,
                EvidenceSource::Auth,
                EvidenceSource::ServiceCredentials,
                EvidenceSource::Manifest,
                EvidenceSource::Logs,
            ];
            let written = write_target_file(path, "twin", &coordinates(&twin)?, &evidence_sources);
            written.into_diagnostic().wrap_err_with(|| format!("cannot write the target file {}", path.display()))?;
        }
        output::print(&self.addresses(&twin)).into_diagnostic()?;
        interrupted().await.into_diagnostic()?;
        twin.shutdown().await;
        if let Some(path) = &self.write_target {
            forget_secrets(path).into_diagnostic().wrap_err("cannot remove the twin's secrets")?;
        }
        Ok(ExitCode::SUCCESS)
    }

    fn addresses(&self, twin: &fivewhys_mocks::Twin) -> String {
        let control = twin.control_url();
        let mut text = format!(
            "edge       {}\nwebsocket  {}/ws\nauth       {}\nmanifests  {control}/manifests/backend.json {control}/manifests/auth.json\nlogs       {control}/logs\njournal    {control}/journal\n",
            twin.edge_url(),
            twin.websocket_url(),
            twin.auth_url(),
        );
        if let Some(path) = &self.write_target {
            text.push_str(&format!("target     {}\n", path.display()));
        }
        // Other programs wait for a line that starts with `up`.
        text.push_str("up: the twin is running; stop it with Ctrl-C\n");
        text
    }
}

#[cfg(unix)]
async fn interrupted() -> std::io::Result<()> {
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::select! {
        done = tokio::signal::ctrl_c() => done,
        _ = terminate.recv() => Ok(()),
    }
}

#[cfg(not(unix))]
async fn interrupted() -> std::io::Result<()> {
    tokio::signal::ctrl_c().await
}
