//! Every block of commands in README.md, docs/ and ci/README.md, run as it stands: in a folder whose target `staging` is a twin. Blocks that need
//! more than that say so in a comment before them (`<!-- needs gcloud -->`) and are shown as ignored.

#[path = "commands/block.rs"]
mod block;
#[path = "commands/folder.rs"]
mod folder;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};

use block::Block;

fn main() -> ExitCode {
    let trials = pages().iter().flat_map(|page| Block::all(page)).map(trial).collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn pages() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let docs = std::fs::read_dir(root.join("docs")).expect("docs/").map(|entry| entry.expect("an entry").path());
    let mut pages: Vec<PathBuf> = docs.filter(|path| path.extension().is_some_and(|kind| kind == "md")).collect();
    pages.extend([root.join("README.md"), root.join("ci/README.md")]);
    pages.sort();
    pages
}

fn trial(block: Block) -> Trial {
    let needs = block.needs();
    let name = needs.as_ref().map_or_else(|| block.name.clone(), |needs| format!("{} (needs {needs})", block.name));
    Trial::test(name, move || Ok(folder::run(&block.text)?)).with_ignored_flag(needs.is_some())
}
