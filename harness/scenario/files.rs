//! Reads scenarios from a folder, or from the files in the binary.

use std::fs;
use std::path::Path;

use super::ScenarioError;
use super::every::stands_for_several;
use super::model::Scenario;
use crate::config::Target;
use crate::document;

/// The built-in files in the order in which they run: the most basic first, the negative controls last. Their names are
/// not paths of the user.
const SHIPPED: [(&str, &str); 9] = [
    ("built-in/health.toml", include_str!("../../scenarios/health.toml")),
    ("built-in/chat-stream.toml", include_str!("../../scenarios/chat-stream.toml")),
    ("built-in/chat-messages.toml", include_str!("../../scenarios/chat-messages.toml")),
    ("built-in/threads.toml", include_str!("../../scenarios/threads.toml")),
    ("built-in/websocket-events.toml", include_str!("../../scenarios/websocket-events.toml")),
    ("built-in/oauth.toml", include_str!("../../scenarios/oauth.toml")),
    ("built-in/agents-execute.toml", include_str!("../../scenarios/agents-execute.toml")),
    ("built-in/token-validation.toml", include_str!("../../scenarios/token-validation.toml")),
    ("built-in/negative-controls.toml", include_str!("../../scenarios/negative-controls.toml")),
];

/// The built-in scenarios of one of many users. Their names are not paths of the user.
const OF_MANY_USERS: [(&str, &str); 3] = [
    ("built-in/load/messages.toml", include_str!("../../scenarios/load/messages.toml")),
    ("built-in/load/stream.toml", include_str!("../../scenarios/load/stream.toml")),
    ("built-in/load/events.toml", include_str!("../../scenarios/load/events.toml")),
];
/// The tag of a scenario that many users run.
const LOAD: &str = "load";

/// Returns the scenarios with the tag `load`: of the given folder, or else of the target's folder. If there is none, the
/// built-in ones of which the target has an endpoint.
///
/// # Errors
/// When the folder or a scenario cannot be read, has a mistake, or does not fit the target. When there is no scenario.
pub(crate) fn of_many_users(folder: Option<&Path>, target: &Target) -> Result<Vec<Scenario>, ScenarioError> {
    let folder = folder.or(target.scenarios.as_deref());
    let mut own = folder.map(read_dir).transpose()?.unwrap_or_default();
    own.retain(|scenario| scenario.tags.iter().any(|tag| tag == LOAD));
    own.iter().try_for_each(|scenario| scenario.on(target).check(target))?;
    if !own.is_empty() {
        return Ok(own);
    }
    let built_in = OF_MANY_USERS.iter().map(|(name, text)| Scenario::parse(name, text));
    let mut built_in = built_in.collect::<Result<Vec<_>, _>>()?;
    built_in.retain(|scenario| scenario.steps.iter().any(|step| target.endpoints.contains_key(&step.call)));
    if built_in.is_empty() {
        let message = format!("no scenario with the tag `{LOAD}` fits the target `{}`", target.name);
        let help = "write what one user does as a scenario with `tags = [\"load\"]`: docs/users/many-users.md";
        return Err(ScenarioError::new(message).help(help));
    }
    Ok(built_in)
}

/// Returns the built-in scenarios.
///
/// # Errors
/// Never in a build that passed its tests.
pub fn embedded() -> Result<Vec<Scenario>, ScenarioError> {
    SHIPPED.iter().map(|(name, text)| Scenario::parse(name, text)).collect()
}

/// Returns the scenarios of a target: the built-in ones, and those of its folder `scenarios`, which replace built-in ones of the same id.
///
/// # Errors
/// When the folder or a scenario cannot be read, has a mistake, or does not fit the target.
pub(crate) fn of_target(target: &Target) -> Result<Vec<Scenario>, ScenarioError> {
    let own = target.scenarios.as_deref().map(read_dir).transpose()?.unwrap_or_default();
    own.iter().try_for_each(|scenario| scenario.on(target).check(target))?;
    let replaced = |scenario: &Scenario| own.iter().any(|one| one.id == scenario.id);
    let fits = |scenario: &Scenario| !replaced(scenario) && has_an_endpoint(scenario, target);
    let built_in = embedded()?.into_iter().map(|scenario| of_its_services(scenario, target)).filter(fits);
    Ok(built_in.collect::<Vec<_>>().into_iter().chain(own).collect())
}

/// Leaves out the steps that call the auth service, if the target says that there is none.
fn of_its_services(mut scenario: Scenario, target: &Target) -> Scenario {
    scenario.steps.retain(|step| target.has_auth_service() || !step.call.starts_with("auth."));
    scenario
}

/// Reports whether the target has the endpoint of a step. A built-in scenario of another kind of system has none.
fn has_an_endpoint(scenario: &Scenario, target: &Target) -> bool {
    scenario.steps.iter().any(|step| stands_for_several(&step.call) || target.endpoints.contains_key(&step.call))
}

