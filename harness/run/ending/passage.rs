//! Draws up, for each cause, the way of one failing request: how far it came, who answered, where the cause lies. Sits in `run`, at its end.

use crate::config::Target;
use crate::diagnose::{Cause, Certainty, Hops};
use crate::observe::Observation;
use crate::probe::Exchange;
use crate::report::{Blame, HopMark, Leg, LegKind, Passage, ProbeReport, ScenarioReport, StepOutcome, StepReport};
use crate::terms::{Hop, Service};

/// From us inwards.
const HOPS: [Hop; 8] =
    [Hop::Client, Hop::Network, Hop::Edge, Hop::Backend, Hop::BackendAuth, Hop::Auth, Hop::Data, Hop::Agents];

/// One passage a cause, in their order; none for a cause whose steps have no exchange.
pub(crate) fn passages(
    target: &Target,
    causes: &[Cause],
    scenarios: &[ScenarioReport],
    probes: &[ProbeReport],
) -> Vec<Passage> {
    let one = |(n, cause)| Some(Failing::of(cause, target, scenarios, probes)?.passage(n));
    causes.iter().enumerate().filter_map(one).collect()
}

/// The request that stands for a cause.
struct Failing<'a> {
    cause: &'a Cause,
    name: String,
    step: &'a StepReport,
    exchange: &'a Exchange,
    seen: Option<&'a Observation>,
    service: Service,
}

impl<'a> Failing<'a> {
    /// The failed step that the first why is about, else the first it explains.
    fn of(
        cause: &'a Cause,
        target: &Target,
        scenarios: &'a [ScenarioReport],
        probes: &'a [ProbeReport],
    ) -> Option<Self> {
        let named = scenarios
            .iter()
            .flat_map(|scenario| scenario.steps.iter().map(move |step| (format!("{}/{}", scenario.id, step.id), step)));
        let mut failed: Vec<_> = named
            .filter(|(name, step)| {
                step.outcome == StepOutcome::Failed && step.exchange.is_some() && cause.explains.contains(name)
            })
            .collect();
        let first_why: Vec<_> =
            cause.whys.iter().take(1).flat_map(|why| &why.evidence).map(|one| one.exchange).collect();
        failed.sort_by_key(|(_, step)| !first_why.contains(&step.exchange));
        let (name, step) = failed.into_iter().next()?;
        let probe = probes.iter().find(|probe| Some(probe.exchange.id) == step.exchange)?;
        let service = target.endpoints.get(&step.endpoint).map_or(Service::Backend, |endpoint| endpoint.service);
        Some(Self { cause, name, step, exchange: &probe.exchange, seen: probe.observation.as_ref(), service })
    }

    fn passage(self, cause: usize) -> Passage {
        Passage {
            cause,
            hops: HOPS.map(|hop| self.mark(hop)).to_vec(),
            legs: self.legs(),
            exchange: self.exchange.id,
            step: self.name,
        }
    }

    fn answered_by(&self) -> Hop {
        self.seen.map_or(Hop::Unknown, |seen| seen.answered_by)
    }

    /// The hops the request is meant to pass, as far as it came; we come first.
    fn way(&self) -> Vec<Hop> {
        let inwards: &[Hop] = match (self.answered_by(), self.service) {
            (Hop::Client, _) => &[],
            (Hop::Edge | Hop::Network | Hop::Unknown, _) => &[Hop::Edge],
            (_, Service::Backend) => &[Hop::Edge, Hop::Backend],
            (_, Service::Auth) => &[Hop::Auth],
        };
        [&[Hop::Client], inwards].concat()
    }

    fn mark(&self, hop: Hop) -> HopMark {
        let answered = self.answered_by() == hop && self.exchange.head.is_some();
        let at = |fault: &str| fault.split('/').next() == Some(hop.as_str());
        HopMark {
            hop,
            blame: self.blame(hop),
            reached: answered || self.reached(hop),
            answered,
            ruled_out: self.cause.ruled_out.iter().filter(|out| at(&out.fault)).count(),
        }
    }

    /// Nobody says that the edge was reached where the network did not let us through, or where it is not known who answered.
    fn reached(&self, hop: Hop) -> bool {
        let through = !matches!(self.answered_by(), Hop::Network | Hop::Unknown | Hop::Client);
        hop == Hop::Client || through && (hop == Hop::Network || self.way().contains(&hop))
    }

    fn blame(&self, hop: Hop) -> Blame {
        let blamed = match &self.cause.hop {
            Hops::One(one) => *one == hop,
            Hops::Several(several) => several.contains(&hop),
        };
        match (blamed, self.cause.certainty >= Certainty::Likely) {
            (true, true) => Blame::Culprit,
            (true, false) => Blame::Suspect,
            (false, _) => Blame::None,
        }
    }

    fn legs(&self) -> Vec<Leg> {
        let way = self.way();
        let asked = self.asked();
        let mut legs: Vec<Leg> = way
            .windows(2)
            .enumerate()
            .map(|(n, pair)| leg(pair[0], pair[1], LegKind::Asked, if n == 0 { &asked } else { "passes it on" }))
            .collect();
        legs.extend(self.concluded());
        let last = way.last().copied().unwrap_or(Hop::Client);
        let (kind, answer) = self.answer();
        legs.push(leg(last, Hop::Client, kind, &answer));
        legs
    }

    fn asked(&self) -> String {
        let token = self.exchange.probe.token;
        if token.is_sent() {
            format!("{}, token {token}", self.step.call)
        } else {
            format!("{}, no token", self.step.call)
        }
    }

    /// Where the cause lies: from the outermost hop it may lie at to the innermost.
    fn concluded(&self) -> Option<Leg> {
        let says = match self.cause.certainty {
            Certainty::Certain | Certainty::Likely => self.cause.title.clone(),
            Certainty::Ambiguous => format!("one of {} causes lies here", self.cause.alternatives.len() + 1),
            Certainty::Unknown => "the cause lies here; which it is, is not known".to_owned(),
        };
        let hops = match &self.cause.hop {
            Hops::One(hop) => std::slice::from_ref(hop),
            Hops::Several(hops) => hops,
        };
        let ends = || hops.iter().filter_map(|hop| ends(*hop));
        let (from, to) = (ends().map(|(from, _)| from).min()?, ends().map(|(_, to)| to).max()?);
        Some(leg(from, to, LegKind::Concluded, &says))
    }

    fn answer(&self) -> (LegKind, String) {
        let took = format!("after {:.0} ms", self.exchange.phases.end_ms);
        let result = self.seen.map(|seen| seen.result.to_string());
        let closed = self.exchange.close.as_ref().map(|close| format!("close {}", close.code));
        let status = self.exchange.status().map(|status| status.to_string());
        let error = self.exchange.error.as_ref().map(|error| error.kind.to_string());
        let kind = if status.is_some() { LegKind::Answered } else { LegKind::Lost };
        let nothing = status.is_none().then(|| "no answer".to_owned());
        let parts = [nothing, status, closed, result, error, Some(took)];
        (kind, parts.into_iter().flatten().collect::<Vec<_>>().join(", "))
    }
}

/// The two ends of a hop that is a way between two others; else the hop itself.
const fn ends(hop: Hop) -> Option<(Hop, Hop)> {
    match hop {
        Hop::Unknown => None,
        Hop::Network => Some((Hop::Client, Hop::Edge)),
        Hop::BackendAuth => Some((Hop::Backend, Hop::Auth)),
        hop => Some((hop, hop)),
    }
}

fn leg(from: Hop, to: Hop, kind: LegKind, says: &str) -> Leg {
    Leg { from, to, kind, says: says.to_owned() }
}
