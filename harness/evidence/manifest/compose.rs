//! Services of a docker-compose file.

use serde_json::Value;

use super::container::{scalar, text};
use super::environment::Environment;
use super::layout::Around;
use super::{Declaration, EnvValue, Layout, Manifest, env_file};

/// Reports whether `services` is a table. In the lists of Cloud Run it is a list.
pub(super) fn recognizes(value: &Value) -> bool {
    value.get("services").is_some_and(Value::is_object)
}

/// Reads every service. Env files are read that are in the folder of the compose file, or below it.
pub(super) fn read(value: &Value, around: &Around<'_>) -> Result<Vec<Declaration>, &'static str> {
    let services = value.get("services").and_then(Value::as_object).ok_or("no services")?;
    let one = |(name, service): (&String, &Value)| {
        let manifest = Manifest { name: name.clone(), ..Manifest::default() };
        let declaration = Declaration::of(Layout::Compose, manifest, environment(service, around));
        let (called, image) = (text(service, "/container_name").into_iter().collect(), text(service, "/image"));
        Declaration { called, image, ..declaration }
    };
    Ok(services.iter().map(one).collect())
}

fn environment<'a>(service: &Value, around: &Around<'a>) -> Environment<'a> {
    let mut environment = Environment::new(around.plain);
    // A variable of `environment` takes precedence over one of an env file.
    for file in env_files(service) {
        match around.folder.and_then(|folder| env_file::beside(folder, &file)) {
            Some(lines) => lines.iter().for_each(|(name, value)| variable(name, Some(value), &mut environment)),
            None => environment.from(format!("the env file {file}")),
        }
    }
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;

    use rstest::rstest;

    use super::super::{Declaration, read};

    /// Reads a service with this `env_file` in a folder with env files.
    fn service(env_file: &str) -> Declaration {
        let outside = tempfile::tempdir().expect("a folder");
        let folder = outside.path().join("shop");
        fs::create_dir_all(folder.join("env")).expect("a folder");
        for (name, text) in [
            ("shop/a.env", "SERVICE_ID=canary-a\nCOLOUR=canary-a\n"),
            ("shop/env/b.env", "SERVICE_ID=canary-b\nFROM_SHELL=$CANARY\n"),
            ("shop/broken.env", "A=1\nnothing\n"),
            ("secret.env", "SERVICE_ID=canary\n"),
        ] {
            fs::write(outside.path().join(name), text).expect("a file");
        }
        fs::write(folder.join("large.env"), format!("A={}\n", "x".repeat(2 << 20))).expect("a file");
        #[cfg(unix)]
        std::os::unix::fs::symlink(outside.path().join("secret.env"), folder.join("link.env")).expect("a link");
        let text = format!("services:\n  backend:\n    environment: [COLOUR=canary-own]\n    env_file: {env_file}\n");
        read(&text, &BTreeSet::new(), Some(&folder)).expect("a compose file").remove(0)
    }

    #[test]
    fn a_later_file_and_then_the_service_itself_take_precedence() {
        use secrecy::ExposeSecret as _;
        let read = service("[a.env, { path: ./env/b.env }]");
        let value = |name: &str| read.literals.get(name).map(|value| value.expose_secret().to_owned());
        assert_eq!(value("SERVICE_ID").as_deref(), Some("canary-b"));
        assert_eq!(value("COLOUR").as_deref(), Some("canary-own"));
        assert!(read.manifest.env.contains_key("FROM_SHELL") && value("FROM_SHELL").is_none());
        assert!(read.manifest.env_from.is_empty());
    }

    #[rstest]
    #[case::absent("no.env")]
    #[case::above("../secret.env")]
    #[case::absolute("/etc/hostname")]
    #[case::broken("broken.env")]
    #[case::large("large.env")]
    #[case::a_folder("env")]
    #[cfg_attr(unix, case::a_link_that_leads_out("link.env"))]
    fn a_file_that_is_not_read_is_named(#[case] file: &str) {
        let read = service(file);
        assert_eq!(read.manifest.env_from, [format!("the env file {file}")]);
        assert_eq!(read.manifest.env.len(), 1);
    }
}
