//! Which readings of a run count, and how much.

use std::collections::BTreeSet;

use fivewhys_path::{Ended, Reading, Request};

use super::late::mark_late;
use crate::terms::Service;

/// Removes readings that say nothing, and marks those that say little.
pub(super) fn select(all: &mut Vec<Reading>) {
    drop_lost_attempts(all);
    drop_what_ended_early(all);
    drop_what_asks_less(all);
    mark_accident(all);
    mark_products(all);
    mark_late(all);
}

/// Removes attempts that got no connection while others of the same request got an answer.
fn drop_lost_attempts(all: &mut Vec<Reading>) {
    let is_lost = |one: &Reading| matches!(one.result, Ended::Refused | Ended::Reset);
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
fn mark_products(all: &mut [Reading]) {
    let is_plain =
        |one: &Reading| one.request.to == Service::Backend && !one.request.past_edge && !one.request.is_socket();
    let usual: BTreeSet<String> = all
        .iter()
        .filter(|one| is_plain(one) && one.result.is_success())
        .filter_map(|one| one.seen.product.clone())
        .collect();
    let headers = usual_headers(all.iter().filter(|one| is_plain(one) && one.result.is_success()));
    for one in all.iter_mut().filter(|one| is_plain(one) && !one.result.is_success()) {
        let product = one.seen.product.as_deref().filter(|_| !usual.is_empty());
        // Many components name no product.
        let product = product.filter(|product| !(product.is_empty() && usual.contains(*product)));
        // A server refuses what it cannot take before a framework adds its name.
        let is_part = |product: &str| usual.iter().any(|whole| whole != product && whole.contains(product));
        let product = product.filter(|product| one.result != Ended::InvalidRequest || !is_part(product));
        // Where a success names proxies only, their own pages do so too.
        let product = product.filter(|product| !usual.contains(*product) || !names_proxies_only(product));
        one.usual_product = product.map(|product| usual.contains(product));
        let is_other =
            || headers.is_some() && one.seen.connection_headers.is_some() && one.seen.connection_headers != headers;
        if one.usual_product.is_none() && is_other() {
            one.usual_product = Some(false);
        }
    }
}

/// The fewest successes that show which headers of the connection are usual.
const ENOUGH: usize = 3;

/// Returns the headers of the connection that every success has, if there are enough.
fn usual_headers<'r>(successes: impl Iterator<Item = &'r Reading>) -> Option<String> {
    let seen: Vec<&String> = successes.filter_map(|one| one.seen.connection_headers.as_ref()).collect();
    let first = *seen.first()?;
    (seen.len() >= ENOUGH && seen.iter().all(|one| *one == first)).then(|| first.clone())
}

/// How the `Server` headers of products begin, in lower case, that serve no application themselves. Many put their name on each
/// response that they pass on.
const PROXIES: [&str; 13] = [
    "akamaighost",
    "ats",
    "awselb",
    "cloudflare",
    "envoy",
    "google frontend",
    "h2o",
    "haproxy",
    "istio-envoy",
    "kong",
    "squid",
    "traefik",
    "varnish",
];

fn names_proxies_only(products: &str) -> bool {
    let is_proxy = |one: &str| PROXIES.iter().any(|proxy| one.to_ascii_lowercase().starts_with(proxy));
    !products.is_empty() && products.split(", ").all(is_proxy)
}

/// Removes streams that we left in good order before the moment at which others of their endpoint broke: they might have
/// broken as well.
fn drop_what_ended_early(all: &mut Vec<Reading>) {
    let broke: Vec<(usize, u64)> = all
        .iter()
        .filter(|one| one.result == Ended::BrokenStream)
        .filter_map(|one| Some((one.request.endpoint, one.seen.lasted_ms?)))
        .collect();
    all.retain(|one| {
        let before = |(endpoint, ms): &(usize, u64)| {
            *endpoint == one.request.endpoint && one.seen.lasted_ms.is_some_and(|lasted| lasted < *ms)
        };
        !(one.result.is_success() && broke.iter().any(before))
    });
}

