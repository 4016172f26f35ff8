//! Which closed door would split the remaining candidates best, and the command that opens it. Sits in `diagnose`.

use std::collections::BTreeMap;

use super::case::Case;
use super::selector::Selector;
use super::verdict::Settling;
use super::weigh::Weighed;
use crate::target::{Door, EvidenceSource, Service, Target};

/// Facts that the log alone gives.
const FROM_LOG: [&str; 4] = ["backend-call", "backend-contact", "auth.at-work", "token-judged"];

/// The best closed door for all candidates together, and for each of them against the first.
pub(super) fn settle(case: &Case<'_>, candidates: &[&Weighed<'_>]) -> (Option<Settling>, Vec<Option<Settling>>) {
    let mut doors: Vec<(Door, usize)> = [Door::Manifest, Door::Logs, Door::Direct, Door::ServiceCredentials, Door::Auth]
        .into_iter()
        .filter(|door| closed(case, *door))
        .map(|door| (door, leaves(door, candidates)))
        .filter(|(_, leaves)| *leaves < candidates.len())
        .collect();
    doors.sort_by_key(|(_, leaves)| *leaves);
    let settling = |(door, leaves): &(Door, usize)| Settling {
        door: door.as_str().to_owned(),
        command: command(case.target, *door),
        leaves: *leaves,
    };
    let best = doors.first().map(settling);
    let first = candidates.first();
    let each = candidates.iter().skip(1).map(|one| {
        let splits = |door: &&(Door, usize)| first.is_some_and(|first| shows(door.0, first) != shows(door.0, one));
        doors.iter().find(splits).map(settling)
    });
    (best, each.collect())
}

fn closed(case: &Case<'_>, door: Door) -> bool {
    match door {
        Door::Manifest => !case.manifest_was_read,
        Door::Logs => !case.log_was_read,
        other => !case.target.opens(other),
    }
}

fn leaves(door: Door, candidates: &[&Weighed<'_>]) -> usize {
    let mut groups: BTreeMap<String, usize> = BTreeMap::new();
    for one in candidates {
        *groups.entry(shows(door, one)).or_default() += 1;
    }
    groups.into_values().max().unwrap_or(0)
}

/// What a door would show under a fault, as one comparable string.
fn shows(door: Door, one: &Weighed<'_>) -> String {
    let facts = |from_log: bool| {
        let of = one.mode.facts.iter().filter(|(key, _)| FROM_LOG.contains(&key.as_str()) == from_log);
        let of = of.filter(|(_, values)| values.iter().any(|value| value != "present"));
        of.map(|(key, values)| format!("{key}={}", values.join("|"))).collect::<Vec<_>>().join(" ")
    };
    match door {
        Door::Manifest => facts(false),
        Door::Logs => {
            let line = one.fault.log.iter().find(|rule| rule.decisive).map_or("", |rule| rule.pattern.as_str());
            format!("{} {line}", facts(true))
        }
        Door::Auth | Door::ServiceCredentials => {
            let shown =
                |on: &Selector| on.asks_the_auth_service() && (door == Door::Auth || on.needs_the_right_caller());
            let on_auth = one.mode.predict.iter().filter(|prediction| shown(&prediction.on));
            on_auth
                .map(|prediction| format!("{:?}={:?}", prediction.on, prediction.result))
                .collect::<Vec<_>>()
                .join(" ")
        }
        Door::Direct => {
            let there = one.mode.predict.iter().filter(|prediction| prediction.on.asks_past_the_edge());
            there.map(|prediction| format!("{:?}", prediction.result)).collect::<Vec<_>>().join(" ")
        }
        Door::Edge => String::new(),
    }
}

fn command(target: &Target, door: Door) -> Option<String> {
    let names = &target.names;
    match door {
        Door::Manifest => target.manifests.get(&Service::Backend).map(shell).or_else(|| {
            let (service, project, region) = (names.backend.as_ref()?, names.project.as_ref()?, names.region.as_ref()?);
            Some(format!("gcloud run services describe {service} --project={project} --region={region} --format=json"))
        }),
        Door::Logs => target.logs.first().map(shell).or_else(|| {
            let (service, project) = (names.auth.as_ref()?, names.project.as_ref()?);
            let filter = format!("resource.type=\"cloud_run_revision\" AND resource.labels.service_name=\"{service}\"");
            Some(format!("gcloud logging read '{filter}' --project={project} --freshness=10m --format=json"))
        }),
        Door::Auth | Door::Direct | Door::ServiceCredentials | Door::Edge => None,
    }
}

fn shell(source: &EvidenceSource) -> String {
    match source {
        EvidenceSource::File(path) => format!("cat {}", path.display()),
        EvidenceSource::Url(url) => format!("curl -s {url}"),
        EvidenceSource::Command(words) => words.join(" "),
    }
}
