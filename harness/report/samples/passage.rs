//! The passages of the sample reports.

use crate::diagnose::{Cause, Certainty, Hops};
use crate::report::{Blame, HopMark, Leg, LegKind, Passage};
use crate::terms::Hop;

/// Returns a request to which the backend responded.
pub(crate) fn of(number: usize, cause: &Cause) -> Passage {
    let legs = [
        (Hop::Client, Hop::Edge, LegKind::Asked, "POST /api/chat/stream, token valid"),
        (Hop::Edge, Hop::Backend, LegKind::Asked, "passes it on"),
        (Hop::Backend, Hop::Auth, LegKind::Concluded, cause.title.as_str()),
        (Hop::Backend, Hop::Client, LegKind::Answered, "403, denied, after 57 ms"),
    ];
    Passage {
        cause: number,
        step: cause.explains[0].clone(),
        exchange: 7,
        hops: [Hop::Client, Hop::Network, Hop::Edge, Hop::Backend, Hop::BackendAuth, Hop::Auth, Hop::Data, Hop::Agents]
            .map(|hop| mark(hop, cause))
            .to_vec(),
        legs: legs.map(|(from, to, kind, says)| Leg { from, to, kind, says: says.to_owned() }).to_vec(),
    }
}

fn mark(hop: Hop, cause: &Cause) -> HopMark {
    let blame = match (cause.hop == Hops::One(hop), cause.certainty >= Certainty::Likely) {
        (true, true) => Blame::Culprit,
        (true, false) => Blame::Suspect,
        (false, _) => Blame::None,
    };
    HopMark { hop, blame, reached: hop <= Hop::Backend, answered: hop == Hop::Backend, ruled_out: 1 }
}
