//! The issue of an incident: opened, commented and closed by the notifications of the incident.
//!
//! The body of the issue holds a marker with the key of the incident, and each comment one with the id of its notification.
//! What is there already is not written again, so that a notification may come twice.

use jiff::{SignedDuration, Timestamp};
use reqwest::Method;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use crate::report::{printable, visible};
use crate::watch::notify::call::{CallError, Caller};
use crate::watch::notify::notification::{Notification, Told};

/// Issues on a page. Source: GitHub REST API, "List repository issues": at most 100.
const PAGE: usize = 50;
/// The most pages that are searched for the issue of an incident.
const PAGES: usize = 6;
/// The most characters of a title. Source: GitHub refuses a title of more than 256.
const TITLE: usize = 200;
/// The most characters of a body. Source: GitHub refuses a body of more than 65,536.
const BODY: usize = 30_000;
/// How far the clock of GitHub may be behind ours.
const SKEW: SignedDuration = SignedDuration::from_hours(1);

/// A repository, and a token for it.
#[derive(Debug)]
pub(crate) struct Issues {
    pub(crate) caller: Caller,
    pub(crate) api: Url,
    pub(crate) repository: String,
    pub(crate) token: SecretString,
}

#[derive(Debug, Deserialize)]
struct Issue {
    number: u64,
    state: String,
    body: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Comment {
    body: Option<String>,
}

impl Issues {
    /// Opens, comments or closes the issue of the incident. A notification without an incident has no issue.
    pub(crate) async fn deliver(&self, told: &Notification) -> Result<(), CallError> {
        let Some(incident) = &told.incident else { return Ok(()) };
        let found = self.find(incident).await?;
        match (found, told.change.as_str()) {
            (None, "cured") | (Some(_), "opened") => Ok(()),
            (None, _) => self.open(told, incident).await,
            (Some(issue), change) => {
                self.comment(&issue, told).await?;
                if change == "cured" && issue.state == "open" { self.close(&issue).await } else { Ok(()) }
            }
        }
    }

    /// Returns the issue of an incident. Its number is not kept: the issue may have been moved or removed.
    async fn find(&self, incident: &Told) -> Result<Option<Issue>, CallError> {
        let marker = marker("incident", &incident.key);
        for page in 1..=PAGES {
            let query = format!(
                "state=all&sort=created&direction=desc&since={}&per_page={PAGE}&page={page}",
                since(incident.opened)
            );
            let issues: Vec<Issue> = self.get("issues", &query).await?;
            let last = issues.len() < PAGE;
            let of_it = |issue: &Issue| issue.body.as_ref().is_some_and(|body| body.contains(&marker));
            match issues.into_iter().find(of_it) {
                Some(issue) => return Ok(Some(issue)),
                None if last => break,
                None => {}
            }
        }
        Ok(None)
    }

    async fn open(&self, told: &Notification, incident: &Told) -> Result<(), CallError> {
        let best = told.best().map_or("no cause was named", |cause| &cause.title);
        let title: String = printable(&format!("fivewhys: {} fails: {best}", told.target), true);
        let title: String = title.chars().take(TITLE).collect();
        let body = format!("{}\n\n{}", quoted(told), marker("incident", &incident.key));
        self.write(Method::POST, "issues", &json!({ "title": title, "body": body })).await
    }

    async fn comment(&self, issue: &Issue, told: &Notification) -> Result<(), CallError> {
        let path = format!("issues/{}/comments", issue.number);
        let marker = marker("notification", &told.id);
        let comments: Vec<Comment> = self.get(&path, &format!("per_page=100&since={}", since(told.at))).await?;
        if comments.iter().any(|comment| comment.body.as_ref().is_some_and(|body| body.contains(&marker))) {
            return Ok(());
        }
        let body = format!("{}\n\n{marker}", quoted(told));
        self.write(Method::POST, &path, &json!({ "body": body })).await
    }

    async fn close(&self, issue: &Issue) -> Result<(), CallError> {
        let closed = json!({ "state": "closed", "state_reason": "completed" });
        self.write(Method::PATCH, &format!("issues/{}", issue.number), &closed).await
    }

    async fn get<T: serde::de::DeserializeOwned>(&self, path: &str, query: &str) -> Result<T, CallError> {
        let mut url = self.url(path);
        url.set_query(Some(query));
        let body = self.caller.send(Method::GET, &url, &self.headers(), None).await?;
        serde_json::from_slice(&body).map_err(|error| CallError::ForEver(format!("not the JSON of GitHub: {error}")))
    }

    async fn write(&self, method: Method, path: &str, body: &Value) -> Result<(), CallError> {
        let body = body.to_string().into_bytes();
        self.caller.send(method, &self.url(path), &self.headers(), Some(body)).await.map(drop)
    }

    fn url(&self, path: &str) -> Url {
        let mut url = self.api.clone();
        url.set_path(&format!("{}/repos/{}/{path}", self.api.path().trim_end_matches('/'), self.repository));
        url
    }

    fn headers(&self) -> [(&'static str, String); 3] {
        [
            ("accept", "application/vnd.github+json".to_owned()),
            ("authorization", format!("Bearer {}", self.token.expose_secret())),
            ("x-github-api-version", "2022-11-28".to_owned()),
        ]
    }
}

fn marker(kind: &str, id: &str) -> String {
    // `--` would end the comment of HTML early.
    format!("<!-- fivewhys-{kind} {} -->", id.replace("--", "- -").replace('>', ""))
}

fn since(at: Timestamp) -> String {
    let at = at.saturating_sub(SKEW).unwrap_or(at);
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Returns the change in a block of code: text of the system under test cannot mention anyone, and is no Markdown.
fn quoted(told: &Notification) -> String {
    let mut lines = vec![told.text.clone()];
    for cause in told.incident.iter().flat_map(|incident| &incident.causes) {
        lines.push(format!("\n{} ({}, {})", cause.title, cause.fault, cause.certainty));
        lines.extend(cause.whys.iter().map(|why| format!("  why: {why}")));
    }
    let text: String = visible(&lines.join("\n"), "\n", true).chars().take(BODY).collect();
    let longest = text.split(|c| c != '~').map(str::len).max().unwrap_or(0);
    let fence = "~".repeat(longest.max(2) + 1);
    format!("{fence}text\n{text}\n{fence}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::watch::incident::News;
    use crate::watch::notify::notification::samples::told;
    use crate::watch::state::ChangeKind;

    #[test]
    fn text_of_the_system_stays_in_its_block() {
        let mut told = told(News::Incident(ChangeKind::Opened));
        told.text.push_str("\n~~~\n# heading\n~~~~");
        let quoted = quoted(&told);
        let fence = "~~~~~";
        assert!(quoted.starts_with("~~~~~text\n") && quoted.ends_with("\n~~~~~"), "{quoted}");
        assert_eq!(quoted.matches(fence).count(), 2);
    }

    #[test]
    fn a_marker_is_one_comment() {
        assert_eq!(marker("incident", "store/a--b>/1"), "<!-- fivewhys-incident store/a- -b/1 -->");
    }
}
