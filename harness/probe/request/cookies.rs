//! The cookie jar of a session, shared by HTTP requests and WebSocket handshakes: a load balancer keeps a session on
//! one instance by a cookie.

use std::borrow::Cow;
use std::sync::{PoisonError, RwLock};

use cookie_store::{CookieStore, RawCookie};
use hyper::HeaderMap;
use hyper::header::{HeaderValue, SET_COOKIE};
use url::Url;

/// Cookies, kept as a browser keeps them. Their values are credentials: they are sent, but never recorded.
#[derive(Default)]
pub(crate) struct Cookies(RwLock<CookieStore>);

impl Cookies {
    /// Returns the `Cookie` header for this URL, if there is one.
    pub(crate) fn header(&self, url: &Url) -> Option<String> {
        let store = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let pairs = store.get_request_values(&as_http(url)).map(|(name, value)| format!("{name}={value}"));
        let pairs: Vec<String> = pairs.collect();
        Some(pairs.join("; ")).filter(|header| !header.is_empty() && HeaderValue::from_str(header).is_ok())
    }

    /// Returns the `Cookie` header without cookies of these names: they are tokens, which a probe sends itself.
    pub(crate) fn header_without(&self, url: &Url, names: &[&str]) -> Option<String> {
        let header = self.header(url)?;
        let kept: Vec<&str> = header.split("; ").filter(|pair| !names.contains(&name_of(pair))).collect();
        (!kept.is_empty()).then(|| kept.join("; "))
    }

    /// Returns the value of a cookie for this URL.
    pub(crate) fn value(&self, url: &Url, name: &str) -> Option<String> {
        let header = self.header(url)?;
        let value = header.split("; ").find(|pair| name_of(pair) == name)?.split_once('=')?.1.to_owned();
        Some(value).filter(|value| !value.is_empty())
    }

    /// Keeps the cookies that a response sets.
    pub(crate) fn keep(&self, headers: &HeaderMap, url: &Url) {
        if !headers.contains_key(SET_COOKIE) {
            return;
        }
        let set = headers.get_all(SET_COOKIE).iter().filter_map(|line| std::str::from_utf8(line.as_bytes()).ok());
        let set = set.filter_map(|line| RawCookie::parse(line.to_owned()).ok());
        self.0.write().unwrap_or_else(PoisonError::into_inner).store_response_cookies(set, &as_http(url));
    }
}

/// Returns the URL with the scheme `http` or `https`: the jar accepts no other.
fn as_http(url: &Url) -> Cow<'_, Url> {
    let scheme = match url.scheme() {
        "ws" => "http",
        "wss" => "https",
        _ => return Cow::Borrowed(url),
    };
    let mut http = url.clone();
    // This cannot fail, since all four are special schemes (WHATWG URL). If it did, the jar would be empty for this
    // URL.
    let _ = http.set_scheme(scheme);
    Cow::Owned(http)
}

fn name_of(pair: &str) -> &str {
    pair.split('=').next().unwrap_or_default().trim()
}

/// Returns the value of a cookie that a response sets.
pub(crate) fn set_value(headers: &HeaderMap, name: &str) -> Option<String> {
    let set = headers.get_all(SET_COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = set.filter_map(|line| line.split(';').next()).filter(|pair| name_of(pair) == name);
    let value = pairs.next_back()?.split_once('=')?.1.trim().to_owned();
    Some(value).filter(|value| !value.is_empty())
}

/// Joins two `Cookie` headers.
pub(crate) fn joined(one: Option<String>, other: Option<String>) -> Option<String> {
    let all: Vec<String> = one.into_iter().chain(other).collect();
    (!all.is_empty()).then(|| all.join("; "))
}

/// Returns a `Cookie` header without its values.
pub(crate) fn shown(header: &str) -> String {
    let masked = |pair: &str| format!("{}=<cookie>", pair.split('=').next().unwrap_or_default().trim());
    header.split(';').map(masked).collect::<Vec<_>>().join("; ")
}

/// Returns a `Set-Cookie` header without its value, but with its attributes.
pub(crate) fn shown_set(header: &str) -> String {
    let (pair, attributes) = header.split_at(header.find(';').unwrap_or(header.len()));
    format!("{}{attributes}", shown(pair))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_recorded_without_its_value() {
        assert_eq!(shown("a=1; b=2=3"), "a=<cookie>; b=<cookie>");
        assert_eq!(shown_set("GAESA=abc; Path=/; Secure"), "GAESA=<cookie>; Path=/; Secure");
        assert_eq!(shown_set("bare"), "bare=<cookie>");
    }

    #[test]
    fn a_websocket_shares_the_cookies_of_its_host() {
        let cookies = Cookies::default();
        let mut headers = HeaderMap::new();
        headers.append(SET_COOKIE, "a=1; Path=/".parse().unwrap());
        cookies.keep(&headers, &Url::parse("ws://127.0.0.1:7/ws").unwrap());
        assert_eq!(cookies.header(&Url::parse("http://127.0.0.1:8/x").unwrap()).as_deref(), Some("a=1"));
        assert_eq!(cookies.header(&Url::parse("http://127.0.0.2:7/x").unwrap()), None);
    }
}
