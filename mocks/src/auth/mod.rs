//! The auth service: on wiremock, on its own listener, so that its port really closes when it is stopped.
//!
//! Every answer is computed by a responder from the resolved environment; nothing is canned.

mod accounts;
mod blacklist;
mod call;
mod caller;
mod claims;
mod config;
mod defects;
mod health;
mod keys;
mod lines;
mod login;
mod logout;
mod mint;
mod oauth;
mod phrasing;
mod profile;
mod refusal;
mod responder;
mod token;
mod validate;

use std::net::TcpListener;
use std::sync::Arc;

use jiff::Timestamp;
use wiremock::matchers::{any, method, path};
use wiremock::{Mock, MockServer};

use crate::Dialect;
use crate::deployment::{AuthDefect, Build, Environment};
use crate::journal::Journal;
use crate::logs::ServiceLog;
use crate::noise::Warmup;
pub(crate) use accounts::Accounts;
use blacklist::Revoked;
use call::{Answer, Call};
use config::AuthConfig;
use responder::AuthResponder;
pub(crate) use responder::BACKEND_USER_AGENT;
pub(crate) use token::verified_subject;

/// The process: its configuration, its users, its log.
pub(crate) struct AuthService {
    dialect: Dialect,
    config: AuthConfig,
    build: Build<AuthDefect>,
    accounts: Accounts,
    log: ServiceLog,
    journal: Arc<Journal>,
    revoked: Revoked,
    started: Timestamp,
}

/// A route's handler.
type Handler = fn(&AuthService, &Call<'_>) -> Answer;

/// The routes, by method and path (contract 1.4).
const ROUTES: &[(&str, &str, Handler)] = &[
    ("GET", "/health", health::health),
    ("POST", "/auth/validate", validate::validate),
    ("POST", "/auth/check-blacklist", blacklist::check),
    ("GET", "/auth/verify", profile::verify),
    ("POST", "/auth/verify", profile::verify),
    ("GET", "/auth/me", profile::me),
    ("POST", "/auth/login", login::login),
    ("POST", "/auth/logout", logout::logout),
    ("GET", "/oauth/status", oauth::status),
    ("GET", "/.well-known/jwks.json", keys::publish),
];

impl AuthService {
    /// `None` when the process ends before it listens; its log says why.
    pub(crate) fn start(
        dialect: Dialect,
        environment: &Environment,
        build: Build<AuthDefect>,
        accounts: Accounts,
        log: ServiceLog,
        journal: Arc<Journal>,
    ) -> Option<Arc<Self>> {
        let Some(config) = AuthConfig::read(environment) else {
            lines::no_signing_secret(&log, dialect);
            return None;
        };
        let revoked = Revoked::default();
        let started = log.clock().now();
        Some(Arc::new(Self { dialect, config, build, accounts, log, journal, revoked, started }))
    }

    /// Serves until the returned server is dropped.
    pub(crate) async fn serve(self: Arc<Self>, listener: TcpListener, warmup: Warmup) -> MockServer {
        // wiremock's own recording would keep every token; the journal keeps decisions instead.
        let server = MockServer::builder().listener(listener).disable_request_recording().start().await;
        for (verb, route, handler) in ROUTES {
            let respond = AuthResponder::new(&self, self.handler(route, *handler), &warmup);
            Mock::given(method(*verb)).and(path(*route)).respond_with(respond).mount(&server).await;
        }
        let otherwise = AuthResponder::new(&self, call::no_such_route, &warmup);
        Mock::given(any()).respond_with(otherwise).with_priority(u8::MAX).mount(&server).await;
        server
    }
}