/// Removes successes of an endpoint that also answered without its content: they asked for less than the step that
/// failed.
fn drop_what_asks_less(all: &mut Vec<Reading>) {
    let of_hollow = all.iter().filter(|one| one.result == Ended::Hollow);
    let hollow: BTreeSet<usize> = of_hollow.map(|one| one.request.endpoint).collect();
    all.retain(|one| !(one.result.is_success() && hollow.contains(&one.request.endpoint)));
}

/// A call that failed once and otherwise works may be an accident. Several are a fault that comes and goes.
fn mark_accident(all: &mut [Reading]) {
    let other_result =
        |one: &Reading| all.iter().any(|other| other.request == one.request && other.result != one.result);
    let odd = |one: &Reading| !one.result.is_success() && one.exchanges.len() == 1 && other_result(one);
    let at: Vec<usize> = (0..all.len()).filter(|at| odd(&all[*at])).collect();
    if let [only] = at.as_slice() {
        all[*only].firm = false;
    }
}

#[cfg(test)]
mod tests {
    use fivewhys_path::{Ended, Reading};
    use rstest::rstest;

    use crate::diagnose::belief::evidence::{Records, evidence};
    use crate::fixtures::{endpoint, exchange, staging};
    use crate::observe::{Observation, Outcome, observe};
    use crate::terms::TokenKind::Valid;

    const PLAIN: &str = "backend.chat-messages";
    const OTHER: &str = "backend.threads";
    const STREAM: &str = "backend.chat-stream";
    const SOCKET: &str = "backend.websocket";
    const AUTH: &str = "auth.verify";

    fn seen(on: &str, result: Outcome) -> Observation {
        let seen = observe(&exchange(on, Valid).answered(500, "application/json", "{}"), &endpoint(on), "");
        Observation { result, product: None, ..seen.expect("an observation") }
    }

    fn lasting(on: &str, result: Outcome, ms: u64) -> Observation {
        Observation { lasted_ms: Some(ms), ..seen(on, result) }
    }

    fn of_product(on: &str, result: Outcome, product: &str) -> Observation {
        Observation { product: Some(product.to_owned()), ..seen(on, result) }
    }

    /// Selects among these observations, and returns what `of` says about each reading.
    fn selected<T>(all: Vec<Observation>, of: impl Fn(&Reading) -> T) -> Vec<T> {
        let numbered: Vec<Observation> =
            (1..).zip(all).map(|(exchange, seen)| Observation { exchange, ..seen }).collect();
        let kept: Vec<&Observation> = numbered.iter().collect();
        let evidence = evidence(&kept, &staging(), "primary", &|_| true, &Records::default());
        evidence.endpoints.iter().flatten().map(of).collect()
    }

    #[rstest]
    #[case::left_before(lasting(STREAM, Outcome::Ok, 4999), false)]
    #[case::lasted_as_long(lasting(STREAM, Outcome::Ok, 5000), true)]
    #[case::of_another_endpoint(lasting(SOCKET, Outcome::Ok, 1000), true)]
    #[case::failed_before(lasting(STREAM, Outcome::Denied, 1000), true)]
    #[case::no_stream(seen(STREAM, Outcome::Ok), true)]
    fn a_stream_left_before_another_broke_does_not_count(#[case] other: Observation, #[case] counts: bool) {
        let result = Ended::from(other.result);
        let left = selected(vec![lasting(STREAM, Outcome::BrokenStream, 5000), other], |one| one.result);
        assert_eq!(left.contains(&result), counts, "{left:?}");
        assert!(left.contains(&Ended::BrokenStream));
    }

