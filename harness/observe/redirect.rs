//! Where a redirect leads. A probe never follows it.

use url::Url;

use crate::observe::maker::{Mark, Says};
use crate::probe::Exchange;
use crate::terms::Meaning;

/// Where a redirect leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Leads {
    /// To a login page. An identity-aware proxy does that; a JSON service does not.
    Login,
    /// To the same path over TLS: the target's URL has the scheme `http`.
    Https,
    /// To the same path with or without a final slash: the router of the application does that (Starlette, Django).
    Slash,
    /// To the very URL that was asked: the component that redirects sees another scheme than the client used.
    Itself,
    /// To another host.
    Elsewhere,
    /// To another path of the same host, or to a location that cannot be parsed.
    Aside,
}

/// Words in a host or path that indicate a login page.
const LOGIN: [&str; 9] =
    ["login", "signin", "sign-in", "sign_in", "accounts.google", "oauth2", "openid", "saml", "/sso"];

/// Returns where the redirect leads, or `None` if the response is not a redirect.
pub(super) fn leads(exchange: &Exchange) -> Option<Leads> {
    if !matches!(exchange.status(), Some(301..=303 | 307 | 308)) {
        return None;
    }
    Some(read(exchange).map_or(Leads::Aside, |(from, to)| compare(&from, &to)))
}

/// Returns where a redirect leads, without the query, and whether that is another origin.
pub(super) fn followed(exchange: &Exchange) -> Option<(String, bool)> {
    leads(exchange)?;
    let (from, to) = read(exchange)?;
    let place = format!("{}{}", to.origin().ascii_serialization(), to.path());
    Some((place.chars().take(120).collect(), from.origin() != to.origin()))
}

fn read(exchange: &Exchange) -> Option<(Url, Url)> {
    let from = Url::parse(&exchange.request.url).ok()?;
    let to = from.join(exchange.header("location")?).ok()?;
    Some((from, to))
}

fn compare(from: &Url, to: &Url) -> Leads {
    let place = format!("{}{}", to.host_str().unwrap_or_default(), to.path()).to_ascii_lowercase();
    let same_host = from.host_str() == to.host_str();
    let (here, there) = (from.path(), to.path());
    if LOGIN.iter().any(|word| place.contains(word)) && here != there {
        Leads::Login
    } else if from == to {
        Leads::Itself
    } else if !same_host {
        Leads::Elsewhere
    } else if matches!((from.scheme(), to.scheme()), ("http", "https") | ("ws", "https" | "wss")) && here == there {
        Leads::Https
    } else if here != there && here.trim_end_matches('/') == there.trim_end_matches('/') {
        Leads::Slash
    } else {
        Leads::Aside
    }
}

/// Returns what a redirect to the path that was asked means.
pub(super) fn meaning(exchange: &Exchange) -> Option<Meaning> {
    match leads(exchange)? {
        Leads::Itself => Some(Meaning::SelfRedirect),
        Leads::Slash => Some(Meaning::SlashRedirect),
        Leads::Login | Leads::Https | Leads::Elsewhere | Leads::Aside => None,
    }
}

/// Returns what the redirect shows about its producer. The weights make it a hint.
pub(super) fn mark(exchange: &Exchange) -> Option<Mark> {
    let (id, says, weight) = match leads(exchange)? {
        Leads::Login => ("redirect.login", Says::Edge, 0.6),
        Leads::Https => ("redirect.https", Says::Edge, 0.6),
        Leads::Itself => ("redirect.itself", Says::Passed, 0.5),
        Leads::Slash => ("redirect.slash", Says::Application, 0.6),
        Leads::Elsewhere => ("redirect.elsewhere", Says::Passed, 0.5),
        Leads::Aside => ("redirect.aside", Says::Passed, 0.5),
    };
    let to = read(exchange).map(|(_, to)| format!("{}{}", to.host_str().unwrap_or_default(), to.path()));
    let bytes =
        format!("header location: {}", to.as_deref().unwrap_or("unreadable").chars().take(80).collect::<String>());
    Some(Mark { id: id.into(), says, weight, bytes })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::{Leads, leads, mark, meaning};
    use crate::fixtures::exchange;
    use crate::probe::Exchange;
    use crate::terms::{Meaning, TokenKind};

    fn redirected(status: u16, location: &str) -> Exchange {
        let mut one = exchange("backend.chat-messages", TokenKind::Valid).answered(status, "", "");
        one.request.url = "http://api.example.test/api/chat".into();
        one.with_header("location", location)
    }

    #[rstest]
    #[case::an_identity_proxy("https://accounts.google.com/o/oauth2/v2/auth?client_id=1", Leads::Login)]
    #[case::a_login_page_of_the_same_host("/login?next=/api/chat", Leads::Login)]
    #[case::another_host("https://other.example.test/api/chat", Leads::Elsewhere)]
    #[case::tls("https://api.example.test/api/chat", Leads::Https)]
    #[case::the_same_url("http://api.example.test/api/chat", Leads::Itself)]
    #[case::a_slash("http://api.example.test/api/chat/", Leads::Slash)]
    #[case::a_slash_and_no_host("/api/chat/", Leads::Slash)]
    #[case::another_path("/welcome", Leads::Aside)]
    #[case::nonsense("http://[", Leads::Aside)]
    fn a_redirect_leads(#[case] location: &str, #[case] to: Leads) {
        assert_eq!(leads(&redirected(307, location)), Some(to));
    }

    #[rstest]
    #[case::itself("http://api.example.test/api/chat", Some(Meaning::SelfRedirect))]
    #[case::slash("/api/chat/", Some(Meaning::SlashRedirect))]
    #[case::tls("https://api.example.test/api/chat", None)]
    fn a_redirect_to_the_path_that_was_asked_has_a_meaning(#[case] location: &str, #[case] means: Option<Meaning>) {
        assert_eq!(meaning(&redirected(308, location)), means);
    }

    #[test]
    fn the_query_of_a_redirect_is_not_shown() {
        let bytes = mark(&redirected(302, "https://x.test/login?token=abc")).expect("a redirect").bytes;
        assert_eq!(bytes, "header location: x.test/login");
    }

    #[test]
    fn a_response_without_redirect_leads_nowhere() {
        assert_eq!(leads(&redirected(200, "/login")), None);
    }

    proptest! {
        #[test]
        fn no_location_panics(location in "(?s).{0,60}") {
            let _ = mark(&redirected(302, &location));
        }
    }
}
