//! The body and the headers of a webhook.

use jiff::Timestamp;
use reqwest::Method;
use secrecy::SecretString;
use serde_json::json;
use url::Url;

use crate::config::WebhookKind;
use crate::report::visible;
use crate::watch::notify::call::{CallError, Caller};
use crate::watch::notify::notification::Notification;
use crate::watch::notify::signature::{HEADER, signature};

/// The most characters of a message. Source: Slack, "Formatting text": longer texts are cut or refused.
const LONGEST: usize = 3000;
/// The most whys of a message.
const WHYS: usize = 5;

/// A webhook with its secrets.
#[derive(Debug)]
pub(crate) struct Hook {
    pub(crate) caller: Caller,
    /// With the secret end of its path.
    pub(crate) url: Url,
    pub(crate) kind: WebhookKind,
    pub(crate) key: Option<SecretString>,
}

impl Hook {
    /// Posts a notification.
    pub(crate) async fn deliver(&self, told: &Notification) -> Result<(), CallError> {
        let body = match self.kind {
            WebhookKind::Slack => json!({ "text": slack(told) }).to_string(),
            WebhookKind::Json => serde_json::to_string(told).map_err(|error| CallError::ForEver(error.to_string()))?,
        };
        let mut headers = vec![("x-fivewhys-id", told.id.clone())];
        if let Some(key) = &self.key {
            headers.push((HEADER, signature(key, Timestamp::now().as_second(), body.as_bytes())));
        }
        self.caller.send(Method::POST, &self.url, &headers, Some(body.into_bytes())).await.map(drop)
    }
}

/// Returns a message of Slack. Text of the system under test cannot mention anyone: `<`, `>` and `&` are escaped.
fn slack(told: &Notification) -> String {
    let whys = told.best().into_iter().flat_map(|cause| cause.whys.iter().take(WHYS));
    let lines: Vec<String> = std::iter::once(told.text.clone()).chain(whys.map(|why| format!("• {why}"))).collect();
    let text: String = visible(&lines.join("\n"), "\n", true).chars().take(LONGEST).collect();
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::watch::incident::News;
    use crate::watch::notify::notification::samples::told;
    use crate::watch::state::ChangeKind;

    #[test]
    fn a_message_of_slack_mentions_nobody() {
        let text = slack(&told(News::Incident(ChangeKind::Opened)));
        assert!(text.starts_with("staging fails. The auth service is down &lt;!channel&gt;"), "{text}");
        assert!(text.contains("\n• chat failed\n") && !text.contains('<'), "{text}");
    }
}
