//! Single values of a configuration file, checked while they are read, so that the error points at them.

use std::time::Duration;

use serde::de::{Deserialize, Deserializer, Error};
use serde_json_path::JsonPath;
use url::Url;

/// Defines a type that is written as a string and checked by a function. The pattern is for the JSON Schema.
macro_rules! written_as_text {
    ($(#[doc = $doc:literal])* $name:ident($inner:ty) like $pattern:literal = $check:expr) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone)]
        pub(crate) struct $name(pub(crate) $inner);

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                let check: fn(&str) -> Result<$inner, String> = $check;
                check(&text).map(Self).map_err(D::Error::custom)
            }
        }

        impl schemars::JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                let description = concat!($($doc),*).trim();
                schemars::json_schema!({ "type": "string", "pattern": $pattern, "description": description })
            }
        }
    };
}
pub(crate) use written_as_text;

written_as_text! {
    /// `https://host[:port][/prefix]`.
    BaseUrl(Url) like "^https?://" = |text| base_url(text, ["http", "https"])
}
written_as_text! {
    /// `wss://host[:port][/prefix]`.
    SocketUrl(Url) like "^wss?://" = |text| base_url(text, ["ws", "wss"])
}
written_as_text! {
    /// A duration above zero and of at most a year: `250ms`, `5s`, `2m`.
    Period(Duration) like "^[0-9]" = period
}
written_as_text! {
    /// A path on a service. It begins with one slash and has no query.
    Route(String) like "^/" = route
}
written_as_text! {
    /// A JSONPath (RFC 9535).
    Query(JsonPath) like "^\\$" = query
}
written_as_text! {
    /// `backend.NAME` or `auth.NAME`.
    EndpointId(String) like "^(backend|auth)[.]" = endpoint_id
}
written_as_text! {
    /// The name of a header that an endpoint may set.
    HeaderKey(String) like "^[A-Za-z0-9-]+" = header_key
}
written_as_text! {
    /// An HTTP method, in upper case.
    Method(String) like "^(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)$" = method
}

/// The longest [`Period`].
const LONGEST: Duration = Duration::from_secs(366 * 86_400);
/// The maximum length of a JSONPath in bytes, because its parser is recursive.
const LONGEST_QUERY: usize = 256;

fn query(text: &str) -> Result<JsonPath, String> {
    if text.len() > LONGEST_QUERY {
        return Err(format!("a JSONPath has at most {LONGEST_QUERY} bytes"));
    }
    JsonPath::parse(text).map_err(|error| format!("`{text}` is not a JSONPath (RFC 9535): {error}"))
}

/// Reads a base URL: one of these schemes, a host, and perhaps a port and a path.
pub(crate) fn base_url(text: &str, schemes: [&str; 2]) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| format!("`{text}` is not a URL: {error}"))?;
    if !schemes.contains(&url.scheme()) {
        return Err(format!("the scheme must be {} or {}, not `{}`", schemes[0], schemes[1], url.scheme()));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("a base URL has no user and no password".to_owned());
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("a base URL has no `?` and no `#`".to_owned());
    }
    Ok(url)
}

fn period(text: &str) -> Result<Duration, String> {
    match humantime::parse_duration(text) {
        Ok(Duration::ZERO) => Err("a duration must be above zero".to_owned()),
        // A longer duration could overflow a clock.
        Ok(duration) if duration > LONGEST => Err("a duration must be at most a year".to_owned()),
        Ok(duration) => Ok(duration),
        Err(error) => Err(format!("`{text}` is not a duration such as `250ms`, `5s` or `2m`: {error}")),
    }
}

fn route(text: &str) -> Result<String, String> {
    let plain = text.starts_with('/') && !text.starts_with("//") && !text.contains(['?', '#', '\\']);
    let ascii = text.chars().all(|character| character.is_ascii_graphic());
    if plain && ascii && !text.split('/').any(|segment| segment == "..") {
        Ok(text.to_owned())
    } else {
        Err(format!("`{text}` is not a path: a path begins with one `/` and has no `?`, `#`, `..` or space"))
    }
}

fn endpoint_id(text: &str) -> Result<String, String> {
    let plain = |name: &str| {
        !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
    };
    match text.split_once('.') {
        Some(("backend" | "auth", name)) if plain(name) => Ok(text.to_owned()),
        _ => Err(format!("an endpoint is named `backend.NAME` or `auth.NAME`, not `{text}`")),
    }
}

/// Checks the characters of a field name (RFC 9110, section 5.6.2). Refuses headers that the probe sets or that mark a
/// test.
fn header_key(text: &str) -> Result<String, String> {
    let name = text.to_ascii_lowercase();
    if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c)) {
        return Err(format!("`{text}` is not a header name"));
    }
    if matches!(name.as_str(), "authorization" | "proxy-authorization" | "cookie" | "host" | "content-length") {
        return Err(format!("an endpoint cannot set the header `{text}`: the probe sets it"));
    }
    let words: Vec<&str> = name.split(['-', '_']).collect();
    if words.iter().any(|word| matches!(*word, "test" | "e2e")) {
        return Err(format!(
            "the header `{text}` marks a test request, for which some systems switch authentication off"
        ));
    }
    Ok(text.to_owned())
}

fn method(text: &str) -> Result<String, String> {
    let known = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    if known.contains(&text) {
        Ok(text.to_owned())
    } else {
        Err(format!("`{text}` is not one of {}", known.join(", ")))
    }
}

impl From<EndpointId> for String {
    fn from(id: EndpointId) -> Self {
        id.0
    }
}

impl From<HeaderKey> for String {
    fn from(name: HeaderKey) -> Self {
        name.0
    }
}
