//! A real nginx in front of the twin, with one thing changed in its configuration a test. Start at `CASES`.
//!
//! - `server`: the nginx process.
//! - `verdict`: what a report must say.
//!
//! What nginx answers itself must be distinguished from what it relays, and the cause must be found. Ignored where there is no nginx.
//!
//! Invariant: a case changes the configuration of nginx or injects a fault in the twin; the expected verdict stands beside it.

mod server;
mod verdict;

use fivewhys::internal::report::Report;
use fivewhys::internal::scenario::{self, Scenario};
use fivewhys::internal::terms::EvidenceSource;
use fivewhys_mocks::Dialect;
use libtest_mimic::{Failed, Trial};

use self::server::{Behind, Nginx};
use self::verdict::{certain, left_open, passes};
use crate::support::twin::{Bench, Injected};

/// One configuration, and what must come of it.
struct Case {
    name: &'static str,
    /// What stands in nginx's `server` block.
    locations: &'static str,
    /// A fault of the twin behind it.
    injected: Option<&'static str>,
    evidence_sources: &'static [EvidenceSource],
    /// Empty: all.
    scenarios: &'static [&'static str],
    verdict: fn(&Report) -> Result<(), String>,
}

macro_rules! locations {
    ($name:literal) => {
        include_str!(concat!("configurations/", $name, ".conf.template"))
    };
}

const OUTSIDE: &[EvidenceSource] = &[EvidenceSource::Edge, EvidenceSource::Auth, EvidenceSource::ServiceCredentials];
/// The path around nginx too: without it, a backend that ignores the header explains as much.
const BOTH_WAYS: &[EvidenceSource] =
    &[EvidenceSource::Edge, EvidenceSource::Auth, EvidenceSource::ServiceCredentials, EvidenceSource::Direct];
const ALL: &[EvidenceSource] = &[
    EvidenceSource::Edge,
    EvidenceSource::Auth,
    EvidenceSource::ServiceCredentials,
    EvidenceSource::Manifest,
    EvidenceSource::Logs,
];
/// The scenarios whose tokens are all in the header: nginx passes no other token location to the auth service.
const IN_THE_HEADER: &[&str] = &["health", "chat-messages", "token-validation"];

