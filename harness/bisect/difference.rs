//! The changes between two manifests of one service.

use super::attribution::Attribution;
use super::change::{Change, Kind};
use crate::evidence::{Declaration, EnvValue, Manifest, NEWEST};
use crate::preflight::{Check, Review, Subject, changed, origin};

/// Returns every change of a service.
pub(super) fn changes(
    review: &Review<'_>,
    subject: &Subject,
    before: &Declaration,
    attribution: &Attribution,
) -> Vec<Change> {
    let environment = environment(review, subject, before);
    let sources = sources(subject, &before.manifest);
    let platform = platform(subject, before);
    let states = states(subject, &before.manifest, attribution);
    let replaced = attribution.says(&subject.service, Check::EnvironmentReplaced).map(|_| {
        let lost = environment.iter().filter(|change| change.kind == Kind::Lost);
        let variables: Vec<String> = lost.flat_map(|change| change.variables.clone()).collect();
        let detail = Some(format!("{} of {} variables are gone", variables.len(), before.manifest.env.len()));
        let change = Change::new(&subject.service, Kind::Environment, "the whole environment was replaced".to_owned());
        Change { variables, detail, ..change }
    });
    replaced.into_iter().chain(environment).chain(sources).chain(platform).chain(states).collect()
}

/// Returns the variables that were lost, changed or added.
fn environment(review: &Review<'_>, subject: &Subject, before: &Declaration) -> Vec<Change> {
    let service = &subject.service;
    let (now, then) = (&subject.declaration.manifest, &before.manifest);
    let new_sources: Vec<&str> = new_of(&now.env_from, &then.env_from).collect();
    let lost = then.env.iter().filter(|(name, _)| !now.env.contains_key(*name)).map(|(name, value)| {
        let may = (!new_sources.is_empty()).then(|| format!("; it may come from {} now", new_sources.join(" and ")));
        let detail = format!("{} before{}", state(value), may.unwrap_or_default());
        Change::of_variable(service, Kind::Lost, name, "was lost", detail)
    });
    let kept = now.env.iter().filter_map(|(name, value)| {
        let Some(old) = then.env.get(name) else {
            return Some(Change::of_variable(service, Kind::Added, name, "was added", state(value)));
        };
        let detail = changed(review, (&subject.declaration, value), (before, old), name)?;
        Some(Change::of_variable(service, Kind::Changed, name, "was changed", detail))
    });
    lost.chain(kept).collect()
}

fn state(value: &EnvValue) -> String {
    if value.is_empty() { "blank".to_owned() } else { origin(value) }
}

/// Returns the whole Secrets, ConfigMaps and env files that are new or gone.
fn sources(subject: &Subject, before: &Manifest) -> Vec<Change> {
    let (now, then) = (&subject.declaration.manifest.env_from, &before.env_from);
    let change = |source: &str, what: &str| {
        let says = format!("variables {what} come from {source}");
        Change::new(&subject.service, Kind::Source, says)
    };
    let gone = new_of(then, now).map(|source| change(source, "no longer"));
    gone.chain(new_of(now, then).map(|source| change(source, "now"))).collect()
}

fn new_of<'a>(all: &'a [String], known: &'a [String]) -> impl Iterator<Item = &'a str> {
    all.iter().filter(|one| !known.contains(one)).map(String::as_str)
}

/// Returns the changes of image, ports and ingress. What only one of the manifests holds is not compared.
fn platform(subject: &Subject, before: &Declaration) -> Vec<Change> {
    let now = &subject.declaration;
    let both = [
        (Kind::Image, "the image", before.image.clone().zip(now.image.clone())),
        (Kind::Port, "the port", ports(before).zip(ports(now))),
        (Kind::Ingress, "the ingress", before.manifest.ingress.clone().zip(now.manifest.ingress.clone())),
    ];
    let change = |(kind, what, both): (Kind, &str, Option<(String, String)>)| {
        let (then, now) = both.filter(|(then, now)| then != now)?;
        let change = Change::new(&subject.service, kind, format!("{what} was changed"));
        Some(Change { detail: Some(format!("{now} now, {then} before")), ..change })
    };
    both.into_iter().filter_map(change).collect()
}

/// Returns `8080 (h2c)`.
fn ports(declaration: &Declaration) -> Option<String> {
    let numbers: Vec<String> = declaration.port_numbers.iter().map(u64::to_string).collect();
    let (numbers, names) = (numbers.join(", "), declaration.ports.join(", "));
    match (numbers.is_empty(), names.is_empty()) {
        (true, true) => None,
        (false, true) => Some(numbers),
        (true, false) => Some(names),
        (false, false) => Some(format!("{numbers} ({names})")),
    }
}

/// Returns the changes of readiness and traffic. The manifest of a revision has no traffic: then the problem of the
/// newer manifest is the change.
fn states(subject: &Subject, before: &Manifest, attribution: &Attribution) -> Vec<Change> {
    let service = subject.service.as_str();
    let now = &subject.declaration.manifest;
    let problem = |checks: &[Check]| checks.iter().find_map(|check| attribution.says(service, *check));
    let not_ready = problem(&[Check::RevisionNotReady]).filter(|_| before.ready != Some(false));
    let is_ready =
        || (before.ready == Some(false) && now.ready == Some(true)).then_some("the newest revision is ready");
    let ready = not_ready.or_else(is_ready).map(|says| Change::new(service, Kind::Ready, says.to_owned()));
    let (a, b) = (shares(before), shares(now));
    let differs = !before.traffic.is_empty() && !now.traffic.is_empty() && a != b;
    let is_new = before.traffic.is_empty().then(|| problem(&[Check::NoTraffic, Check::TrafficSplit])).flatten();
    let traffic = match is_new {
        Some(says) => Some(Change::new(service, Kind::Traffic, says.to_owned())),
        None => differs.then(|| {
            let change = Change::new(service, Kind::Traffic, "the traffic was changed".to_owned());
            Change { detail: Some(format!("{} now, {} before", b.join(", "), a.join(", "))), ..change }
        }),
    };
    ready.into_iter().chain(traffic).collect()
}

/// Returns the shares of the traffic. The newest revision has the same name in every manifest.
fn shares(manifest: &Manifest) -> Vec<String> {
    let name = |name: &String| if Some(name) == manifest.latest_created.as_ref() { NEWEST } else { name }.to_owned();
    let share = |(revision, percent): &(String, u64)| format!("{} ({percent} %)", name(revision));
    let mut shares: Vec<String> = manifest.traffic.iter().map(share).collect();
    shares.sort();
    shares
}
