//! Services of a docker-compose file.

use std::collections::BTreeSet;

use serde_json::Value;

use super::container::{scalar, text};
use super::environment::Environment;
use super::{Declaration, EnvValue, Layout, Manifest};

/// Reports whether `services` is a table. In the lists of Cloud Run it is a list.
pub(super) fn recognizes(value: &Value) -> bool {
    value.get("services").is_some_and(Value::is_object)
}

pub(super) fn read(value: &Value, plain: &BTreeSet<String>) -> Result<Vec<Declaration>, &'static str> {
    let services = value.get("services").and_then(Value::as_object).ok_or("no services")?;
    let one = |(name, service): (&String, &Value)| {
        let manifest = Manifest { name: name.clone(), ..Manifest::default() };
        let declaration = Declaration::of(Layout::Compose, manifest, environment(service, plain));
        let (called, image) = (text(service, "/container_name").into_iter().collect(), text(service, "/image"));
        Declaration { called, image, ..declaration }
    };
    Ok(services.iter().map(one).collect())
}

fn environment<'a>(service: &Value, plain: &'a BTreeSet<String>) -> Environment<'a> {
    let mut environment = Environment::new(plain);
    match service.get("environment") {
        Some(Value::Object(table)) => {
            table.iter().for_each(|(name, value)| variable(name, scalar(value).as_deref(), &mut environment));
        }
        Some(Value::Array(list)) => {
            for line in list.iter().filter_map(Value::as_str) {
                let (name, value) = line.split_once('=').map_or((line, None), |(name, value)| (name, Some(value)));
                variable(name, value, &mut environment);
            }
        }
        _ => {}
    }
    env_files(service).into_iter().for_each(|file| environment.from(format!("the env file {file}")));
    environment
}

/// Adds one variable. A variable without a value, and one with `$`, gets its value from the shell.
fn variable(name: &str, value: Option<&str>, environment: &mut Environment<'_>) {
    match value {
        Some(value) if !value.replace("$$", "").contains('$') => environment.literal(name, &value.replace("$$", "$")),
        _ => environment.reference(name, EnvValue::Reference("a variable of the shell".to_owned())),
    }
}

/// Returns the files that `env_file` names: one, or a list of paths or tables.
fn env_files(service: &Value) -> Vec<String> {
    let one = |file: &Value| file.as_str().map(str::to_owned).or_else(|| text(file, "/path"));
    match service.get("env_file") {
        Some(Value::Array(list)) => list.iter().filter_map(one).collect(),
        Some(file) => one(file).into_iter().collect(),
        None => Vec::new(),
    }
}
