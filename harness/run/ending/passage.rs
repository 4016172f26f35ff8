//! The path of one failing request, for each cause: how far the request came, which hop answered, and where the cause
//! is.

use crate::config::Target;
use crate::diagnose::{Cause, Certainty, Hops, Proof};
use crate::observe::Observation;
use crate::probe::Exchange;
use crate::report::{Blame, HopMark, Leg, LegKind, Passage, ProbeReport, ScenarioReport, StepOutcome, StepReport};
use crate::terms::{Hop, Service};

/// From the client inwards.
const HOPS: [Hop; 8] =
    [Hop::Client, Hop::Network, Hop::Edge, Hop::Backend, Hop::BackendAuth, Hop::Auth, Hop::Data, Hop::Agents];

/// Returns one passage per cause, in the order of the causes. A cause whose steps have no exchange has none.
pub(crate) fn passages(
    target: &Target,
    causes: &[Cause],
    scenarios: &[ScenarioReport],
    probes: &[ProbeReport],
) -> Vec<Passage> {
    let one = |(n, cause)| {
        let mut passage = Failing::of(cause, target, scenarios, probes)?.passage(n);
        passage.hops.retain(|mark| target.has_hop(mark.hop));
        Some(passage)
    };
    causes.iter().enumerate().filter_map(one).collect()
}

/// The request that illustrates a cause.
struct Failing<'a> {
    cause: &'a Cause,
    name: String,
    step: &'a StepReport,
    exchange: &'a Exchange,
    seen: Option<&'a Observation>,
    service: Service,
}

impl<'a> Failing<'a> {
    /// Returns the failed step that the first why cites, or else the first step that the cause explains.
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

    /// Returns the hops that the request passed, the client first.
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

    /// Reports whether the request reached the hop. If the network failed, or the hop that answered is unknown, only
    /// the client is certain.
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
        let inner = self.inner_call();
        if inner.is_some() {
            legs.push(leg(Hop::Backend, Hop::Auth, LegKind::Asked, "asks about the token"));
        }
        legs.extend(self.concluded());
        legs.extend(inner);
        let last = way.last().copied().unwrap_or(Hop::Client);
        let (kind, answer) = self.answer();
        legs.push(leg(last, Hop::Client, kind, &answer));
        legs
    }

    /// Returns how the backend's own call to the auth service ended, if the evidence shows it.
    fn inner_call(&self) -> Option<Leg> {
        if !self.way().contains(&Hop::Backend) {
            return None;
        }
        let proofs = self.cause.whys.iter().flat_map(|why| &why.evidence);
        proofs.filter_map(|proof| Some(leg(Hop::Auth, Hop::Backend, end_of_call(proof)?, &proof.says))).next()
    }

    fn asked(&self) -> String {
        let token = self.exchange.probe.token;
        if token.is_sent() {
            format!("{}, token {token}", self.step.call)
        } else {
            format!("{}, no token", self.step.call)
        }
    }

    /// Returns where the cause is: from the outermost possible hop to the innermost.
    fn concluded(&self) -> Option<Leg> {
        let says = match self.cause.certainty {
            Certainty::Certain | Certainty::Likely => self.cause.title.clone(),
            Certainty::Ambiguous => format!("one of {} possible causes is here", self.cause.alternatives.len() + 1),
            Certainty::Unknown => "an unknown cause is here".to_owned(),
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
        let status = self.exchange.shown_status();
        let error = self.exchange.error.as_ref().map(|error| error.kind.to_string());
        let kind = if status.is_some() { LegKind::Answered } else { LegKind::Lost };
        let nothing = status.is_none().then(|| "no response".to_owned());
        let parts = [nothing, status, closed, result, error, Some(took)];
        let said = self.seen.and_then(|seen| seen.says.as_ref()).map(|says| format!(": “{}”", short(says)));
        (kind, parts.into_iter().flatten().collect::<Vec<_>>().join(", ") + &said.unwrap_or_default())
    }
}

/// Returns how the backend's call to the auth service ended, if a proof states that.
fn end_of_call(proof: &Proof) -> Option<LegKind> {
    match (proof.fact?, proof.value?) {
        ("backend-call", "refused" | "answered" | "missing" | "throttled" | "unfit" | "failed")
        | ("told-of-call", "ok" | "refused" | "missing" | "failed") => Some(LegKind::Answered),
        ("told-of-call", "unanswered" | "timed-out") | ("unheard-call", "unanswered" | "answered-elsewhere") => {
            Some(LegKind::Lost)
        }
        _ => None,
    }
}

/// Characters of the response that a drawing quotes.
const QUOTED: usize = 120;

fn short(says: &str) -> String {
    let quoted: String = says.chars().take(QUOTED).collect();
    if quoted.len() < says.len() { quoted + "…" } else { quoted }
}

/// Returns the two ends of a hop that connects two others, or the hop itself as both ends.
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
