//! Facts about browsers: by which rule one keeps responses from its page.

use crate::diagnose::model::fact::Fact;
use crate::observe::{Observation, Outcome};
use crate::probe::BlockReason;

/// The rules of the CORS protocol, the most basic one first: a component without any support for CORS breaks several.
const CORS: [BlockReason; 5] =
    [BlockReason::Origin, BlockReason::Preflight, BlockReason::Request, BlockReason::Credentials, BlockReason::Twice];

/// Returns the rule that blocks calls of the page, and whether an offered subprotocol was chosen.
pub(crate) fn facts(observations: &[&Observation]) -> Vec<Fact> {
    let cors = CORS.iter().find_map(|rule| fact("page-block", *rule, observations));
    let socket = fact("subprotocol-choice", BlockReason::Subprotocol, observations);
    cors.into_iter().chain(socket).collect()
}

fn fact(key: &'static str, rule: BlockReason, observations: &[&Observation]) -> Option<Fact> {
    let blocked = observations.iter().filter(|one| one.result == Outcome::Blocked);
    let (one, why) = blocked.filter_map(|one| Some((one, one.blocked.as_ref()?))).find(|(_, why)| why.by == rule)?;
    let value = if rule == BlockReason::Subprotocol { "none" } else { rule.as_str() };
    Some(Fact { key, value, anomaly: false, says: why.detail.clone(), exchange: Some(one.exchange) })
}