const CASES: &[Case] = &[
    Case {
        name: "an_nginx_that_only_relays_changes_nothing",
        locations: locations!("passes"),
        injected: None,
        evidence_sources: ALL,
        scenarios: &[],
        verdict: |report| passes(report),
    },
    Case {
        name: "a_dead_upstream_gives_nginx_s_own_502",
        locations: locations!("upstream-down"),
        injected: None,
        evidence_sources: OUTSIDE,
        scenarios: &[],
        verdict: |report| {
            verdict::made_by_the_edge(report, 502)?;
            left_open(report, &["edge/no-instance"], &["client", "auth", "network"])
        },
    },
    Case {
        name: "a_cleared_authorization_is_found",
        locations: locations!("strips-authorization"),
        injected: None,
        evidence_sources: BOTH_WAYS,
        scenarios: &[],
        verdict: |report| {
            verdict::refusals_are_relayed(report)?;
            certain(report, "edge/strips-authorization")
        },
    },
    Case {
        name: "an_upgrade_that_is_not_forwarded_is_found",
        locations: locations!("drops-upgrade"),
        injected: None,
        evidence_sources: OUTSIDE,
        scenarios: &[],
        verdict: |report| left_open(report, &["edge/drops-upgrade"], &["client", "network", "auth", "data"]),
    },
    Case {
        name: "a_limit_that_says_429_is_the_edge_s",
        locations: locations!("limits-with-429"),
        injected: None,
        evidence_sources: OUTSIDE,
        scenarios: &[],
        verdict: |report| {
            verdict::made_by_the_edge(report, 429)?;
            left_open(report, &["edge/rate-limited"], &["client", "network", "auth", "backend-auth", "data"])
        },
    },
    Case {
        name: "a_limit_that_says_503_is_the_edge_s",
        locations: locations!("limits-with-503"),
        injected: None,
        evidence_sources: OUTSIDE,
        scenarios: &[],
        verdict: |report| {
            verdict::made_by_the_edge(report, 503)?;
            left_open(report, &["edge/rate-limited"], &["client", "network", "auth", "backend-auth", "data"])
        },
    },
    Case {
        name: "an_nginx_that_asks_the_auth_service_changes_nothing",
        locations: locations!("asks-auth"),
        injected: None,
        evidence_sources: ALL,
        scenarios: IN_THE_HEADER,
        verdict: |report| passes(report),
    },
    Case {
        name: "a_refusal_by_the_auth_service_that_nginx_asks_is_not_the_edge_s",
        locations: locations!("asks-auth"),
        injected: Some("client/wrong-signing-secret"),
        evidence_sources: ALL,
        scenarios: IN_THE_HEADER,
        verdict: |report| certain(report, "client/wrong-signing-secret"),
    },
    Case {
        name: "a_dead_auth_service_that_nginx_asks_is_found",
        locations: locations!("asks-auth"),
        injected: Some("auth/down"),
        evidence_sources: ALL,
        scenarios: IN_THE_HEADER,
        verdict: |report| {
            verdict::made_by_the_edge(report, 500)?;
            verdict::first(report, "auth/down")
        },
    },
    Case {
        name: "a_site_that_answers_200_to_everything_is_another_service",
        locations: locations!("other-site"),
        injected: None,
        evidence_sources: OUTSIDE,
        scenarios: &[],
        verdict: |report| {
            left_open(
                report,
                &["edge/route-drift", "client/wrong-base-url"],
                &["auth", "backend", "backend-auth", "network"],
            )?;
            verdict::first(report, "edge/route-drift")
        },
    },
    Case {
        name: "a_login_page_is_another_service",
        locations: locations!("login-page"),
        injected: None,
        evidence_sources: OUTSIDE,
        scenarios: &[],
        verdict: |report| {
            left_open(
                report,
                &["edge/route-drift", "client/wrong-base-url"],
                &["auth", "backend", "backend-auth", "network"],
            )?;
            verdict::first(report, "edge/route-drift")
        },
    },
    Case {
        name: "a_redirect_to_a_login_page_is_not_followed",
        locations: locations!("login-elsewhere"),
        injected: None,
        evidence_sources: OUTSIDE,
        scenarios: &[],
        verdict: |report| {
            left_open(report, &["edge/iap-denied", "edge/authorizer-denies"], &["auth", "backend", "backend-auth"])
        },
    },
];

pub(crate) fn trials() -> Vec<Trial> {
    let nginx = server::installed();
    let trial = |(case, dialect): (&'static Case, Dialect)| match nginx {
        Some(program) => Trial::test(format!("{} ({dialect})", case.name), move || run(program, case, dialect)),
        None => Trial::test(format!("{} ({dialect}; install nginx)", case.name), || Ok(())).with_ignored_flag(true),
    };
    CASES.iter().flat_map(|case| Dialect::ALL.iter().map(move |dialect| (case, *dialect))).map(trial).collect()
}

fn run(program: &'static str, case: &Case, dialect: Dialect) -> Result<(), Failed> {
    let injected = case.injected.map(str::parse::<Injected>).transpose()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let report = runtime.block_on(async {
        let mut bench = Bench::boot(dialect, injected).await.with_evidence_sources(case.evidence_sources);
        let behind = Behind { upstream: bench.twin.edge_url(), auth: bench.twin.auth_url() };
        let nginx = Nginx::start(program, case.locations, &behind);
        bench.target.backend = nginx.url("http");
        bench.target.websocket = nginx.url("ws");
        bench.smoke(&scenarios(case)).await
    });
    let judged = verdict::told_apart(&report).and_then(|()| (case.verdict)(&report));
    judged.map_err(|why| format!("{why}\n{}", verdict::shown(&report)).into())
}

fn scenarios(case: &Case) -> Vec<Scenario> {
    let all = scenario::embedded().expect("the shipped scenarios are in order");
    let wanted = |one: &Scenario| case.scenarios.is_empty() || case.scenarios.contains(&one.id.as_str());
    all.into_iter().filter(wanted).collect()
}
