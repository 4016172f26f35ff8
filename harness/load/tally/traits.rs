//! What the failed calls have in common: traits that distinguish them from the calls that were served.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::load::tally::call::{Call, Names};
use crate::load::tally::fisher::Fisher;
use crate::report::{CallCounts, CommonTrait, TraitCounts};

/// The largest probability of a chance finding that is still reported.
const MOST_BY_CHANCE: f64 = 0.001;
/// The share of all failed calls that must have a trait, so that they have it in common.
const IN_COMMON: f64 = 0.9;
/// How much more often a call with the trait must fail.
const MORE_OFTEN: f64 = 2.0;
/// The share of the best separation from which another trait is reported too.
const NEARLY_AS_GOOD: f64 = 0.9;
/// The most values of one trait that are compared, the most frequent ones.
const VALUES: usize = 1000;
/// The trait whose values are users: its calls are the observations.
const USER: &str = "user";

/// Returns, for each trait and value, how many calls with it and without it failed.
pub(crate) fn counted(calls: &[Call], names: &Names, users: &[String]) -> Vec<TraitCounts> {
    if calls.iter().all(|call| call.is_served) {
        return Vec::new();
    }
    let mut all = Vec::new();
    all.extend(by_value("endpoint", calls, |call| Some(names.text(call.endpoint).to_owned())));
    all.extend(by_value("instance", calls, |call| call.instance.map(|name| names.text(name).to_owned())));
    all.extend(by_value("revision", calls, |call| call.revision.map(|name| names.text(name).to_owned())));
    all.extend(by_value("token-location", calls, |call| Some(names.text(call.token_location).to_owned())));
    all.extend(by_value(USER, calls, |call| users.get(call.user as usize).cloned()));
    all.extend(by_threshold("after-second", calls, |call| call.second));
    all.extend(by_threshold("after-call", calls, |call| call.nth));
    all
}

/// The calls of one user with one value.
type Units = HashMap<u32, (u64, u64)>;

fn by_value(name: &str, calls: &[Call], value: impl Fn(&Call) -> Option<String>) -> Vec<TraitCounts> {
    let mut values: BTreeMap<String, Units> = BTreeMap::new();
    for call in calls {
        if let Some(value) = value(call) {
            let units = values.entry(value).or_default();
            add(units.entry(call.user).or_default(), call);
        }
    }
    if values.len() < 2 {
        return Vec::new();
    }
    let counts: BTreeMap<&String, CallCounts> = values.iter().map(|(value, units)| (value, count(units))).collect();
    let whole = counts.values().fold(CallCounts::default(), |sum, one| plus(sum, *one));
    let mut listed: Vec<_> = counts.into_iter().collect();
    listed.sort_by_key(|(_, counts)| std::cmp::Reverse(counts.failed));
    listed.truncate(VALUES);
    let of = |(value, with): (&String, CallCounts)| TraitCounts {
        name: name.to_owned(),
        value: value.clone(),
        with,
        without: minus(whole, with),
    };
    listed.into_iter().map(of).collect()
}

/// Compares the calls above each of some numbers with those up to it.
fn by_threshold(name: &str, calls: &[Call], number: impl Fn(&Call) -> u32) -> Vec<TraitCounts> {
    let largest = calls.iter().map(&number).max().unwrap_or(0);
    let split = |threshold: u32| {
        let (mut above, mut up_to) = (Units::new(), Units::new());
        for call in calls {
            let units = if number(call) > threshold { &mut above } else { &mut up_to };
            add(units.entry(call.user).or_default(), call);
        }
        let (with, without) = (count(&above), count(&up_to));
        TraitCounts { name: name.to_owned(), value: threshold.to_string(), with, without }
    };
    thresholds(largest).map(split).collect()
}

