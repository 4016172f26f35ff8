//! Where scenarios come from: a folder, or the files shipped in the binary. Sits in `scenario`.

use std::fs;
use std::path::Path;

use super::ScenarioError;
use super::model::Scenario;

/// The shipped files, by names that are no paths of the user's, in the order in which they are driven: what everything else rests on comes first, the controls last.
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

/// The shipped scenarios.
///
/// # Errors
/// Never, for a build that passed its tests.
pub fn embedded() -> Result<Vec<Scenario>, ScenarioError> {
    SHIPPED.iter().map(|(name, text)| Scenario::parse(name, text)).collect()
}

/// Every `*.toml` of a folder, by name.
///
/// # Errors
/// When the folder or a file cannot be read, when there is no scenario in it, or with the first mistake in one.
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
        let text = fs::read_to_string(path).map_err(|error| unreadable(path, error))?;
        Scenario::parse(&path.display().to_string(), &text)
    };
    paths.iter().map(read).collect()
}

#[cfg(test)]
#[path = "files_tests.rs"]
mod tests;
