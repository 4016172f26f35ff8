//! The hypotheses: nothing wrong, each single fault, and an unknown fault at each stop.

use fivewhys_path::{Effect, Patch, Reach, Stop, noise};

use crate::config::Target;
use crate::diagnose::model::catalogue::Catalogue;
use crate::diagnose::model::fault::Fault;

/// What may be wrong.
#[derive(Debug, Clone, Copy)]
pub(in crate::diagnose) enum Hypothesis<'c> {
    /// Nothing: the failures are accidents.
    Healthy,
    /// A fault of the catalogue.
    Fault(&'c Fault),
    /// A fault of the catalogue that comes and goes.
    AtTimes(&'c Fault),
    /// A fault that the catalogue lacks, at this stop. It is there for good, or it comes and goes.
    Unknown(Stop, Reach),
}

/// The stops at which an unknown fault may lie.
const STOPS: [Stop; 7] =
    [Stop::Client, Stop::Network, Stop::Edge, Stop::Backend, Stop::AuthCall, Stop::Auth, Stop::BackendStore];

/// An effect that the vocabulary has no word for.
const UNKNOWN: Patch = Patch { at: None, effect: Effect::Unknown, reach: Reach::All, of: None, only: None };

impl<'c> Hypothesis<'c> {
    /// Returns the single hypotheses that may be so in a system: no fault lies at a hop that it does not have.
    pub(super) fn possible(catalogue: &'c Catalogue, target: &Target) -> Vec<Self> {
        let may_be = |one: &Self| match one {
            Self::Healthy => true,
            Self::Fault(fault) | Self::AtTimes(fault) => {
                fault.is_possible_in(target) && (target.has_auth_service() || !one.is_at_the_auth_service())
            }
            Self::Unknown(stop, _) => target.has_hop(stop.hop()),
        };
        Self::all(catalogue).filter(may_be).collect()
    }

    /// Reports whether it changes nothing but the auth service, its store and the calls to it.
    fn is_at_the_auth_service(self) -> bool {
        let patches = self.patches();
        let of_auth = |(stop, _): &(Stop, Patch)| matches!(stop, Stop::Auth | Stop::AuthCall | Stop::AuthStore);
        !patches.is_empty() && patches.iter().all(of_auth)
    }

    /// Returns every single hypothesis.
    pub(super) fn all(catalogue: &'c Catalogue) -> impl Iterator<Item = Self> {
        let at_times = catalogue.faults().iter().filter(|fault| fault.at_times).map(Self::AtTimes);
        let faults = catalogue.faults().iter().map(Self::Fault).chain(at_times);
        let unknown =
            STOPS.into_iter().flat_map(|stop| [Reach::All, Reach::Share].map(|reach| Self::Unknown(stop, reach)));
        std::iter::once(Self::Healthy).chain(faults).chain(unknown)
    }

    /// Returns what is changed, and where.
    pub(super) fn patches(self) -> Vec<(Stop, Patch)> {
        match self {
            Self::Healthy => Vec::new(),
            Self::Unknown(stop, reach) => vec![(stop, Patch { reach, ..UNKNOWN })],
            Self::AtTimes(fault) => Self::Fault(fault).patches().into_iter().map(at_times).collect(),
            Self::Fault(fault) => {
                let own = Stop::of(fault.hop());
                let placed = |patch: &Patch| (patch.at.unwrap_or(own), Patch { only: fault.reached(), ..*patch });
                // An entry that does not say what it does may do anything.
                let anything = [UNKNOWN];
                let does = if fault.does.is_empty() { &anything[..] } else { &fault.does };
                does.iter().map(placed).collect()
            }
        }
    }

    /// Reports whether it comes and goes, although its effect may also stay.
    pub(super) const fn is_at_times(&self) -> bool {
        matches!(self, Self::AtTimes(_) | Self::Unknown(_, Reach::Share))
    }

    /// Returns how common it is, in the unit of a fault's prior.
    pub(super) fn prior(self) -> f64 {
        match self {
            Self::Healthy => noise().healthy_prior,
            Self::Unknown(_, Reach::Share) => noise().unknown_prior * noise().unknown_at_times,
            Self::Unknown(..) => noise().unknown_prior,
            Self::Fault(fault) => fault.prior.weight(),
            Self::AtTimes(fault) => fault.prior.weight() * noise().at_times,
        }
    }
}

/// Returns the change that hits a share of the requests that it hits otherwise.
const fn at_times((stop, patch): (Stop, Patch)) -> (Stop, Patch) {
    let reach = match patch.reach {
        Reach::All | Reach::Paths => Reach::Share,
        Reach::Some => Reach::ShareOfSome,
        other => other,
    };
    (stop, Patch { reach, ..patch })
}

/// What some hypotheses change. Those that change the same things have the same likelihood.
pub(super) struct Changes {
    /// All sets of changes, each once.
    pub(super) sets: Vec<Vec<(Stop, Patch)>>,
    /// The place of each hypothesis's set.
    pub(super) of: Vec<usize>,
}

impl Changes {
    pub(super) fn of<'c>(hypotheses: impl Iterator<Item = Hypothesis<'c>>) -> Self {
        let mut sets: Vec<Vec<(Stop, Patch)>> = Vec::new();
        let place = |hypothesis: Hypothesis<'c>| {
            let patches = hypothesis.patches();
            sets.iter().position(|known| *known == patches).unwrap_or_else(|| {
                sets.push(patches);
                sets.len() - 1
            })
        };
        let of = hypotheses.map(place).collect();
        Self { sets, of }
    }
}

#[cfg(test)]
impl Hypothesis<'_> {
    /// Returns the fault's id, or `unknown@HOP`.
    pub(super) fn id(self) -> String {
        match self {
            Self::Healthy => "healthy".to_owned(),
            Self::Unknown(stop, Reach::Share) => format!("unknown@{} at times", stop.hop()),
            Self::Unknown(stop, _) => format!("unknown@{}", stop.hop()),
            Self::Fault(fault) => fault.id.clone(),
            Self::AtTimes(fault) => format!("{} at times", fault.id),
        }
    }
}
