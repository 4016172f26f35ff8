//! A receiver with its secrets, which are read once, before the first run.

use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use crate::config::{GithubIssues, SecretError, SecretSource, Target, Webhook};
use crate::redact::Redactor;
use crate::watch::notify::call::{CallError, Caller};
use crate::watch::notify::command;
use crate::watch::notify::github::Issues;
use crate::watch::notify::notification::Notification;
use crate::watch::notify::webhook::Hook;

/// How often a command is tried. It may have failed because of its own mistake.
const TRIES_OF_A_COMMAND: u32 = 3;
/// How often a call is tried: with the waits between them, for about eight minutes.
const TRIES_OF_A_CALL: u32 = 12;

/// A receiver of notifications.
#[derive(Debug)]
pub(crate) struct Receiver {
    /// Its name in the store: `command`, `webhook:NAME` or `github`.
    pub(crate) name: String,
    way: Way,
    secrets: Vec<(String, SecretString)>,
}

#[derive(Debug)]
enum Way {
    Command(String),
    Webhook(Box<Hook>),
    Github(Box<Issues>),
}

/// Why a receiver cannot be used.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
pub(crate) enum ReceiverError {
    /// One of its secrets is missing or too short.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Secret(#[from] SecretError),
    /// No call can be set up.
    #[error("the receiver `{0}` cannot be called: {1}")]
    #[diagnostic(code(fivewhys::watch::receiver))]
    Setup(String, String),
}

impl Receiver {
    /// Returns the receivers of a target: the command, if there is one, the webhooks and the repository. Blocks on the
    /// sources of their secrets.
    ///
    /// # Errors
    /// When a secret cannot be read, or TLS cannot be set up.
    pub(crate) fn all(target: &Target, on_change: Option<&str>) -> Result<Vec<Self>, ReceiverError> {
        let command = on_change.map(|command| Self {
            name: "command".to_owned(),
            way: Way::Command(command.to_owned()),
            secrets: Vec::new(),
        });
        let hooks = target.receivers.webhooks.iter().map(|(name, hook)| Self::webhook(target, name, hook));
        let github = target.receivers.github.iter().map(|github| Self::github(target, github));
        command.into_iter().map(Ok).chain(hooks).chain(github).collect()
    }

    fn webhook(target: &Target, name: &str, hook: &Webhook) -> Result<Self, ReceiverError> {
        let full = format!("webhook:{name}");
        let read = |source: &Option<SecretSource>| source.as_ref().map(SecretSource::read).transpose();
        let (key, path) = (read(&hook.secret)?, read(&hook.secret_path)?);
        let url = path.as_ref().map_or_else(|| hook.url.clone(), |path| with_path(&hook.url, path));
        let caller = Caller::of(target, &url).map_err(|why| ReceiverError::Setup(full.clone(), why))?;
        let secrets = key.iter().chain(&path).map(|secret| (full.clone(), secret.clone())).collect();
        Ok(Self { name: full, way: Way::Webhook(Box::new(Hook { caller, url, kind: hook.kind, key })), secrets })
    }

    fn github(target: &Target, github: &GithubIssues) -> Result<Self, ReceiverError> {
        let name = "github".to_owned();
        let token = github.token.read()?;
        let (api, repository) = (github.api.clone(), github.repository.clone());
        let caller = Caller::of(target, &api).map_err(|why| ReceiverError::Setup(name.clone(), why))?;
        let secrets = vec![(name.clone(), token.clone())];
        Ok(Self { name, way: Way::Github(Box::new(Issues { caller, api, repository, token })), secrets })
    }

    /// Makes its secrets known to the redactor of a run.
    pub(crate) fn conceal(&self, redactor: &Redactor) {
        self.secrets.iter().for_each(|(label, secret)| redactor.register_secret(label, secret));
    }

    /// Reports whether it reads the report of the run.
    pub(crate) const fn takes_report(&self) -> bool {
        matches!(self.way, Way::Command(_))
    }

    /// Returns how often a notification is tried.
    pub(crate) const fn tries(&self) -> u32 {
        if self.takes_report() { TRIES_OF_A_COMMAND } else { TRIES_OF_A_CALL }
    }

    /// Delivers a notification once.
    pub(crate) async fn deliver(&self, told: &Notification, report: &str) -> Result<(), CallError> {
        match &self.way {
            Way::Command(command) => command::deliver(command, told, report).await,
            Way::Webhook(hook) => hook.deliver(told).await,
            Way::Github(issues) => issues.deliver(told).await,
        }
    }
}

/// Appends the secret end of a path.
fn with_path(url: &Url, path: &SecretString) -> Url {
    let mut whole = url.clone();
    let end = path.expose_secret().trim_start_matches('/');
    whole.set_path(&format!("{}/{end}", url.path().trim_end_matches('/')));
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_path_cannot_change_the_host() {
        let url = Url::parse("https://hooks.example.org/services?x=1").expect("a URL");
        for (path, whole) in [
            ("T0/B0/key", "https://hooks.example.org/services/T0/B0/key?x=1"),
            ("//evil.example/x", "https://hooks.example.org/services/evil.example/x?x=1"),
            ("a?b#c", "https://hooks.example.org/services/a%3Fb%23c?x=1"),
        ] {
            assert_eq!(with_path(&url, &SecretString::from(path)).as_str(), whole);
        }
    }
}
