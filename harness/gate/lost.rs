//! What a deploy lost: the variables that the previous revision had and the current one lacks.

use std::collections::BTreeMap;

use crate::config::Target;
use crate::diagnose::{Cause, Finding, Proof};
use crate::evidence::{EnvValue, Manifest};
use crate::gate::{Previous, role_of};
use crate::terms::Service;

/// The variables that one deploy lost.
#[derive(Debug, PartialEq)]
struct Loss<'a> {
    service: Service,
    /// The revision that had them.
    before: &'a str,
    variables: Vec<(&'a str, &'a EnvValue)>,
    /// Whether no variable of that revision is left.
    everything: bool,
}

/// Returns a finding for each deploy that lost variables, and lets the fix of a cause that names one of them restore all.
pub(crate) fn report_losses(
    previous: &[Previous],
    manifests: &BTreeMap<Service, Manifest>,
    target: &Target,
    causes: &mut [Cause],
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for loss in previous.iter().filter_map(|one| loss(one, manifests, target)) {
        let restore = loss.command(target);
        let mut is_a_fix = false;
        for cause in causes.iter_mut().filter(|cause| loss.explains(cause, target)) {
            if let Some(fix) = &mut cause.fix {
                *fix = format!("restore every variable that {} had: `{restore}`", loss.before);
                is_a_fix = true;
            }
        }
        findings.push(loss.finding((!is_a_fix).then_some(restore)));
    }
    findings
}

fn loss<'a>(previous: &'a Previous, manifests: &BTreeMap<Service, Manifest>, target: &Target) -> Option<Loss<'a>> {
    let role = role_of(&previous.service, target);
    let service = [Service::Backend, Service::Auth].into_iter().find(|one| one.as_str() == role)?;
    let now = &manifests.get(&service)?.env;
    let before = &previous.manifest.as_ref()?.env;
    let lacks = |name: &String| now.get(name).is_none_or(EnvValue::is_empty);
    let lost = before.iter().filter(|(name, value)| !value.is_empty() && lacks(name));
    let variables: Vec<(&str, &EnvValue)> = lost.map(|(name, value)| (name.as_str(), value)).collect();
    let everything = before.keys().all(|name| !now.contains_key(name));
    (!variables.is_empty()).then(|| Loss { service, before: &previous.revision, variables, everything })
}

impl Loss<'_> {
    /// Reports whether the cause rests on the absence of a variable that was lost.
    fn explains(&self, cause: &Cause, target: &Target) -> bool {
        let is_lost = |role: &str| {
            let names = target.variables.get(role).map_or(&[][..], Vec::as_slice);
            names.iter().any(|name| self.variables.iter().any(|(lost, _)| lost == name))
        };
        let prefix = format!("{}.", self.service.as_str());
        let proofs = cause.whys.iter().flat_map(|why| &why.evidence).filter_map(|proof| proof.fact);
        proofs.filter_map(|key| key.strip_prefix(&prefix)).any(is_lost)
    }

    /// Returns the command that sets every lost variable again. A literal value that may be a secret is a placeholder.
    fn command(&self, target: &Target) -> String {
        let names = &target.names;
        let name = if self.service == Service::Auth { &names.auth } else { &names.backend };
        let list = |flag: &str, of: &dyn Fn(&EnvValue) -> Option<String>| {
            let set: Vec<String> =
                self.variables.iter().filter_map(|(name, value)| Some(format!("{name}={}", of(value)?))).collect();
            if set.is_empty() { String::new() } else { format!(" --{flag}={}", set.join(",")) }
        };
        let place = [("project", &names.project), ("region", &names.region)];
        let place = place.map(|(flag, name)| format!(" --{flag}={}", name.as_deref().unwrap_or(flag).to_owned()));
        format!(
            "gcloud run services update {}{}{}{}",
            name.as_deref().unwrap_or("SERVICE"),
            place.concat(),
            list("update-env-vars", &literal),
            list("update-secrets", &reference)
        )
    }

    fn finding(&self, restore: Option<String>) -> Finding {
        let (service, before, count) = (self.service, self.before, self.variables.len());
        let noun = if count == 1 { "variable" } else { "variables" };
        let title = if self.everything {
            format!("The deploy replaced the whole environment of the {service}: it lost {count} {noun} of {before}")
        } else {
            format!("The deploy of the {service} lost {count} {noun} that {before} had")
        };
        let lost = self.variables.iter().map(|(name, value)| Proof::new(format!("{name}: {value} in {before}"), None));
        let restored = restore.map(|command| Proof::new(format!("restore them: `{command}`"), None));
        Finding { id: "lost-variables".into(), title, evidence: lost.chain(restored).collect(), fails: false }
    }
}

fn reference(value: &EnvValue) -> Option<String> {
    matches!(value, EnvValue::Secret { .. }).then(|| value.to_string())
}

/// Returns a literal value as a word of a shell. A comma would end it, and a value with a mark is not the whole one.
fn literal(value: &EnvValue) -> Option<String> {
    match value {
        EnvValue::Secret { .. } => None,
        EnvValue::Plain(text) if !text.contains([',', '<']) => shlex::try_quote(text).ok().map(Into::into),
        EnvValue::Plain(_) | EnvValue::Hidden { .. } | EnvValue::Reference(_) => Some("VALUE".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::staging;

    fn manifest(env: &[(&str, EnvValue)]) -> Manifest {
        Manifest {
            env: env.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect(),
            ..Manifest::default()
        }
    }

    fn secret(name: &str) -> EnvValue {
        EnvValue::Secret { name: name.to_owned(), version: "latest".to_owned() }
    }

    fn found(before: &[(&str, EnvValue)], now: &[(&str, EnvValue)]) -> Vec<Finding> {
        let previous =
            [Previous { service: "backend".into(), revision: "b-00001-old".into(), manifest: Some(manifest(before)) }];
        let manifests = BTreeMap::from([(Service::Backend, manifest(now))]);
        report_losses(&previous, &manifests, &staging(), &mut [])
    }

    #[test]
    fn everything_that_was_lost_is_named_and_restored() {
        let kept = ("ENVIRONMENT", EnvValue::Plain("staging".into()));
        let before = [
            kept.clone(),
            ("SERVICE_ID", secret("service-id")),
            ("SERVICE_SECRET", secret("service-secret")),
            ("AUTH_URL", EnvValue::Plain("https://auth.example.test".into())),
            ("API_KEY", EnvValue::Hidden { empty: false }),
        ];
        let findings = found(&before, &[kept]);
        let says: Vec<&str> = findings[0].evidence.iter().map(|proof| proof.says.as_str()).collect();
        assert_eq!(findings[0].title, "The deploy of the backend lost 4 variables that b-00001-old had");
        let restore = says.last().expect("a command");
        assert!(
            restore.contains("--update-secrets=SERVICE_ID=service-id:latest,SERVICE_SECRET=service-secret:latest"),
            "{restore}"
        );
        assert!(restore.contains("--update-env-vars=API_KEY=VALUE,AUTH_URL=https://auth.example.test"), "{restore}");
    }

    #[test]
    fn a_replaced_environment_is_called_so() {
        let findings = found(&[("A", secret("a"))], &[("B", secret("b"))]);
        assert!(findings[0].title.starts_with("The deploy replaced the whole environment"), "{}", findings[0].title);
    }

    #[test]
    fn nothing_lost_is_no_finding() {
        assert!(found(&[("A", secret("a"))], &[("A", secret("other")), ("B", secret("b"))]).is_empty());
        assert!(found(&[("A", EnvValue::Hidden { empty: true })], &[]).is_empty());
    }
}