/// Returns each number up to 30, and then wider apart. The same for each shard, so that their counts can be added.
fn thresholds(largest: u32) -> impl Iterator<Item = u32> {
    let wider = (1..).map(|n| 30 + n * n * 10).take_while(|n| *n < 100_000);
    (0..=30).chain(wider).take_while(move |threshold| *threshold < largest)
}

fn add(unit: &mut (u64, u64), call: &Call) {
    unit.0 += 1;
    unit.1 += u64::from(!call.is_served);
}

fn count(units: &Units) -> CallCounts {
    CallCounts {
        calls: units.values().map(|(calls, _)| calls).sum(),
        failed: units.values().map(|(_, failed)| failed).sum(),
        units: units.len() as u64,
        failed_units: units.values().filter(|(calls, failed)| 2 * failed > *calls).count() as u64,
    }
}

pub(crate) fn plus(one: CallCounts, other: CallCounts) -> CallCounts {
    CallCounts {
        calls: one.calls + other.calls,
        failed: one.failed + other.failed,
        units: one.units + other.units,
        failed_units: one.failed_units + other.failed_units,
    }
}

fn minus(whole: CallCounts, part: CallCounts) -> CallCounts {
    CallCounts {
        calls: whole.calls - part.calls,
        failed: whole.failed - part.failed,
        units: whole.units - part.units,
        failed_units: whole.failed_units - part.failed_units,
    }
}

/// Returns the traits that nearly all failed calls have, the others have not, and chance does not explain. The best first;
/// a trait that separates clearly worse than the best is left out.
pub(crate) fn in_common(all: &[TraitCounts]) -> Vec<CommonTrait> {
    let most = all.iter().map(|one| observations(one, one.with).0 + observations(one, one.without).0).max();
    let fisher = Fisher::up_to(most.unwrap_or(0));
    let tested = all.len() as f64;
    let mut found: Vec<(f64, CommonTrait)> = Vec::new();
    for counts in all.iter().filter(|one| is_shared(one)) {
        let p_value = (by_chance(&fisher, counts) * tested).min(1.0);
        if p_value < MOST_BY_CHANCE {
            found.push((separation(counts), CommonTrait { counts: counts.clone(), says: says(counts), p_value }));
        }
    }
    found.sort_by(|one, other| other.0.total_cmp(&one.0));
    let best = found.first().map_or(0.0, |(separation, _)| *separation);
    let mut told = BTreeSet::new();
    found.retain(|(separation, one)| *separation >= best * NEARLY_AS_GOOD && told.insert(one.counts.name.clone()));
    found.into_iter().map(|(_, one)| one).collect()
}

/// Reports whether nearly all failed calls have the trait, and calls with it fail more often.
fn is_shared(one: &TraitCounts) -> bool {
    let failed = one.with.failed + one.without.failed;
    let rate = |counts: CallCounts| if counts.calls == 0 { 0.0 } else { counts.failed as f64 / counts.calls as f64 };
    one.with.failed as f64 >= IN_COMMON * failed as f64
        && one.without.calls > 0
        && rate(one.with) >= MORE_OFTEN * rate(one.without)
}

/// Returns the independent observations and those that failed. Calls of one user depend on each other, except where the
/// question is about the user.
fn observations(one: &TraitCounts, counts: CallCounts) -> (u64, u64) {
    if one.name == USER { (counts.calls, counts.failed) } else { (counts.units, counts.failed_units) }
}

fn by_chance(fisher: &Fisher, one: &TraitCounts) -> f64 {
    let ((with, failed_with), (without, failed_without)) =
        (observations(one, one.with), observations(one, one.without));
    fisher.at_least(failed_with, with, failed_with + failed_without, with + without)
}

/// Returns how well the trait separates the failed calls from the others: the phi coefficient, from 0 to 1.
fn separation(one: &TraitCounts) -> f64 {
    let number = |count: u64| count as f64;
    let (a, b) = (number(one.with.failed), number(one.with.calls - one.with.failed));
    let (c, d) = (number(one.without.failed), number(one.without.calls - one.without.failed));
    let product = (a + b) * (c + d) * (a + c) * (b + d);
    if product <= 0.0 { 0.0 } else { (a * d - b * c) / product.sqrt() }
}

