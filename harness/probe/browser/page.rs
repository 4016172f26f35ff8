//! The page whose script makes a call.

use hyper::Method;
use url::Url;

use crate::config::{Browser, Endpoint, Target};

/// Headers that fivewhys adds to each request, and headers that the browser itself sets. No script sets them, so no preflight
/// asks for them.
const NOT_OF_THE_SCRIPT: [&str; 9] =
    ["accept", "accept-encoding", "cookie", "host", "origin", "referer", "traceparent", "user-agent", "x-request-id"];

/// Headers that need no preflight, whatever their value (Fetch, "CORS-safelisted request-header").
const SAFE: [&str; 2] = ["accept-language", "content-language"];

/// Media types that need no preflight.
const SAFE_MEDIA: [&str; 3] = ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain"];

/// The page whose script makes a call, as seen from one endpoint.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Page<'a> {
    /// The origin that the page has.
    pub(crate) origin: &'a str,
    /// Whether the page sends its cookies to this endpoint, and reads the response only if the server allows credentials.
    pub(crate) credentials: bool,
    /// Whether the endpoint has another origin than the page.
    pub(crate) is_cross: bool,
    is_socket: bool,
}

/// What a preflight asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) method: String,
    /// Names in lower case, sorted.
    pub(crate) headers: Vec<String>,
}

impl<'a> Page<'a> {
    /// Returns the page that calls an endpoint. `None`: its clients are no browsers.
    pub(crate) fn of(target: &'a Target, endpoint: &Endpoint, is_foreign: bool) -> Option<Self> {
        let Browser { origin, credentials, foreign_origin } = target.page(endpoint)?;
        let origin = if is_foreign { foreign_origin } else { origin };
        let is_socket = endpoint.kind.is_upgrade();
        let is_cross = *origin != own_origin(target.base(endpoint));
        Some(Self { origin, credentials: is_socket || !is_cross || *credentials, is_cross, is_socket })
    }

    /// Returns the `Origin` header of a call (Fetch, "append a request `Origin` header").
    pub(crate) fn origin_header(&self, method: &Method) -> Option<&'a str> {
        let is_plain = matches!(*method, Method::GET | Method::HEAD);
        (self.is_cross || self.is_socket || !is_plain).then_some(self.origin)
    }

    /// Reports whether a browser checks the response by the CORS protocol.
    pub(crate) const fn is_checked(&self) -> bool {
        self.is_cross && !self.is_socket
    }

    /// Returns what a preflight asks for. `None`: none is sent.
    pub(crate) fn asks(&self, method: &Method, headers: &[(String, String)]) -> Option<Asked> {
        if !self.is_checked() {
            return None;
        }
        let asked = headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), value.as_str()));
        let mut asked: Vec<String> =
            asked.filter(|(name, value)| !is_safe(name, value)).map(|(name, _)| name).collect();
        asked.sort();
        asked.dedup();
        let is_safe_method = matches!(*method, Method::GET | Method::HEAD | Method::POST);
        (!is_safe_method || !asked.is_empty()).then(|| Asked { method: method.to_string(), headers: asked })
    }
}

fn is_safe(name: &str, value: &str) -> bool {
    let media = || value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let is_of_the_browser = NOT_OF_THE_SCRIPT.contains(&name) || name.starts_with("sec-");
    is_of_the_browser || SAFE.contains(&name) || (name == "content-type" && SAFE_MEDIA.contains(&media().as_str()))
}

/// Returns the origin of a URL. A WebSocket has that of its HTTP scheme.
fn own_origin(url: &Url) -> String {
    let text = url.origin().ascii_serialization();
    match text.strip_prefix("ws") {
        Some(rest) => format!("http{rest}"),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn page(is_cross: bool, is_socket: bool) -> Page<'static> {
        Page { origin: "https://app.example", credentials: false, is_cross, is_socket }
    }

    #[rstest]
    #[case::same_origin(false, false, Method::GET, false)]
    #[case::same_origin_post(false, false, Method::POST, true)]
    #[case::cross_origin(true, false, Method::GET, true)]
    #[case::socket(false, true, Method::GET, true)]
    fn a_browser_names_the_origin(
        #[case] is_cross: bool,
        #[case] is_socket: bool,
        #[case] method: Method,
        #[case] named: bool,
    ) {
        assert_eq!(page(is_cross, is_socket).origin_header(&method).is_some(), named);
    }

    #[rstest]
    #[case::simple(Method::GET, &[("User-Agent", "x"), ("traceparent", "x"), ("Accept", "*/*")], None)]
    #[case::token(Method::GET, &[("Authorization", "Bearer x")], Some("authorization"))]
    #[case::json(Method::POST, &[("Content-Type", "application/json"), ("X-Tenant", "a")], Some("content-type,x-tenant"))]
    #[case::form(Method::POST, &[("Content-Type", "text/plain; charset=utf-8")], None)]
    #[case::method(Method::DELETE, &[], Some(""))]
    fn a_preflight_goes_first_where_a_browser_sends_one(
        #[case] method: Method,
        #[case] headers: &[(&str, &str)],
        #[case] asked: Option<&str>,
    ) {
        let headers: Vec<(String, String)> =
            headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let joined = |is_cross| page(is_cross, false).asks(&method, &headers).map(|asked| asked.headers.join(","));
        assert_eq!(joined(true).as_deref(), asked);
        assert_eq!(joined(false), None, "no preflight goes to the page's own origin");
    }

    #[rstest]
    #[case("wss://api.example:8443/ws", "https://api.example:8443")]
    #[case("ws://127.0.0.1:80", "http://127.0.0.1")]
    #[case("https://api.example/prefix", "https://api.example")]
    fn a_socket_has_the_origin_of_its_http_scheme(#[case] url: &str, #[case] origin: &str) {
        assert_eq!(own_origin(&Url::parse(url).expect("a URL")), origin);
    }
}
