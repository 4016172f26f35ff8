//! The browsers that are the clients of a target: the page whose scripts make the calls.

use url::Url;

/// A page of another site, for the negative control. RFC 2606, section 2, reserves its domain.
const FOREIGN: &str = "https://foreign.invalid";

/// The page whose scripts call the target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Browser {
    /// The origin of the page, as the header `Origin` has it (RFC 6454, 6.1).
    pub origin: String,
    /// Whether the page sends cookies to other origins: the credentials mode `include` of the Fetch standard.
    pub credentials: bool,
    /// The origin of a page that the system must not trust.
    pub foreign_origin: String,
}

impl Browser {
    /// Returns the browsers of a page at this origin. `foreign` is the origin of the negative control, if the target names
    /// one.
    #[must_use]
    pub fn at(origin: String, credentials: bool, foreign: Option<String>) -> Self {
        Self { origin, credentials, foreign_origin: foreign.unwrap_or_else(|| FOREIGN.to_owned()) }
    }

    /// Reads an origin: scheme, host and port.
    pub(crate) fn read_origin(text: &str) -> Result<String, String> {
        let wrong = || format!("`{text}` is no origin: write scheme, host and port, such as `https://app.example.com`");
        let url = Url::parse(text).map_err(|_| wrong())?;
        let is_bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none() && !text.ends_with('/');
        let is_web = matches!(url.scheme(), "http" | "https") && url.username().is_empty() && url.password().is_none();
        if is_bare && is_web { Ok(url.origin().ascii_serialization()) } else { Err(wrong()) }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("https://app.example.com", Some("https://app.example.com"))]
    #[case("HTTPS://App.Example.com:443", Some("https://app.example.com"))]
    #[case("http://localhost:5173", Some("http://localhost:5173"))]
    #[case("https://app.example.com/", None)]
    #[case("https://app.example.com/app", None)]
    #[case("https://user@app.example.com", None)]
    #[case("app.example.com", None)]
    #[case("file:///index.html", None)]
    #[case("null", None)]
    #[case("*", None)]
    fn an_origin_is_scheme_host_and_port(#[case] text: &str, #[case] origin: Option<&str>) {
        assert_eq!(Browser::read_origin(text).ok().as_deref(), origin);
    }
}