    #[rstest]
    #[case::one_outlived_the_break(&[900, 6000], &[5000], 1)]
    #[case::all_ended_before_the_second_break(&[3000], &[1000, 5000], 0)]
    #[case::all_outlived_it(&[6000, 7000], &[5000], 1)]
    fn each_stream_is_compared_with_each_break(#[case] ok: &[u64], #[case] broken: &[u64], #[case] readings: usize) {
        let streams = |all: &[u64], result: Outcome| -> Vec<Observation> {
            all.iter().map(|ms| lasting(STREAM, result, *ms)).collect()
        };
        let all = [streams(ok, Outcome::Ok), streams(broken, Outcome::BrokenStream)].concat();
        let left = selected(all, |one| one.result);
        assert_eq!(left.iter().filter(|result| **result == Ended::Ok).count(), readings, "{left:?}");
    }

    #[rstest]
    #[case::a_part("nginx", Outcome::InvalidRequest, None)]
    #[case::another("lighttpd", Outcome::InvalidRequest, Some(false))]
    #[case::a_part_of_another_failure("nginx", Outcome::Failed, Some(false))]
    fn a_server_may_refuse_a_request_before_its_framework(
        #[case] product: &str,
        #[case] result: Outcome,
        #[case] is_usual: Option<bool>,
    ) {
        let all = vec![of_product(PLAIN, Outcome::Ok, "nginx, Express"), of_product(OTHER, result, product)];
        let usual = selected(all, |one| (one.result.is_success(), one.usual_product));
        assert!(usual.contains(&(false, is_usual)), "{usual:?}");
    }

    #[test]
    fn every_product_of_the_successes_is_usual() {
        let ok = |product: &str| of_product(PLAIN, Outcome::Ok, product);
        let all = vec![ok("a"), ok("b"), of_product(OTHER, Outcome::Failed, "b")];
        let usual = selected(all, |one| one.usual_product);
        assert!(usual.contains(&Some(true)), "{usual:?}");
    }

    #[rstest]
    #[case::of_the_same_endpoint(seen(STREAM, Outcome::Ok), false)]
    #[case::of_another_endpoint(seen(SOCKET, Outcome::Ok), true)]
    #[case::a_refusal(seen(STREAM, Outcome::Denied), true)]
    fn a_success_that_asked_for_less_content_does_not_count(#[case] other: Observation, #[case] counts: bool) {
        let result = Ended::from(other.result);
        let left = selected(vec![seen(STREAM, Outcome::Hollow), other], |one| one.result);
        assert_eq!(left.contains(&result), counts, "{left:?}");
    }

    #[test]
    fn streams_count_where_none_broke() {
        let all = vec![lasting(STREAM, Outcome::Ok, 1000), lasting(SOCKET, Outcome::Ok, 2000)];
        assert_eq!(selected(all, |one| one.seen.exchange).len(), 2);
    }

    fn with_headers(on: &str, result: Outcome, headers: &str) -> Observation {
        Observation { connection_headers: Some(headers.to_owned()), ..seen(on, result) }
    }

    #[rstest]
    #[case::as_usual("date", 3, None)]
    #[case::without_a_date("", 3, Some(false))]
    #[case::with_one_more("date, keep-alive", 3, Some(false))]
    #[case::too_few_successes("", 2, None)]
    fn other_headers_of_the_connection_point_at_another_component(
        #[case] headers: &str,
        #[case] successes: usize,
        #[case] usual: Option<bool>,
    ) {
        let on = [PLAIN, "backend.chat-message", "backend.chat-messages-post"];
        let mut all: Vec<Observation> =
            on.iter().take(successes).map(|on| with_headers(on, Outcome::Ok, "date")).collect();
        all.push(with_headers(OTHER, Outcome::Failed, headers));
        let of_failures = selected(all, |one| (one.result.is_success(), one.usual_product));
        let [(_, failed)] = of_failures.iter().filter(|(works, _)| !works).collect::<Vec<_>>()[..] else {
            panic!("one failure: {of_failures:?}")
        };
        assert_eq!(*failed, usual);
    }

