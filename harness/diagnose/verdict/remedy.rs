//! The remedy: the catalogue's fix with the target's names filled in, and whether a rollback can help.

use crate::diagnose::infer::candidate::{Candidate, missing_name};
use crate::diagnose::infer::case::Case;
use crate::diagnose::model::fault::Fault;
use crate::diagnose::verdict::cause::Rollback;

/// Returns the fix of a candidate. Where its log line names a variable that the manifest lacks, the fix sets that one.
pub(crate) fn fix(best: &Candidate<'_>, case: &Case<'_>) -> String {
    let mut template = best.fault.fix.clone();
    for (role, names) in &case.target.variables {
        if let Some(name) = missing_name(best, names, case) {
            template = template.replace(&format!("{{variable:{role}}}"), name);
        }
    }
    filled(&template, case)
}

/// Fills every `{…}` of a template: service names, project and region, `{caller}`, `{auth-url}`, `{variable:ROLE}` (the
/// name of the variable) and `{reference:ROLE}` (the secret and version that a service reads).
pub(crate) fn filled(template: &str, case: &Case<'_>) -> String {
    let names = &case.target.names;
    let or = |name: &Option<String>, otherwise: &str| name.clone().unwrap_or_else(|| otherwise.to_owned());
    let mut text = template
        .replace("{backend}", &or(&names.backend, "BACKEND_SERVICE"))
        .replace("{auth}", &or(&names.auth, "AUTH_SERVICE"))
        .replace("{project}", &or(&names.project, "PROJECT"))
        .replace("{region}", &or(&names.region, "REGION"))
        .replace("{caller}", case.target.caller.as_ref().map_or("ID", |caller| caller.id.as_str()))
        .replace("{auth-url}", case.target.auth_url().map_or("AUTH_URL", |url| url.as_str().trim_end_matches('/')));
    for (role, variables) in &case.target.variables {
        let variable = variables.first().map_or("VARIABLE", String::as_str);
        text = text.replace(&format!("{{variable:{role}}}"), variable);
        text = text.replace(
            &format!("{{reference:{role}}}"),
            &case.reference(role).unwrap_or_else(|| "SECRET:VERSION".to_owned()),
        );
    }
    text
}

/// Returns whether a rollback can help, and the command for it.
pub(crate) fn rollback(fault: &Fault, case: &Case<'_>) -> Rollback {
    if !fault.curable_by_rollback || fault.involves.is_empty() {
        return Rollback { cures: false, says: "a rollback would not fix it".into() };
    }
    let command = |service: &String| {
        format!(
            "`gcloud run services update-traffic {{{service}}} --to-revisions=REVISION=100 --project={{project}} --region={{region}}`"
        )
    };
    let commands: Vec<String> =
        fault.involves.iter().filter(|name| matches!(name.as_str(), "backend" | "auth")).map(command).collect();
    let says = format!(
        "may fix it, if the last deploy of {} introduced it: {}",
        fault.involves.join(" or "),
        commands.join(" or ")
    );
    Rollback { cures: true, says: filled(&says, case) }
}
