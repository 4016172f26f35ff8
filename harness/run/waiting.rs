//! Waits until a deployment answers, before the first step: after a deploy, instances need time to start.

use std::time::Duration;

use tokio::time::Instant;

use super::{RunError, prober_with};
use crate::config::{Endpoint, Target};
use crate::observe::{Outcome, observe};
use crate::probe::{Exchange, ProbeKey, ProbeRequest};
use crate::report::Waited;
use crate::run::context::credentials::RunCredentials;
use crate::run::context::smoke::Smoke;
use crate::terms::{Caller, Role, Service, TokenKind, TokenLocation};

/// The pause between two calls.
const PAUSE: Duration = Duration::from_millis(500);

/// Calls the health endpoint until it answers as its `accept` says, or the time is over. The time is no part of the run
/// budget. Returns `None` when the run waits for nothing.
///
/// # Errors
/// When the prober cannot be set up, or the target has no health endpoint.
pub(super) async fn wait(run: &Smoke) -> Result<Option<Waited>, RunError> {
    let Some(longest) = run.conduct.wait else { return Ok(None) };
    let endpoint = health(&run.target).ok_or(RunError::NothingToWaitFor)?;
    let started = Instant::now();
    let credentials = RunCredentials::without_tokens(&run.target, &run.redactor)?;
    let prober = prober_with(credentials, &run.target, &run.redactor, started + longest)?;
    let session = prober.session();
    let request = request(endpoint, &run.target);
    let mut waited = Waited { endpoint: endpoint.id.clone(), ms: 0.0, answered: false, last: None };
    loop {
        match session.send(&request).await {
            Ok(exchange) => {
                waited.answered = observe(&exchange, endpoint, "").is_some_and(|seen| seen.result == Outcome::Ok);
                waited.last = ended(&exchange).filter(|_| !waited.answered).or(waited.last);
            }
            Err(error) => waited.last = Some(error.to_string()),
        }
        if waited.answered || started.elapsed() + PAUSE >= longest {
            break;
        }
        tokio::time::sleep(PAUSE).await;
    }
    waited.last = waited.last.filter(|_| !waited.answered);
    waited.ms = started.elapsed().as_secs_f64() * 1000.0;
    Ok(Some(waited))
}

/// Returns the health endpoint of the backend, or else of another service.
fn health(target: &Target) -> Option<&Endpoint> {
    let all = || target.endpoints.values().filter(|endpoint| endpoint.role == Role::Health && !endpoint.past_edge);
    all().find(|endpoint| endpoint.service == Service::Backend).or_else(|| all().next())
}

fn request(endpoint: &Endpoint, target: &Target) -> ProbeRequest {
    let user = target.users.first().map(|user| user.name.clone()).unwrap_or_default();
    let (token, token_location, caller) = (TokenKind::None, TokenLocation::Header, Caller::None);
    ProbeRequest::new(ProbeKey { endpoint: endpoint.id.clone(), token, token_location, caller, user })
}

/// Returns how a call ended. `None`: the time was over before it ended.
fn ended(exchange: &Exchange) -> Option<String> {
    use crate::probe::ErrorKind::BudgetSpent;
    match (&exchange.error, exchange.shown_status()) {
        (Some(error), _) if error.kind == BudgetSpent => None,
        (Some(error), _) => Some(error.kind.to_string()),
        (None, Some(status)) => Some(format!("status {status}")),
        (None, None) => None,
    }
}
