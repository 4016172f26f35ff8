//! Every block of commands in README.md, docs/ and ci/README.md, run as it stands: in a folder whose target `staging` is a twin. Blocks that need
//! more than that say so in a comment before them (`<!-- needs gcloud -->`) and are shown as ignored. A verdict names the command that prints it
//! (`<!-- verdict: cargo run -- smoke … -->`) and is held against what it prints, but for times.

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
    let run = move || match block.printed_by() {
        Some(command) => is_printed(&block.text, &folder::run(command)?),
        None => folder::run(&block.text).map(drop),
    };
    Trial::test(name, move || Ok(run()?)).with_ignored_flag(needs.is_some())
}

fn is_printed(block: &str, printed: &str) -> Result<(), String> {
    let holds = without_times(printed).contains(&without_times(block));
    holds.then_some(()).ok_or_else(|| format!("the page shows\n{block}\nand the command prints\n{printed}"))
}

/// Times of day and lengths of time as words, and each gap as one space: a time may be too long for its line.
fn without_times(text: &str) -> String {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let at = regex::Regex::new(r"\d\d:\d\d:\d\d\.\d+Z").expect("a pattern");
    let long = regex::Regex::new(r"\b[\d.]+ m?s\b").expect("a pattern");
    long.replace_all(&at.replace_all(&words, "AT"), "SO LONG").into_owned()
}