fn says(one: &TraitCounts) -> String {
    let failed = one.with.failed + one.without.failed;
    let value = &one.value;
    let (of_them, others) = match one.name.as_str() {
        "after-second" => (format!("were due after second {value} of the run"), "calls until then"),
        "after-call" => (format!("came after call {value} of their user"), "earlier calls"),
        "user" => (format!("were calls of the user {value}"), "calls of other users"),
        "endpoint" => (format!("called {value}"), "calls of other endpoints"),
        "token-location" => (format!("carried their token in: {value}"), "other calls"),
        name => (format!("were answered by the {name} {value}"), "calls that others answered"),
    };
    format!(
        "{} of {failed} failed calls {of_them}; {} of {} calls there failed, and {} of {} {others}",
        one.with.failed, one.with.failed, one.with.calls, one.without.failed, one.without.calls
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::tally::call::Names;

    /// Returns so many calls of each of 30 users, on three instances in turn.
    fn calls(each: u32, names: &mut Names, failed: impl Fn(u32, u32, u32) -> bool) -> Vec<Call> {
        let mut name = |text: &str| names.name(text).expect("few names");
        let (endpoint, token_location) = (name("backend.a"), name("header"));
        let instances = ["a", "b", "c"].map(name);
        let call = |user: u32, nth: u32| {
            let place = (user + nth) % 3;
            Call {
                user,
                step: 0,
                nth,
                second: user / 3 + nth,
                is_served: !failed(user, nth, place),
                endpoint,
                token_location,
                instance: Some(instances[place as usize]),
                revision: None,
            }
        };
        (0..30).flat_map(|user| (1..=each).map(move |nth| (user, nth))).map(|(user, nth)| call(user, nth)).collect()
    }

    fn found(failed: impl Fn(u32, u32, u32) -> bool) -> Vec<CommonTrait> {
        let mut names = Names::default();
        let calls = calls(12, &mut names, failed);
        let users: Vec<String> = (0..30).map(|user| format!("u{user}")).collect();
        in_common(&counted(&calls, &names, &users))
    }

    #[test]
    fn a_bad_instance_is_named_with_numbers() {
        let found = found(|_, _, place| place == 1);
        let [one] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!((one.counts.name.as_str(), one.counts.value.as_str()), ("instance", "b"));
        assert_eq!(
            one.says,
            "120 of 120 failed calls were answered by the instance b; 120 of 120 calls there failed, and 0 of 240 calls that others answered"
        );
        assert!(one.p_value < 1e-12, "{}", one.p_value);
    }

    #[test]
    fn a_limit_of_each_user_shows_in_the_number_of_calls() {
        let found = found(|_, nth, _| nth > 5);
        let [one] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!((one.counts.name.as_str(), one.counts.value.as_str()), ("after-call", "5"));
    }

    #[test]
    fn one_failing_user_is_named() {
        let found = found(|user, _, _| user == 7);
        let [one] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!((one.counts.name.as_str(), one.counts.value.as_str()), ("user", "u7"));
    }

    #[test]
    fn a_time_is_named() {
        let found = found(|user, nth, _| user / 3 + nth > 12);
        assert_eq!(found.first().map(|one| one.counts.name.as_str()), Some("after-second"), "{found:?}");
    }

    #[test]
    fn failures_by_chance_have_nothing_in_common() {
        // A fixed sequence without a pattern in user, number or instance.
        let odd = |user: u32, nth: u32, _| {
            (user.wrapping_mul(2_654_435_761) ^ nth.wrapping_mul(40_503)).rotate_left(7).is_multiple_of(11)
        };
        assert_eq!(found(odd), []);
        assert_eq!(found(|user, nth, _| user == 3 && nth == 4), [], "one failure proves nothing");
    }
}
