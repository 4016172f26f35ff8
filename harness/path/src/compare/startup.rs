//! What a service logs about its own start, compared with a hypothesis.

use crate::path::effect::{Config, Effect};
use crate::path::stop::Stop;
use crate::predict::model::noise;
use crate::predict::world::World;

/// The last thing that a service logged about itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Startup {
    /// It listens.
    Listens,
    /// It lacks this.
    Lacks(Config),
    /// It does not accept a value of its configuration.
    RefusesAValue,
    /// The platform could not give it a secret.
    CannotReadASecret,
    /// It did not reach its store.
    LacksItsStore,
    /// Its code cannot run: a module is missing, or its port is taken.
    CannotRun,
    /// It ended, for a reason that it does not tell.
    Ended,
}

/// What the services logged about themselves, and the edge about its way to the backend.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OwnWords {
    /// The last thing that the backend logged about itself.
    pub of_backend: Option<Startup>,
    /// The last thing that the auth service logged about itself.
    pub of_auth: Option<Startup>,
    /// Whether the edge calls another port than the backend listens on. `None`: not known.
    pub other_port: Option<bool>,
    /// Whether the backend calls the auth service in vain at another address than the target names. `None`: not known.
    pub auth_elsewhere: Option<bool>,
}

/// Returns how likely these words are, as a logarithm.
pub(in crate::compare) fn likelihood(world: &World<'_>, words: &OwnWords) -> f64 {
    let says = |at, store, startup| chance(world, (at, store), startup).ln();
    words.of_backend.map_or(0.0, |startup| says(Stop::Backend, Stop::BackendStore, startup))
        + words.of_auth.map_or(0.0, |startup| says(Stop::Auth, Stop::AuthStore, startup))
        + words.other_port.map_or(0.0, |differs| of_port(world, differs).ln())
        + words.auth_elsewhere.map_or(0.0, |differs| of_auth_address(world, differs).ln())
}

/// Ports also differ where a platform maps one to the other.
fn of_port(world: &World<'_>, differs: bool) -> f64 {
    let noise = noise();
    let misses = [Effect::NoListener, Effect::Misroute].iter().any(|effect| world.ever(Stop::Edge, *effect));
    let chance = if misses { noise.port_missed } else { noise.port_mapped };
    if differs { chance } else { 1.0 - chance }
}

/// A backend without an address may have a default one, which is another.
fn of_auth_address(world: &World<'_>, differs: bool) -> f64 {
    let noise = noise();
    let has = |effects: &[Effect]| effects.iter().any(|one| world.ever(Stop::AuthCall, *one));
    let chance = match () {
        () if has(&[Effect::Misroute]) => noise.address_wrong,
        () if world.lacks(Stop::Backend, Config::AuthAddress) && !differs => noise.address_wrong,
        () if world.lacks(Stop::Backend, Config::AuthAddress) => noise.address_open,
        () if has(&[Effect::NoKeys, Effect::NoListener, Effect::Unknown]) => noise.address_open,
        () => noise.address_mapped,
    };
    if differs { chance } else { 1.0 - chance }
}

fn chance(world: &World<'_>, (at, store): (Stop, Stop), startup: Startup) -> f64 {
    let noise = noise();
    let fails_on = |what| world.fails_to_start(at, Some(what));
    let fails = world.ever(at, Effect::DoesNotStart) || world.ever(at, Effect::ConfigLost);
    let is_told = match startup {
        // The walk knows which hypotheses leave the backend running.
        Startup::Listens if at == Stop::Backend => return 1.0,
        Startup::Listens => return if world.starts_nowhere(at) { noise.started_while_down } else { 1.0 },
        Startup::Lacks(what) => world.lacks(at, what) || fails_on(what),
        Startup::RefusesAValue => fails_on(Config::Value),
        Startup::CannotReadASecret => fails_on(Config::Secret),
        Startup::LacksItsStore => world.is_changed(store),
        Startup::CannotRun | Startup::Ended => world.fails_to_start(at, None),
    };
    let fails = fails || world.is_changed(store) || world.ever(at, Effect::Unknown);
    match startup {
        // It names what it reads first.
        _ if is_told => noise.startup_told / world.values_lost(at).max(1) as f64,
        Startup::Ended if fails => noise.startup_untold,
        _ if fails => noise.startup_hinted,
        _ => noise.startup_misleads,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::path::effect::{Patch, Reach};
    use crate::predict::topology::{Declared, Topology};
    use crate::terms::{Algorithm, Validation};

    fn of(startup: Startup, at: Stop, effect: Effect, of: Option<Config>) -> f64 {
        of_words(&OwnWords { of_backend: Some(startup), ..OwnWords::default() }, at, effect, of)
    }

    fn of_words(words: &OwnWords, at: Stop, effect: Effect, of: Option<Config>) -> f64 {
        let topology = Topology::of(&Declared {
            validation: Validation::Unknown,
            algorithm: Algorithm::Hs256,
            has_key_set: false,
            has_auth_service: true,
            startup_check: None,
            endpoints: Vec::new(),
        });
        let patch = Patch { at: None, effect, reach: Reach::All, of, only: None };
        likelihood(&World::new(&topology, vec![(at, patch)]), words)
    }

    #[test]
    fn an_address_that_differs_points_at_a_wrong_one() {
        let of = |differs, effect| {
            let words = OwnWords { auth_elsewhere: Some(differs), ..OwnWords::default() };
            of_words(&words, Stop::AuthCall, effect, None)
        };
        assert!(of(true, Effect::Misroute) > of(true, Effect::NoListener));
        assert!(of(false, Effect::Misroute) < of(false, Effect::NoListener));
    }

    #[test]
    fn a_missing_value_points_at_the_fault_that_loses_it() {
        let says = Startup::Lacks(Config::CallerSecret);
        let lost = |what| of(says, Stop::Backend, Effect::ConfigLost, Some(what));
        assert!(lost(Config::CallerSecret) > lost(Config::AuthAddress));
        assert!(lost(Config::AuthAddress) > of(says, Stop::Edge, Effect::NoListener, None));
        assert!(of(Startup::Ended, Stop::Backend, Effect::DoesNotStart, None) > lost(Config::Other));
        assert!((of(Startup::Listens, Stop::Edge, Effect::NoListener, None)).abs() < f64::EPSILON);
    }
}
