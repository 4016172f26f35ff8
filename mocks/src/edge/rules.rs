//! The edge's rules: which requests it refuses, changes or routes elsewhere.

use std::net::SocketAddr;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use axum::extract::Request;
use axum::http::header;

use super::pages::Page;
use super::server::Edge;
use crate::deployment::EdgeRule;
use crate::net::wants_upgrade;

/// The number of requests per window that pass.
const BUDGET: u32 = 3;
const WINDOW: Duration = Duration::from_secs(60);

/// The requests counted since the window opened.
#[derive(Default)]
pub(crate) struct Throttle(Mutex<Option<(Instant, u32)>>);

impl Throttle {
    /// Counts a request and reports whether it passes.
    fn lets_through(&self) -> bool {
        let mut window = self.0.lock().expect("no holder panics");
        let (since, count) = window.filter(|(since, _)| since.elapsed() < WINDOW).unwrap_or((Instant::now(), 0));
        *window = Some((since, count.saturating_add(1)));
        count < BUDGET
    }
}

impl Edge {
    fn has(&self, rule: EdgeRule) -> bool {
        self.rules.contains(&rule)
    }

    /// Returns the page with which the edge refuses a request. The order of the checks is the platform's.
    pub(crate) fn refusal(&self, request: &Request) -> Option<Page> {
        let bearer = request.headers().contains_key(header::AUTHORIZATION);
        if self.has(EdgeRule::BrowsersOnly) && !is_browser(request) {
            return Some(Page::FirewallDenied);
        }
        if self.has(EdgeRule::Throttles) && !self.throttle.lets_through() {
            return Some(Page::FirewallThrottled);
        }
        if self.ingress != "all" {
            return Some(Page::NoIngress);
        }
        if !self.public {
            return Some(refused_invoker(request));
        }
        if self.has(EdgeRule::VerifiesBearers) && bearer {
            return Some(Page::IamUnverifiable);
        }
        self.has(EdgeRule::Saturated).then_some(Page::NoInstance)
    }

    /// Removes what the edge's rules remove from a request.
    pub(crate) fn rewrite(&self, request: &mut Request) {
        let upgrade = wants_upgrade(request);
        let strips =
            self.has(EdgeRule::StripsAuthorization) || upgrade && self.has(EdgeRule::StripsAuthorizationOnUpgrade);
        if strips {
            request.headers_mut().remove(header::AUTHORIZATION);
        }
        if self.has(EdgeRule::DropsUpgrade) {
            request.headers_mut().remove(header::UPGRADE);
            request.headers_mut().remove(header::CONNECTION);
        }
    }

    /// Returns where a request goes: to `backend`, unless a rule routes it to the front end. `None` when no instance is
    /// up.
    pub(crate) fn destination(&self, request: &Request, backend: Option<SocketAddr>) -> Option<SocketAddr> {
        let path = request.uri().path();
        let for_backend = path.starts_with("/api/") || path == "/ws";
        match for_backend && self.has(EdgeRule::RoutesToFrontEnd) {
            true => Some(self.front_end),
            false => backend,
        }
    }
}

fn is_browser(request: &Request) -> bool {
    let agent = request.headers().get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    agent.is_some_and(|agent| agent.starts_with("Mozilla/"))
}

/// Returns the invoker check's page: 403 without a credential, 401 for a token that Google did not sign.
fn refused_invoker(request: &Request) -> Page {
    let sent = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let scheme = sent.split(' ').next().unwrap_or_default();
    match scheme.eq_ignore_ascii_case("bearer") {
        true => Page::IamUnverifiable,
        false => Page::IamMissing { path: request.uri().path().to_owned() },
    }
}
