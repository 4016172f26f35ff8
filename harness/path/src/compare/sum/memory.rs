//! Results that the search for a likelihood remembers, by the values of the traits that they depend on.

use rustc_hash::FxHashMap;

use super::setting::{Place as ValuePlace, Setting};
use crate::predict::traits::Trait;

/// Results that differ in the values of traits of the system.
#[derive(Debug, Clone)]
pub(super) struct Results<T>(Vec<Alike<T>>);

/// Results that depend on the same traits, and are summed over the same traits (one bit each).
#[derive(Debug, Clone)]
struct Alike<T> {
    asked: u128,
    summed: u128,
    by_values: FxHashMap<u128, T>,
}

impl<T> Default for Results<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Copy> Results<T> {
    /// Returns the result that holds as the traits are set, and the traits that it depends on.
    pub(super) fn find(&self, setting: &Setting) -> Option<(u128, T)> {
        self.0.iter().filter(|alike| !setting.has_one_of(alike.summed)).find_map(|alike| {
            let found = alike.by_values.get(&setting.packed(alike.asked)?)?;
            Some((alike.asked, *found))
        })
    }

    /// Keeps a result. One that depends on too many traits is not kept: see [`Setting::packed`].
    pub(super) fn keep(&mut self, setting: &Setting, asked: u128, summed: u128, result: T) {
        let Some(values) = setting.packed(asked) else { return };
        let known = self.0.iter().position(|alike| (alike.asked, alike.summed) == (asked, summed));
        let at = known.unwrap_or_else(|| {
            self.0.push(Alike { asked, summed, by_values: FxHashMap::default() });
            self.0.len() - 1
        });
        self.0[at].by_values.insert(values, result);
    }
}

/// Results of one endpoint: a tree. Each place in it is a setting of the endpoint's own traits.
#[derive(Debug, Clone)]
pub(super) struct Memory<T>(Vec<Place<T>>);

/// One setting of an endpoint's own traits.
#[derive(Debug, Clone)]
struct Place<T> {
    /// The places with one more trait set.
    next: Vec<(Trait, ValuePlace, usize)>,
    results: Results<T>,
    depth: usize,
}

/// Settings of more traits than this are not remembered: to find them takes longer than to walk again.
const REMEMBERED: usize = 1;

impl<T> Default for Memory<T> {
    fn default() -> Self {
        Self(vec![Place::at(0)])
    }
}

impl<T> Memory<T> {
    /// Reports whether results are remembered at this place.
    pub(super) fn goes_on_at(&self, place: usize) -> bool {
        self.0[place].depth <= REMEMBERED
    }

    /// Returns the place where this trait is set as well.
    pub(super) fn after(&mut self, place: usize, of: Trait, value: ValuePlace) -> usize {
        let here = &self.0[place];
        let known = here.next.iter().find(|(other, its, _)| *other == of && *its == value);
        if let Some((.., next)) = known {
            return *next;
        }
        let (depth, next) = (here.depth + 1, self.0.len());
        self.0[place].next.push((of, value, next));
        self.0.push(Place::at(depth));
        next
    }

    /// Returns the results at this place.
    pub(super) fn results(&mut self, place: usize) -> &mut Results<T> {
        &mut self.0[place].results
    }
}

impl<T> Place<T> {
    fn at(depth: usize) -> Self {
        Self { next: Vec::new(), results: Results::default(), depth }
    }
}
