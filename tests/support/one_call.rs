//! A scenario of one step that lists messages, in a folder of its own.

use std::io;
use std::path::{Path, PathBuf};

const SCENARIO: &str = r#"title = "One call"
[[step]]
id = "list"
call = "backend.chat-messages"
[step.expect]
status = 200
"#;

/// Writes it to `own/own.toml` in this folder, and returns the folder for `--scenarios`.
pub(crate) fn write(folder: &Path) -> io::Result<PathBuf> {
    let own = folder.join("own");
    std::fs::create_dir_all(&own)?;
    std::fs::write(own.join("own.toml"), SCENARIO)?;
    Ok(own)
}
