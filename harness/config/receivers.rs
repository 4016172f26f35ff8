//! What `fivewhys watch` notifies of a change: webhooks, and issues of a GitHub repository.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::config::SecretSource;

/// The receivers of notifications. The host of each is written in the target file.
#[derive(Debug, Clone, Default)]
pub struct Receivers {
    /// The webhooks, by name.
    pub webhooks: BTreeMap<String, Webhook>,
    /// The repository in which an incident is an issue.
    pub github: Option<GithubIssues>,
}

/// One webhook.
#[derive(Debug, Clone)]
pub struct Webhook {
    /// Where notifications are posted.
    pub url: Url,
    /// The sources of the end of the path, where that end is a secret. It is appended to the path of `url`.
    pub secret_path: Option<SecretSource>,
    /// The form of the body.
    pub kind: WebhookKind,
    /// The sources of the key that signs each body by HMAC-SHA256 (RFC 2104).
    pub secret: Option<SecretSource>,
}

/// The form of a webhook's body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum WebhookKind {
    /// The message of an incoming webhook of Slack: `{"text": …}`.
    Slack,
    /// The notification as JSON, schema `fivewhys/notification/1`.
    Json,
}

/// A repository of GitHub. An incident is an issue, which is closed when the incident is cured.
#[derive(Debug, Clone)]
pub struct GithubIssues {
    /// `owner/name`.
    pub repository: String,
    /// The sources of a token that may write issues.
    pub token: SecretSource,
    /// The base URL of the REST API.
    pub api: Url,
}

impl Receivers {
    /// Returns every secret, with a name for it.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = &SecretSource> {
        let of_webhooks = self.webhooks.values().flat_map(|hook| hook.secret.iter().chain(&hook.secret_path));
        of_webhooks.chain(self.github.iter().map(|github| &github.token))
    }
}
