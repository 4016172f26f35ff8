//! Which readings of a run count, and how much.

use std::collections::BTreeSet;

use super::evidence::Reading;
use crate::diagnose::predict::ending::Result;
use crate::diagnose::predict::request::Request;
use crate::terms::Service;

/// Removes readings that say nothing, and marks those that say little.
pub(super) fn select(all: &mut Vec<Reading<'_>>) {
    drop_lost_attempts(all);
    drop_what_ended_early(all);
    mark_accident(all);
    mark_products(all);
}

/// Removes attempts that got no connection while others of the same request got an answer.
fn drop_lost_attempts(all: &mut Vec<Reading<'_>>) {
    let is_lost = |one: &Reading<'_>| matches!(one.result, Result::Refused | Result::Reset);
    let count = |request: &Request, lost: bool| -> usize {
        all.iter().filter(|one| one.request == *request && is_lost(one) == lost).map(|one| one.exchanges.len()).sum()
    };
    let kept: Vec<bool> =
        all.iter().map(|one| !is_lost(one) || count(&one.request, false) < count(&one.request, true).max(1)).collect();
    let mut kept = kept.into_iter();
    all.retain(|_| kept.next().unwrap_or(true));
}

/// Compares the products that the responses of the backend name with those of its successes. Upgrades are left out:
/// other code answers them.
fn mark_products(all: &mut [Reading<'_>]) {
    let is_plain =
        |one: &Reading<'_>| one.request.to == Service::Backend && !one.request.past_edge && !one.request.is_socket();
    let usual: BTreeSet<&str> = all
        .iter()
        .filter(|one| is_plain(one) && one.result.is_success())
        .filter_map(|one| one.seen.product.as_deref())
        .collect();
    for one in all.iter_mut().filter(|one| is_plain(one) && !one.result.is_success()) {
        let product = one.seen.product.as_deref();
        one.usual_product = product.filter(|_| !usual.is_empty()).map(|product| usual.contains(product));
    }
}

/// Removes streams that we left in good order before the moment at which others of their endpoint broke: they might have
/// broken as well.
fn drop_what_ended_early(all: &mut Vec<Reading<'_>>) {
    let broke: Vec<(usize, u64)> = all
        .iter()
        .filter(|one| one.result == Result::BrokenStream)
        .filter_map(|one| Some((one.request.endpoint, one.seen.lasted_ms?)))
        .collect();
    all.retain(|one| {
        let before = |(endpoint, ms): &(usize, u64)| {
            *endpoint == one.request.endpoint && one.seen.lasted_ms.is_some_and(|lasted| lasted < *ms)
        };
        !(one.result.is_success() && broke.iter().any(before))
    });
}

/// A call that failed once and otherwise works may be an accident. Several are a fault that comes and goes.
fn mark_accident(all: &mut [Reading<'_>]) {
    let other_result =
        |one: &Reading<'_>| all.iter().any(|other| other.request == one.request && other.result != one.result);
    let odd = |one: &Reading<'_>| !one.result.is_success() && one.exchanges.len() == 1 && other_result(one);
    let at: Vec<usize> = (0..all.len()).filter(|at| odd(&all[*at])).collect();
    if let [only] = at.as_slice() {
        all[*only].firm = false;
    }
}
