//! The command or the edit that repairs a problem, in the language of the platform. It never holds a value.

use serde_json::json;

use super::{Problem, Review, Setting};
use crate::config::DeployedNames;
use crate::evidence::{EnvValue, Layout, suggests_a_credential};
use crate::preflight::input::Subject;

/// Returns the repairs of all problems: for each service one that sets every variable, and the others once.
pub(crate) fn repairs(review: &Review<'_>, problems: &[Problem]) -> Vec<String> {
    let mut repairs = Vec::new();
    for subject in review.now {
        let own = || problems.iter().filter(|problem| problem.service == subject.service);
        let mut sets: Vec<Setting> = Vec::new();
        for setting in own().flat_map(|problem| &problem.sets) {
            if !sets.iter().any(|known| known.variable == setting.variable) {
                sets.push(setting.clone());
            }
        }
        let together = (!sets.is_empty()).then(|| command(&review.target.names, subject, &sets));
        let others = own().filter(|problem| problem.sets.is_empty()).filter_map(|problem| problem.repair.clone());
        for repair in together.into_iter().chain(others) {
            if !repairs.contains(&repair) {
                repairs.push(repair);
            }
        }
    }
    repairs
}

impl Review<'_> {
    /// Adds the repair that sets these variables, each with the reference that it had or should have.
    pub(crate) fn set(
        &self,
        problem: Problem,
        subject: &Subject,
        variables: &[(&str, Option<&EnvValue>)],
        is_secret: bool,
    ) -> Problem {
        let setting = |(name, value): &(&str, Option<&EnvValue>)| Setting::of(subject, name, *value, is_secret);
        let sets: Vec<Setting> = variables.iter().map(setting).collect();
        Problem { repair: Some(command(&self.target.names, subject, &sets)), sets, ..problem }
    }

    /// Returns the command that shows why a revision or workload is not ready.
    pub(crate) fn look_at(&self, subject: &Subject, revision: &str) -> Option<String> {
        match subject.declaration.manifest.layout {
            Layout::CloudRun => {
                Some(format!("gcloud run revisions describe {}{}", word(revision), place(&self.target.names)))
            }
            Layout::Kubernetes => Some(format!("kubectl describe {}", word(&resource(subject)))),
            Layout::Compose | Layout::Ecs | Layout::EnvFile => None,
        }
    }

    /// Returns `gcloud run VERB SERVICE FLAGS` with the place of the target.
    pub(crate) fn gcloud(&self, subject: &Subject, verb: &str, flags: &str) -> String {
        gcloud(&self.target.names, subject, verb, flags)
    }
}

impl Setting {
    /// Returns the setting of a variable, with the reference that it had or should have.
    pub(crate) fn of(subject: &Subject, name: &str, reference: Option<&EnvValue>, is_secret: bool) -> Self {
        Self {
            variable: name.to_owned(),
            secret: reference.filter(|value| matches!(value, EnvValue::Secret { .. })).cloned(),
            is_secret: is_secret || suggests_a_credential(name),
            is_literal: subject.declaration.manifest.is_literal(name),
            value: None,
        }
    }

    /// Adds the literal value that the variable had, if it is harmless. `fivewhys preflight` never prints a value.
    pub(crate) fn with_value(self, had: &EnvValue) -> Self {
        match had {
            EnvValue::Plain(value) => Self { value: Some(value.clone()), ..self },
            EnvValue::Hidden { .. } | EnvValue::Secret { .. } | EnvValue::Reference(_) => self,
        }
    }

    /// Returns the value, or the placeholder for one.
    fn value(&self) -> &str {
        self.value.as_deref().unwrap_or("VALUE")
    }
}

/// Returns how to set these variables. `VALUE` stands for a value, and `SECRET:VERSION` for a reference that is not known.
pub(crate) fn command(names: &DeployedNames, subject: &Subject, sets: &[Setting]) -> String {
    let manifest = &subject.declaration.manifest;
    match manifest.layout {
        Layout::CloudRun => gcloud(names, subject, "services update", &gcloud_flags(sets)),
        Layout::Kubernetes => kubectl(subject, sets),
        Layout::Compose => {
            let line = |set: &Setting| match &set.value {
                Some(value) => format!("{}: {}", set.variable, json!(value)),
                None => format!("{0}: ${{{0}:?}}", set.variable),
            };
            let lines = joined(sets.iter().map(line));
            format!("in the compose file, write below services.{}.environment: {lines}", manifest.name)
        }
        Layout::Ecs => ecs(subject, sets),
        Layout::EnvFile => {
            let lines = sets.iter().map(|set| format!("{}={}", set.variable, set.value()));
            format!("in the env file, write {}", joined(lines))
        }
    }
}