    #[rstest]
    #[case::the_same(
        of_product(PLAIN, Outcome::Ok, "uvicorn"),
        of_product(OTHER, Outcome::Failed, "uvicorn"),
        Some(true)
    )]
    #[case::another(
        of_product(PLAIN, Outcome::Ok, "uvicorn"),
        of_product(OTHER, Outcome::Failed, "nginx"),
        Some(false)
    )]
    #[case::unnamed_success(
        of_product(PLAIN, Outcome::Ok, ""),
        of_product(OTHER, Outcome::Failed, "nginx"),
        Some(false)
    )]
    #[case::a_proxy_in_every_response(
        of_product(PLAIN, Outcome::Ok, "ATS/9.2.9"),
        of_product(OTHER, Outcome::Failed, "ATS/9.2.9"),
        None
    )]
    #[case::a_server_that_may_be_the_backend(
        of_product(PLAIN, Outcome::Ok, "Apache/2.4"),
        of_product(OTHER, Outcome::Failed, "Apache/2.4"),
        Some(true)
    )]
    #[case::neither_names_one(of_product(PLAIN, Outcome::Ok, ""), of_product(OTHER, Outcome::Failed, ""), None)]
    #[case::no_product_known(seen(PLAIN, Outcome::Ok), of_product(OTHER, Outcome::Failed, "nginx"), None)]
    #[case::success_of_auth(of_product(AUTH, Outcome::Ok, "nginx"), of_product(OTHER, Outcome::Failed, "nginx"), None)]
    #[case::success_of_a_socket(of_product(SOCKET, Outcome::Ok, "a"), of_product(OTHER, Outcome::Failed, "a"), None)]
    #[case::failure_of_a_socket(of_product(PLAIN, Outcome::Ok, "a"), of_product(SOCKET, Outcome::Failed, "b"), None)]
    #[case::failure_of_auth(of_product(PLAIN, Outcome::Ok, "a"), of_product(AUTH, Outcome::Failed, "b"), None)]
    fn a_product_is_compared_with_the_successes_of_the_backend(
        #[case] success: Observation,
        #[case] failure: Observation,
        #[case] is_usual: Option<bool>,
    ) {
        let usual = selected(vec![success, failure], |one| (one.result, one.usual_product));
        assert!(usual.contains(&(Ended::Failed, is_usual)), "{usual:?}");
        assert!(usual.contains(&(Ended::Ok, None)), "a success is not compared: {usual:?}");
    }

    #[rstest]
    #[case::one_among_successes(&[(PLAIN, 3)], &[(PLAIN, 1)], false)]
    #[case::two_among_successes(&[(PLAIN, 3)], &[(PLAIN, 2)], true)]
    #[case::one_alone(&[(OTHER, 3)], &[(PLAIN, 1)], true)]
    #[case::one_at_each_of_two(&[(PLAIN, 3), (OTHER, 3)], &[(PLAIN, 1), (OTHER, 1)], true)]
    fn one_odd_failure_among_successes_is_not_firm(
        #[case] served: &[(&str, usize)],
        #[case] failed: &[(&str, usize)],
        #[case] firm: bool,
    ) {
        let times = |calls: &[(&str, usize)], result: Outcome| -> Vec<Observation> {
            calls.iter().flat_map(|(on, count)| vec![seen(on, result); *count]).collect()
        };
        let all = [times(served, Outcome::Ok), times(failed, Outcome::Failed)].concat();
        let marks = selected(all, |one| (one.result, one.firm));
        let of = |result: Ended| marks.iter().filter(move |(seen, _)| *seen == result).map(|(_, firm)| *firm);
        assert!(of(Ended::Failed).all(|one| one == firm), "{marks:?}");
        assert!(of(Ended::Ok).all(|one| one), "a success is always firm: {marks:?}");
    }
}
