//! The forward proxy of a target: none, the one of the environment, or the one of a URL.

use hyper_util::client::proxy::matcher::Matcher;
use url::Url;

/// The forward proxy that calls go through, where a target asks for one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proxy {
    /// What `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY` say, in upper or lower case. Never for this machine.
    Environment,
    /// This proxy, for every call.
    At(Url),
}

impl Proxy {
    /// Reads `environment` or the URL of a proxy.
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        let wrong =
            || format!("`{text}` is no proxy: write `environment`, or a URL such as `http://proxy.example.com:3128`");
        if text == "environment" {
            return Ok(Self::Environment);
        }
        let url = Url::parse(text).ok().filter(|url| is_usable(url) && url.path() == "/" && url.query().is_none());
        url.map(Self::At).ok_or_else(wrong)
    }

    /// Returns the proxy for a call of this URL, if there is one.
    pub(crate) fn of(&self, url: &Url) -> Option<Url> {
        match self {
            Self::At(proxy) => Some(proxy.clone()),
            Self::Environment if super::is_loopback(url) => None,
            Self::Environment => by(&Matcher::from_env(), url),
        }
    }

    /// Returns the proxy as a report shows it: without user and password.
    pub(crate) fn shown(&self) -> String {
        match self {
            Self::Environment => "environment".to_owned(),
            Self::At(url) => {
                format!("{}://{}", url.scheme(), &url[url::Position::BeforeHost..url::Position::AfterPort])
            }
        }
    }
}

fn is_usable(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https") && url.has_host()
}

/// Returns the proxy that this rule gives for a URL. A WebSocket has the proxy of its HTTP scheme.
fn by(rule: &Matcher, url: &Url) -> Option<Url> {
    let mut plain = url.clone();
    let scheme = if matches!(url.scheme(), "wss" | "https") { "https" } else { "http" };
    // Cannot fail: all four schemes are special in the URL standard.
    let _ = plain.set_scheme(scheme);
    let found = rule.intercept(&plain.as_str().parse().ok()?)?;
    let mut proxy = Url::parse(&found.uri().to_string()).ok().filter(is_usable)?;
    let login = found.basic_auth().and_then(|value| value.to_str().ok()).and_then(decoded);
    if let Some((user, password)) = login {
        let _ = proxy.set_username(&user);
        let _ = proxy.set_password(Some(&password));
    }
    Some(proxy)
}

/// Returns user and password of a `Basic` header (RFC 7617).
fn decoded(header: &str) -> Option<(String, String)> {
    use base64::Engine as _;
    let bytes = base64::prelude::BASE64_STANDARD.decode(header.strip_prefix("Basic ")?).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    text.split_once(':').map(|(user, password)| (user.to_owned(), password.to_owned()))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).expect("a URL")
    }

    #[rstest]
    #[case("environment", Some("environment"))]
    #[case("http://proxy.example:3128", Some("http://proxy.example:3128"))]
    #[case("http://user:password@proxy.example:3128/", Some("http://proxy.example:3128"))]
    #[case("https://proxy.example", Some("https://proxy.example"))]
    #[case("socks5://proxy.example", None)]
    #[case("http://proxy.example/path", None)]
    #[case("proxy.example:3128", None)]
    #[case("", None)]
    fn a_proxy_is_read_and_shown_without_its_password(#[case] text: &str, #[case] shown: Option<&str>) {
        assert_eq!(Proxy::read(text).ok().map(|proxy| proxy.shown()).as_deref(), shown);
    }

    #[rstest]
    #[case("http://api.example/x", Some("http://plain.example:1"))]
    #[case("ws://api.example/x", Some("http://plain.example:1"))]
    #[case("https://api.example/x", Some("http://u:p%40w@secure.example:2"))]
    #[case("wss://api.example/x", Some("http://u:p%40w@secure.example:2"))]
    #[case("https://inner.example/x", None)]
    fn sockets_have_the_proxy_of_their_scheme(#[case] called: &str, #[case] proxy: Option<&str>) {
        let rule = Matcher::builder().http("http://plain.example:1").https("http://u:p%40w@secure.example:2");
        let rule = rule.no("inner.example").build();
        assert_eq!(by(&rule, &url(called)), proxy.map(url));
    }

    #[test]
    fn the_proxy_of_the_environment_is_never_for_this_machine() {
        assert_eq!(Proxy::Environment.of(&url("http://127.0.0.1:8000")), None);
        assert_eq!(Proxy::Environment.of(&url("ws://localhost")), None);
    }
}