fn gcloud(names: &DeployedNames, subject: &Subject, verb: &str, flags: &str) -> String {
    format!("gcloud run {verb} {} {flags}{}", word(subject.declaration.service_name()), place(names))
}

/// Returns the flags for the project and the region, each where the target names it.
fn place(names: &DeployedNames) -> String {
    let flags = [("project", &names.project), ("region", &names.region)];
    flags.into_iter().filter_map(|(flag, name)| Some(format!(" --{flag}={}", word(name.as_ref()?)))).collect()
}

/// Returns `--update-secrets=A=secret:3 --update-env-vars=B=VALUE`. Cloud Run refuses to turn a literal into a reference,
/// so the literal is removed.
fn gcloud_flags(sets: &[Setting]) -> String {
    let of = |set: &Setting| match &set.secret {
        Some(secret) => Some(format!("{}={secret}", set.variable)),
        None => set.is_secret.then(|| format!("{}=SECRET:VERSION", set.variable)),
    };
    let secrets: Vec<String> = sets.iter().filter_map(of).collect();
    let turned = sets.iter().filter(|set| set.is_literal && of(set).is_some());
    let turned: Vec<String> = turned.map(|set| set.variable.clone()).collect();
    let plain = sets.iter().filter(|set| of(set).is_none());
    // A comma in a value begins the next variable.
    let value =
        |set: &Setting| set.value.clone().filter(|value| !value.contains([',', '<'])).unwrap_or("VALUE".to_owned());
    let plain: Vec<String> = plain.map(|set| format!("{}={}", set.variable, value(set))).collect();
    let flag =
        |(flag, all): (&str, Vec<String>)| (!all.is_empty()).then(|| word(&format!("--{flag}={}", all.join(","))));
    let flags = [("remove-env-vars", turned), ("update-secrets", secrets), ("update-env-vars", plain)];
    flags.into_iter().filter_map(flag).collect::<Vec<_>>().join(" ")
}

/// Returns a strategic merge patch, which names the container and changes only these variables.
fn kubectl(subject: &Subject, sets: &[Setting]) -> String {
    let entry = |set: &Setting| {
        let (secret, key) = match &set.secret {
            Some(EnvValue::Secret { name, .. }) => name.split_once('/').unwrap_or((name, "KEY")),
            _ if set.is_secret => ("SECRET", "KEY"),
            _ => return json!({ "name": set.variable, "value": set.value() }),
        };
        let reference = json!({ "secretKeyRef": { "name": secret, "key": key } });
        // `null` removes the literal value.
        match set.is_literal {
            true => json!({ "name": set.variable, "value": null, "valueFrom": reference }),
            false => json!({ "name": set.variable, "valueFrom": reference }),
        }
    };
    let env: Vec<_> = sets.iter().map(entry).collect();
    let container = subject.declaration.container.as_deref().unwrap_or("CONTAINER");
    let containers = json!([{ "name": container, "env": env }]);
    let patch = json!({ "spec": { "template": { "spec": { "containers": containers } } } });
    format!("kubectl patch {} -p {}", word(&resource(subject)), word(&patch.to_string()))
}

fn ecs(subject: &Subject, sets: &[Setting]) -> String {
    let entry = |set: &Setting| match &set.secret {
        Some(EnvValue::Secret { name, .. }) => format!("{} from {name}", set.variable),
        _ if set.is_secret => format!("{} from ARN", set.variable),
        _ => format!("{}={}", set.variable, set.value()),
    };
    format!(
        "in the task definition, add to the container {}: {}; then `aws ecs register-task-definition`",
        subject.declaration.container.as_deref().unwrap_or(&subject.declaration.manifest.name),
        joined(sets.iter().map(entry))
    )
}

/// Returns `deployment/NAME`.
fn resource(subject: &Subject) -> String {
    let declaration = &subject.declaration;
    declaration.resource.clone().unwrap_or_else(|| format!("deployment/{}", declaration.manifest.name))
}

fn joined(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join(", ")
}

/// Returns a word of a shell command.
fn word(text: &str) -> String {
    shlex::try_quote(text).map_or_else(|_| "NAME".to_owned(), std::borrow::Cow::into_owned)
}
