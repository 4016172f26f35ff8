//! Task definitions of ECS.

use std::collections::BTreeSet;

use serde_json::Value;

use super::container::{entries, text};
use super::environment::Environment;
use super::{Declaration, EnvValue, Layout, Manifest};

pub(super) fn recognizes(value: &Value) -> bool {
    value.get("containerDefinitions").is_some_and(Value::is_array)
}

/// Reads every container of a task definition. The only container of a task has the name of the task.
pub(super) fn read(value: &Value, plain: &BTreeSet<String>) -> Result<Vec<Declaration>, &'static str> {
    let containers = entries(value, "/containerDefinitions");
    let family = text(value, "/family");
    let one = |container: &Value| {
        let own = text(container, "/name");
        let (name, other) = if containers.len() == 1 { (family.clone(), own.clone()) } else { (own.clone(), None) };
        let name = name.or_else(|| other.clone()).ok_or("no name of a container")?;
        let manifest = Manifest { name, ..Manifest::default() };
        let declaration = Declaration::of(Layout::Ecs, manifest, environment(container, plain));
        let called = other.into_iter().collect();
        Ok(Declaration { called, container: own, ..declaration.with_container(container) })
    };
    containers.iter().map(one).collect()
}

fn environment<'a>(container: &Value, plain: &'a BTreeSet<String>) -> Environment<'a> {
    let mut environment = Environment::new(plain);
    for entry in entries(container, "/environment") {
        if let Some(name) = text(entry, "/name") {
            environment.literal(&name, &text(entry, "/value").unwrap_or_default());
        }
    }
    for entry in entries(container, "/secrets") {
        if let Some((name, from)) = text(entry, "/name").zip(text(entry, "/valueFrom")) {
            environment.reference(&name, secret(&from));
        }
    }
    for file in entries(container, "/environmentFiles").iter().filter_map(|file| text(file, "/value")) {
        environment.from(format!("the env file {file}"));
    }
    environment
}

/// Reads the ARN of a secret (`…:secret:NAME:KEY:STAGE:VERSION`), or the ARN or name of a parameter.
fn secret(from: &str) -> EnvValue {
    let parts: Vec<&str> = from.split(':').collect();
    let part = |at: usize| parts.get(at).copied().filter(|part| !part.is_empty());
    let (name, version) = match part(5) {
        Some("secret") => {
            let key = part(7).map(|key| format!("/{key}")).unwrap_or_default();
            (format!("{}{key}", part(6).unwrap_or_default()), part(9).or(part(8)))
        }
        Some(parameter) => (parameter.trim_start_matches("parameter/").to_owned(), part(6)),
        None => (from.to_owned(), None),
    };
    EnvValue::Secret { name, version: version.unwrap_or("latest").to_owned() }
}
