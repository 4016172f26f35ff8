//! The remedy: the catalogue's fix with the target's names filled in, and whether a rollback can help.

use crate::diagnose::infer::candidate::Candidate;
use crate::diagnose::infer::case::Case;
use crate::diagnose::infer::missing_name::missing_name;
use crate::diagnose::model::fault::Fault;
use crate::diagnose::verdict::cause::Rollback;
use crate::platform::repair::{self, Set};
use crate::platform::{Deployed, rollback};
use crate::terms::{Platform, Service};

/// Returns the fix of a candidate. Where its log line names a variable that the manifest lacks, the fix sets that one.
pub(crate) fn fix(best: &Candidate<'_>, case: &Case<'_>) -> String {
    let mut template = best.fault.fix.clone();
    for (role, names) in &case.target.variables {
        if let Some(name) = missing_name(best, names, case) {
            template = template.replace(&format!("{{variable:{role}}}"), name);
            template = named_in_sets(&template, role, name);
        }
    }
    filled(&template, case)
}

/// Writes `ROLE=NAME` for the role in each `{set:…}`.
fn named_in_sets(template: &str, role: &str, name: &str) -> String {
    let word = |word: &str| if word == role { format!("{role}={name}") } else { word.to_owned() };
    let part = |(at, part): (usize, &str)| match part.split_once('}') {
        Some((roles, rest)) if at > 0 => {
            format!("{}}}{rest}", roles.split(' ').map(word).collect::<Vec<_>>().join(" "))
        }
        _ => part.to_owned(),
    };
    template.split("{set:").enumerate().map(part).collect::<Vec<_>>().join("{set:")
}

/// Fills every `{…}` of a template: service names, project and region, `{caller}`, `{auth-url}`, `{variable:ROLE}` (the
/// name of the variable), `{reference:ROLE}` (the secret and version that a service reads), `{set:SERVICE ROLE …}` (how the
/// platform sets these variables), `{traffic:SERVICE}` (how it goes back to a revision) and `{if PLATFORM}…{end}`.
pub(crate) fn filled(template: &str, case: &Case<'_>) -> String {
    let target = case.target;
    let names = &target.names;
    let or = |name: &Option<String>, otherwise: &str| name.clone().unwrap_or_else(|| otherwise.to_owned());
    let deployed = |service| Deployed { target, service };
    let mut text = each_action(&of_platform(template, target.platform), case)
        .replace("{backend}", deployed(Service::Backend).in_words())
        .replace("{auth}", deployed(Service::Auth).in_words())
        .replace("{project}", &or(&names.project, "PROJECT"))
        .replace("{region}", &or(&names.region, "REGION"))
        .replace("{caller}", caller(case))
        .replace("{auth-url}", auth_url(case));
    for role in target.variables.keys() {
        text = text.replace(&format!("{{variable:{role}}}"), variable(role, case));
        text = text.replace(&format!("{{reference:{role}}}"), &reference(role, case));
    }
    text
}

/// Keeps the parts `{if PLATFORM}…{end}` of this platform, and drops the others.
fn of_platform(template: &str, platform: Platform) -> String {
    let mut text = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{if ") {
        text.push_str(before);
        let Some(((word, part), others)) =
            after.split_once("{end}").and_then(|(inside, others)| Some((inside.split_once('}')?, others)))
        else {
            rest = after;
            break;
        };
        if word == platform.as_str() {
            text.push_str(part);
        }
        rest = others;
    }
    text + rest
}

/// Fills `{set:…}` and `{traffic:…}`.
fn each_action(template: &str, case: &Case<'_>) -> String {
    let mut text = template.to_owned();
    for service in Service::ALL {
        let deployed = Deployed { target: case.target, service: *service };
        let back = rollback::back(deployed).map_or_else(String::new, |command| format!(": `{command}`"));
        text = text.replace(&format!("{{traffic:{}}}", service.as_str()), &back);
        let opens = format!("{{set:{} ", service.as_str());
        while let Some((before, after)) = text.split_once(&opens) {
            let Some((roles, rest)) = after.split_once('}') else { break };
            let sets: Vec<Set> = roles.split(' ').map(|role| set_of(role, case)).collect();
            text = format!("{before}{}{rest}", repair::set(deployed, &sets));
        }
    }
    text
}

/// Returns the variable of a role with what it must hold.
fn set_of(role: &str, case: &Case<'_>) -> Set {
    let (role, name) = role.split_once('=').map_or((role, None), |(role, name)| (role, Some(name)));
    let name = name.unwrap_or_else(|| variable(role, case)).to_owned();
    match role {
        "service-id" => Set::Value(name, caller(case).to_owned()),
        "auth-url" => Set::Value(name, auth_url(case).to_owned()),
        "auth-enabled" => Set::Value(name, "true".to_owned()),
        _ => Set::Secret(name, reference(role, case)),
    }
}

fn caller<'a>(case: &Case<'a>) -> &'a str {
    case.target.caller.as_ref().map_or("ID", |caller| caller.id.as_str())
}

fn auth_url<'a>(case: &Case<'a>) -> &'a str {
    case.target.auth_url().map_or("AUTH_URL", |url| url.as_str().trim_end_matches('/'))
}

fn variable<'a>(role: &str, case: &Case<'a>) -> &'a str {
    case.target.variables.get(role).and_then(|names| names.first()).map_or("VARIABLE", String::as_str)
}

fn reference(role: &str, case: &Case<'_>) -> String {
    case.reference(role).unwrap_or_else(|| "SECRET:VERSION".to_owned())
}

/// Returns whether a rollback can help, and the command for it.
pub(crate) fn rollback(fault: &Fault, case: &Case<'_>) -> Rollback {
    if !fault.curable_by_rollback || fault.involves.is_empty() {
        return Rollback { cures: false, says: "a rollback would not fix it".into() };
    }
    let services =
        Service::ALL.iter().copied().filter(|service| fault.involves.iter().any(|name| name == service.as_str()));
    let command = |service| rollback::back(Deployed { target: case.target, service });
    let commands: Vec<String> = services.filter_map(command).map(|command| format!("`{command}`")).collect();
    let says = format!("may fix it, if the last deploy of {} introduced it", fault.involves.join(" or "));
    let commands = if commands.is_empty() { String::new() } else { format!(": {}", commands.join(" or ")) };
    Rollback { cures: true, says: says + &commands }
}
