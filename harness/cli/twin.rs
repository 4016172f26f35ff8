//! `fivewhys twin`: keeps the twin, or the replay of a recording, running until it is interrupted.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use miette::{IntoDiagnostic as _, WrapErr as _};

use crate::cli::args::supplied;
use crate::cli::args::target::TargetArgs;
use crate::cli::args::twin::TwinArgs;
use crate::cli::terminal::interrupt::Signals;
use crate::cli::terminal::mistake::Mistake;
use crate::cli::terminal::output;
use crate::config::{Target, TargetFile, forget_secrets, write_replay_target, write_target_file};
use crate::har::{self, Recording};
use crate::redact::Redactor;
use crate::replay::Script;
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
    /// Serve a recording instead: a HAR file of `smoke --record` or of a browser; `-` is standard input
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with_all = [
            "fault", "load_fault", "dialect", "noise", "signing", "jwt_variable", "backend_reads", "no_startup_validation",
        ]
    )]
    replay: Option<String>,
    /// Keep the times of the recording; otherwise an answer that took longer than two seconds takes two
    #[arg(long, requires = "replay")]
    real_time: bool,
}

impl Twin {
    pub(super) async fn run(self, arguments: &TargetArgs, signals: &Signals) -> Result<ExitCode, Mistake> {
        if let Some(recording) = &self.replay {
            return self.replay(recording, arguments, signals).await;
        }
        let twin = self.twin.boot(self.port).await?;
        signals.run_begins();
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
        output::print_plain(&self.addresses(&twin)).into_diagnostic()?;
        signals.interruption().came().await;
        twin.shutdown().await;
        self.forget()?;
        Ok(ExitCode::SUCCESS)
    }

    /// Serves a recording until it is interrupted.
    async fn replay(&self, from: &str, arguments: &TargetArgs, signals: &Signals) -> Result<ExitCode, Mistake> {
        let name = supplied::called(from);
        let recording = har::read(name, &supplied::text(from)?, &Redactor::new())?;
        let described = described(&recording, arguments)?;
        let target = described.as_ref().map(|(_, _, target)| target.clone());
        let script = Script::of(name, &recording, target)?;
        let (replay, target) = script.start(self.port, self.real_time, output::note).await?;
        signals.run_begins();
        if !recording.skipped.is_empty() {
            output::note(&format!("{} entries of the recording cannot be read", recording.skipped.len()));
        }
        replay.unrepeatable().iter().for_each(|what| output::note(what));
        if let Some(path) = &self.write_target {
            let written = described.as_ref().map(|(file, name, _)| (file, name.as_str()));
            let done = write_replay_target(path, &target, written);
            done.into_diagnostic().wrap_err_with(|| format!("cannot write the target file {}", path.display()))?;
        }
        let direct = target.direct.as_ref().map(|(url, _)| format!("direct     {url}\n")).unwrap_or_default();
        output::print_plain(&format!(
            "edge       {}\nwebsocket  {}\nauth       {}\n{direct}{}",
            target.backend,
            target.websocket,
            target.auth,
            self.up("the replay")
        ))
        .into_diagnostic()?;
        signals.interruption().came().await;
        replay.shutdown().await;
        self.forget()?;
        Ok(ExitCode::SUCCESS)
    }

    /// Returns the last lines. Other programs wait for a line that starts with `up`.
    fn up(&self, what: &str) -> String {
        let target = self.write_target.as_ref().map(|path| format!("target     {}\n", path.display()));
        format!("{}up: {what} is running; stop it with Ctrl-C\n", target.unwrap_or_default())
    }

    fn forget(&self) -> Result<(), Mistake> {
        if let Some(path) = &self.write_target {
            forget_secrets(path).into_diagnostic().wrap_err("cannot remove the twin's secrets")?;
        }
        Ok(())
    }

    fn addresses(&self, twin: &fivewhys_mocks::Twin) -> String {
        let control = twin.control_url();
        format!(
            "edge       {}\nwebsocket  {}/ws\nauth       {}\nmanifests  {control}/manifests/backend.json {control}/manifests/auth.json\nrevisions  {control}/revisions/backend.json {control}/revisions/auth.json\nlogs       {control}/logs\njournal    {control}/journal\n{}",
            twin.edge_url(),
            twin.websocket_url(),
            twin.auth_url(),
            self.up("the twin"),
        )
    }
}

/// Returns the target that a recording or the command line names, and the file that describes it. `None`: neither names
/// one, or the file of the recorded run is not here.
fn described(recording: &Recording, arguments: &TargetArgs) -> Result<Option<(TargetFile, String, Target)>, Mistake> {
    let recorded = recording.run.as_ref().and_then(|run| run.get("target")?.as_str());
    let file = arguments.file()?;
    let name = arguments.name().or(recorded).or_else(|| file.default_name().filter(|_| arguments.is_named()));
    let Some(name) = name.map(str::to_owned) else { return Ok(None) };
    if !arguments.is_named() && !file.names().contains(&name.as_str()) {
        output::note(&format!(
            "no target `{name}` is here: its endpoints follow from the recording; `--config FILE` names its target file"
        ));
        return Ok(None);
    }
    let target = arguments.resolve_for(Some(&name))?;
    Ok(Some((file, name, target)))
}
