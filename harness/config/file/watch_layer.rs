//! What `fivewhys watch` notifies, as written in a target file.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::{Deserializer, Error as _};
use url::Url;

use crate::config::file::overlay::{Overlay, overlays};
use crate::config::file::resolve::Header;
use crate::config::file::sources::SecretText;
use crate::config::target::is_loopback;
use crate::config::{GithubIssues, Receivers, SecretSource, Webhook, WebhookKind};
use crate::document::values::{BaseUrl, written_as_text};
use crate::document::written::{Entry, Named, OneOrMany};
use crate::document::{ConfigError, Source};

/// The API of github.com. Source: GitHub REST API, "Getting started".
const GITHUB: &str = "https://api.github.com";
/// The minimum length of a signing key, in bytes. A shorter one can be guessed.
const LEAST_KEY_BYTES: usize = 16;

written_as_text! {
    /// The http or https URL of a webhook, without user and password.
    HookUrl(Url) like "^https?://" = hook_url
}
written_as_text! {
    /// `owner/name` of a repository.
    RepositoryName(String) like "^[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+$" = repository
}
overlays! {
    pub(crate) struct WatchLayer {
        /// Webhooks that get each notification, by name: `{ oncall = { url = "https://hooks.example.com/x", kind = "json" } }`.
        webhook: Named<String, WebhookLayer>,
        /// The repository in which each incident is an issue.
        github: GithubLayer,
    }
}
overlays! {
    pub(crate) struct WebhookLayer {
        /// Where notifications are posted. No redirect is followed.
        url: Option<HookUrl>,
        /// The sources of the end of the URL's path, where that end is a secret, as for Slack: `["env:SLACK_PATH"]`. It is appended to `url`.
        secret_path: Option<OneOrMany<SecretText>>,
        /// The form of the body: `slack` for an incoming webhook of Slack, `json` for the notification itself. `json` when absent.
        kind: Option<WebhookKind>,
        /// The sources of the key that signs each body by HMAC-SHA256, at least 16 bytes: `["env:HOOK_KEY"]`. The header `X-Fivewhys-Signature` holds `t=SECONDS,v1=HEX` of `SECONDS.BODY`.
        secret: Option<OneOrMany<SecretText>>,
    }
}
overlays! {
    pub(crate) struct GithubLayer {
        /// The repository: `owner/name`.
        repository: Option<RepositoryName>,
        /// The sources of a token that may write its issues: `["env:GITHUB_TOKEN"]`.
        token: Option<OneOrMany<SecretText>>,
        /// The base URL of the REST API. `https://api.github.com` when absent; `https://HOST/api/v3` for GitHub Enterprise Server.
        api: Option<BaseUrl>,
    }
}

fn hook_url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| format!("not a URL: {error}"))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err("the URL of a webhook begins with http:// or https://".to_owned());
    }
    if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
        return Err("the URL of a webhook has no user, no password and no `#`".to_owned());
    }
    Ok(url)
}

fn repository(text: &str) -> Result<String, String> {
    let is_name = |name: &str| {
        !name.is_empty()
            && name != "."
            && name != ".."
            && name.chars().all(|c| c.is_ascii_alphanumeric() || "_.-".contains(c))
    };
    match text.split_once('/') {
        Some((owner, name)) if is_name(owner) && is_name(name) => Ok(text.to_owned()),
        _ => Err(format!("`{text}` is not a repository: write `owner/name`")),
    }
}

impl WatchLayer {
    /// Records the source text, and returns the secrets, whose paths are relative to that text.
    pub(crate) fn settle(&mut self, source: &Source) -> impl Iterator<Item = &mut OneOrMany<SecretText>> {
        let of_hook = |entry: &mut Entry<WebhookLayer>| {
            entry.source = Some(source.clone());
        };
        self.webhook.0.iter_mut().for_each(of_hook);
        let hooks = self.webhook.0.iter_mut().map(|entry| &mut entry.value);
        hooks.flat_map(|hook| hook.secret.iter_mut().chain(&mut hook.secret_path)).chain(&mut self.github.token)
    }

    /// Resolves and checks the receivers.
    pub(crate) fn resolve(self, header: &Header<'_>) -> Result<Receivers, ConfigError> {
        let hooks = self.webhook.0.into_iter().map(|entry| {
            let name = entry.name.clone();
            Ok((name, webhook(header, entry)?))
        });
        Ok(Receivers {
            webhooks: hooks.collect::<Result<BTreeMap<_, _>, ConfigError>>()?,
            github: github(header, self.github)?,
        })
    }
}