/// Reads every `*.toml` of a folder, in the order of their names.
///
/// # Errors
/// When the folder or a file cannot be read, when the folder has no scenario, or for the first mistake in a scenario.
pub fn read_dir(folder: &Path) -> Result<Vec<Scenario>, ScenarioError> {
    let unreadable = |path: &Path, error| ScenarioError::new(format!("cannot read {}: {error}", path.display()));
    let entries = fs::read_dir(folder).map_err(|error| unreadable(folder, error))?;
    let mut paths = entries
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| unreadable(folder, error))?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    paths.sort();
    if paths.is_empty() {
        return Err(ScenarioError::new(format!("there is no scenario (*.toml) in {}", folder.display())));
    }
    let read = |path: &std::path::PathBuf| {
        let text = document::read(path).map_err(|error| unreadable(path, error))?;
        Scenario::parse(&path.display().to_string(), &text)
    };
    paths.iter().map(read).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use rstest::rstest;

    use super::*;
    use crate::config::{Overrides, TargetFile};
    use crate::terms::{Role, TokenKind};

    fn shipped(id: &str) -> Scenario {
        embedded().unwrap().into_iter().find(|scenario| scenario.id == id).unwrap()
    }

    #[rstest]
    #[case("offline")]
    #[case("staging")]
    fn the_shipped_scenarios_fit_the_shipped_targets(#[case] name: &str) {
        let target = TargetFile::embedded().unwrap().resolve(Some(name), &Overrides::default()).unwrap();
        for scenario in embedded().unwrap() {
            scenario.on(&target).check(&target).unwrap_or_else(|error| panic!("{}: {error}", scenario.id));
        }
    }

    #[test]
    fn a_target_has_the_built_in_scenarios_that_it_has_endpoints_for() {
        let mut target = TargetFile::embedded().unwrap().resolve(Some("staging"), &Overrides::default()).unwrap();
        target.endpoints.retain(|id, _| matches!(id.as_str(), "backend.health" | "backend.chat-messages-post"));
        target.access.auth = crate::config::AuthPlace::Absent;
        let kept = of_target(&target).unwrap();
        let ids: Vec<&str> = kept.iter().map(|scenario| scenario.id.as_str()).collect();
        assert_eq!(ids, ["health", "chat-messages", "negative-controls"]);
        assert!(kept.iter().flat_map(|scenario| &scenario.steps).all(|step| !step.call.starts_with("auth.")));
    }

    #[test]
    fn the_folder_holds_what_is_shipped() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
        let ids = |scenarios: Vec<Scenario>| scenarios.into_iter().map(|scenario| scenario.id).collect::<BTreeSet<_>>();
        assert_eq!(ids(read_dir(&folder).unwrap()), ids(embedded().unwrap()));
    }

    #[rstest]
    #[case("health")]
    #[case("chat-stream")]
    #[case("chat-messages")]
    #[case("threads")]
    #[case("websocket-events")]
    #[case("oauth")]
    #[case("agents-execute")]
    #[case("token-validation")]
    #[case("negative-controls")]
    fn each_scenario_has_a_row_for_each_fault_and_dialect(#[case] id: &str) {
        let scenario = shipped(id);
        let row = |row: &crate::scenario::Attribution| (row.fault.clone(), row.dialect.clone(), row.startup_validation);
        let rows: BTreeSet<_> = scenario.attribution.iter().map(row).collect();
        assert_eq!((rows.len(), scenario.attribution.len()), (16, 16));
    }

    #[test]
    fn negative_controls_come_after_each_endpoint_has_accepted() {
        let target = TargetFile::embedded().unwrap().resolve(None, &Overrides::default()).unwrap();
        let scenario = shipped("negative-controls").on(&target).into_owned();
        for endpoint in target.endpoints.values().filter(|endpoint| endpoint.role == Role::Protected) {
            let steps = scenario.steps.iter().filter(|step| step.call == endpoint.id);
            let tokens: Vec<TokenKind> = steps.map(|step| step.token).collect();
            let expected =
                [TokenKind::Valid, TokenKind::None, TokenKind::Malformed, TokenKind::WrongKey, TokenKind::Expired];
            assert_eq!(tokens, expected, "{}", endpoint.id);
        }
        let last_accepted = scenario.steps.iter().rposition(|step| !step.expect.refused).unwrap();
        assert!(scenario.steps[..last_accepted].iter().all(|step| !step.expect.refused));
    }

    #[test]
    fn a_folder_without_a_scenario_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        assert!(read_dir(folder.path()).unwrap_err().message().starts_with("there is no scenario"));
        assert!(read_dir(&folder.path().join("nowhere")).unwrap_err().message().starts_with("cannot read"));
    }
}
