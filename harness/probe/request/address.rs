//! The URL of a probe. Neither a path nor a captured value can send a token to another host.

use url::Url;

use crate::probe::CannotProbe;

/// Returns `base` with `path` appended and `query` set.
pub(crate) fn url(base: &Url, path: &str, query: &[(String, String)]) -> Result<Url, CannotProbe> {
    if let Some(why) = objection(path) {
        return Err(CannotProbe::Path { path: path.to_owned(), why });
    }
    let mut url = base.clone();
    url.set_path(&format!("{}{path}", base.path().trim_end_matches('/')));
    url.set_fragment(None);
    url.set_query(None);
    if !query.is_empty() {
        url.query_pairs_mut().extend_pairs(query);
    }
    Ok(url)
}

fn objection(path: &str) -> Option<&'static str> {
    if !path.starts_with('/') {
        return Some("does not start with a slash");
    }
    if path.contains("//") || path.contains('\\') {
        return Some("contains an empty segment or a backslash");
    }
    if path.chars().any(|c| c.is_control()) {
        return Some("contains a control character");
    }
    let decoded = path.to_ascii_lowercase().replace("%2e", ".");
    if decoded.split('/').any(|segment| segment == "." || segment == "..") {
        return Some("contains a dot segment");
    }
    None
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[rstest]
    #[case("https://host", "/api/x", "https://host/api/x?a=2&b=1")]
    #[case("https://host/prefix/", "/api/x", "https://host/prefix/api/x?a=2&b=1")]
    #[case("wss://[::1]:9/", "/ws", "wss://[::1]:9/ws?a=2&b=1")]
    #[case("https://host", "/a?b#c", "https://host/a%3Fb%23c?a=2&b=1")]
    #[case("https://host", "/@evil.example:80", "https://host/@evil.example:80?a=2&b=1")]
    fn a_path_stays_on_its_host(#[case] base: &str, #[case] path: &str, #[case] expected: &str) {
        let base = Url::parse(base).unwrap();
        let url = url(&base, path, &pairs(&[("a", "2"), ("b", "1")])).unwrap();
        assert_eq!(url.as_str(), expected);
        assert_eq!(url.host_str(), base.host_str());
    }

    #[rstest]
    #[case("//evil.example/")]
    #[case("https://evil.example/")]
    #[case("/a//b")]
    #[case("/a/../b")]
    #[case("/a/%2E%2e")]
    #[case("/./b")]
    #[case("/\\evil.example")]
    #[case("/a\n/b")]
    #[case("a")]
    #[case("")]
    fn a_path_that_could_leave_the_host_is_refused(#[case] path: &str) {
        let base = Url::parse("https://host").unwrap();
        assert!(matches!(url(&base, path, &[]), Err(CannotProbe::Path { .. })));
    }
}
