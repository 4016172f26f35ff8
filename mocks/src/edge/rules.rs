//! What the edge does to a request before it relays it, or in its place.

use std::net::SocketAddr;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use axum::extract::Request;
use axum::http::header;

use super::pages::Page;
use super::{Edge, iam};
use crate::deployment::EdgeRule;
use crate::serve::wants_upgrade;

/// Requests of one window that pass.
const BUDGET: u32 = 3;
const WINDOW: Duration = Duration::from_secs(60);

/// Requests counted since the window opened.
#[derive(Default)]
pub(crate) struct Throttle(Mutex<Option<(Instant, u32)>>);

impl Throttle {
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

    /// The page that the edge answers itself, in the order in which a request meets its rules.
    pub(super) fn refusal(&self, request: &Request) -> Option<Page> {
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
            return Some(iam::refuse(request));
        }
        if self.has(EdgeRule::VerifiesBearers) && bearer {
            return Some(Page::IamUnverifiable);
        }
        self.has(EdgeRule::Saturated).then_some(Page::NoInstance)
    }

    /// What the edge takes from a request on its way.
    pub(super) fn rewrite(&self, request: &mut Request) {
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

    /// Where a request goes: to `backend`, as a rule. `None` when no instance of it is up.
    pub(super) fn destination(&self, request: &Request, backend: Option<SocketAddr>) -> Option<SocketAddr> {
        let path = request.uri().path();
        let of_backend = path.starts_with("/api/") || path == "/ws";
        match of_backend && self.has(EdgeRule::RoutesToFrontEnd) {
            true => Some(self.front_end),
            false => backend,
        }
    }
}

fn is_browser(request: &Request) -> bool {
    let agent = request.headers().get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    agent.is_some_and(|agent| agent.starts_with("Mozilla/"))
}