fn webhook(header: &Header<'_>, entry: Entry<WebhookLayer>) -> Result<Webhook, ConfigError> {
    let Entry { name, span, source, value } = entry;
    let place = source.as_ref().unwrap_or(header.source);
    let secret = |what: &str, least, sources: Option<OneOrMany<SecretText>>| {
        sources.map(|sources| header.secret(&format!("{what} of the webhook {name}"), least, Some(sources)))
    };
    let missing = || {
        let message = format!("the webhook `{name}` of the target `{}` has no `url`", header.name);
        ConfigError::new(message).at(place, span.clone()).help("its host must be written in the target file")
    };
    Ok(Webhook {
        url: value.url.ok_or_else(missing)?.0,
        secret_path: secret("the secret path", 0, value.secret_path),
        kind: value.kind.unwrap_or(WebhookKind::Json),
        secret: secret("the signing key", LEAST_KEY_BYTES, value.secret),
    })
}

fn github(header: &Header<'_>, layer: GithubLayer) -> Result<Option<GithubIssues>, ConfigError> {
    let GithubLayer { repository, token, api } = layer;
    if repository.is_none() && token.is_none() && api.is_none() {
        return Ok(None);
    }
    let repository = header.needs(repository, "watch.github.repository")?.0;
    let token: SecretSource = header.secret("the GitHub token", 0, Some(header.needs(token, "watch.github.token")?));
    let usual = || Url::parse(GITHUB).expect("a constant URL");
    let api = api.map_or_else(usual, |api| api.0);
    if api.scheme() != "https" && !is_loopback(&api) {
        let message =
            format!("`watch.github.api` of the target `{}` is not https: it would show the token", header.name);
        return Err(header.error(message));
    }
    Ok(Some(GithubIssues { repository, token, api }))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use rstest::rstest;

    use crate::config::{Overrides, Receivers, SecretOrigin, TargetFile, WebhookKind};
    use crate::document::ConfigError;

    const LEAST: &str = r#"
[target.one]
backend = "http://backend.example.org"
auth = "none"
signing_secret = ["env:KEY"]
claims = { iss = "us" }
user = { ann = { sub = "1", email = "a" } }
endpoint."backend.health" = { path = "/health" }
"#;

    fn receivers(more: &str) -> Result<Receivers, ConfigError> {
        let file = TargetFile::parse("fivewhys.toml", &format!("{LEAST}{more}"), Path::new("/etc/fivewhys"))?;
        Ok(file.resolve(Some("one"), &Overrides::default())?.receivers)
    }

    #[test]
    fn receivers_are_read_with_their_secrets() {
        let receivers = receivers(
            r#"
[target.one.watch.webhook.oncall]
url = "https://hooks.example.org/services"
secret_path = ["file:slack"]
kind = "slack"
[target.one.watch.webhook.plain]
url = "http://10.0.0.1:9/hook?team=a"
secret = ["env:HOOK_KEY"]
[target.one.watch.github]
repository = "netra/apex"
token = ["env:GH"]
"#,
        )
        .unwrap();
        let oncall = &receivers.webhooks["oncall"];
        assert_eq!((oncall.kind, oncall.url.as_str()), (WebhookKind::Slack, "https://hooks.example.org/services"));
        let path = &oncall.secret_path.as_ref().unwrap().sources[0];
        assert!(matches!(path, SecretOrigin::File(path) if path == Path::new("/etc/fivewhys/slack")));
        assert_eq!(receivers.webhooks["plain"].kind, WebhookKind::Json);
        let github = receivers.github.as_ref().unwrap();
        assert_eq!((github.repository.as_str(), github.api.as_str()), ("netra/apex", "https://api.github.com/"));
        assert_eq!(receivers.secrets().count(), 3);
    }

    #[rstest]
    #[case::no_url("[target.one.watch.webhook.oncall]\nkind = 'json'\n", "has no `url`")]
    #[case::scheme("[target.one.watch.webhook.oncall]\nurl = 'ftp://x'\n", "begins with http://")]
    #[case::password("[target.one.watch.webhook.oncall]\nurl = 'https://a:b@x/'\n", "no user, no password")]
    #[case::kind("[target.one.watch.webhook.oncall]\nurl = 'https://x/'\nkind = 'teams'\n", "teams")]
    #[case::repository("[target.one.watch.github]\nrepository = 'apex'\n", "owner/name")]
    #[case::dots("[target.one.watch.github]\nrepository = '../apex'\n", "owner/name")]
    #[case::no_token("[target.one.watch.github]\nrepository = 'a/b'\n", "watch.github.token")]
    #[case::no_repository("[target.one.watch.github]\ntoken = ['env:T']\n", "watch.github.repository")]
    #[case::plain_http(
        "[target.one.watch.github]\nrepository = 'a/b'\ntoken = ['env:T']\napi = 'http://ghe.example'\n",
        "not https"
    )]
    fn a_mistake_is_named(#[case] written: &str, #[case] named: &str) {
        let error = receivers(written).unwrap_err();
        let help = miette::Diagnostic::help(&error).map(|help| help.to_string()).unwrap_or_default();
        assert!(format!("{error} {help}").contains(named), "{error} {help}");
    }
}
