//! Every block of commands in README.md, docs/ and ci/README.md, run as it stands. Start at `trials`.
//!
//! - `block`: the blocks of a page.
//! - `folder`: the folder in which a block is run. Its target `staging` is a twin.
//!
//! A block that needs more says so in a comment before it (`<!-- needs gcloud -->`) and is shown as ignored. A verdict names the command
//! that prints it (`<!-- verdict: cargo run -- smoke … -->`) and must be what the command prints, except for times: a test of `derived`.
//!
//! Invariant: no block reaches a host but this one.

mod block;
mod folder;

use std::path::{Path, PathBuf};

use libtest_mimic::Trial;

use self::block::Block;
use crate::derived::out_of_date;

pub(crate) fn trials() -> Vec<Trial> {
    blocks().into_iter().filter(|block| block.printed_by().is_none()).map(commands).collect()
}

/// One test for each block that a command must print.
pub(crate) fn verdicts() -> Vec<Trial> {
    blocks().into_iter().filter(|block| block.printed_by().is_some()).map(verdict).collect()
}

fn blocks() -> Vec<Block> {
    pages().iter().flat_map(|page| Block::all(page)).collect()
}

fn pages() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |folder: &str| std::fs::read_dir(root.join(folder)).unwrap_or_else(|error| panic!("{folder}: {error}"));
    let docs = ["docs/users", "docs/maintainers"].into_iter().flat_map(read);
    let docs = docs.map(|entry| entry.expect("an entry").path());
    let mut pages: Vec<PathBuf> = docs.filter(|path| path.extension().is_some_and(|kind| kind == "md")).collect();
    pages.extend([root.join("README.md"), root.join("ci/README.md")]);
    pages.sort();
    pages
}

fn commands(block: Block) -> Trial {
    let needs = block.needs();
    let name = needs.as_ref().map_or_else(|| block.name.clone(), |needs| format!("{} (needs {needs})", block.name));
    Trial::test(name, move || Ok(folder::run(&block.text).map(drop)?)).with_ignored_flag(needs.is_some())
}

fn verdict(block: Block) -> Trial {
    Trial::test(block.name.clone(), move || Ok(is_printed(&block)?))
}

/// Checks that the command prints the block, except for times. `cargo xtask bless` has the page rewritten instead.
fn is_printed(block: &Block) -> Result<(), String> {
    let printed = folder::run(block.printed_by().unwrap_or_default())?;
    if without_times(&printed).contains(&without_times(&block.text)) {
        return Ok(());
    }
    let shown = || format!("the page shows\n{}\nand the command prints\n{printed}", block.text);
    let new = same_part(&block.text, &printed).ok_or_else(shown)?;
    let page = std::fs::read_to_string(&block.page).map_err(|error| error.to_string())?;
    out_of_date(&block.page, &page.replacen(&block.text, &new, 1)).map_err(|error| format!("{error}\n{}", shown()))
}

/// Returns the part of what was printed that begins with the same line, except for its numbers, and has as many paragraphs.
fn same_part(block: &str, printed: &str) -> Option<String> {
    let without_numbers = |line: &str| line.replace(|c: char| c.is_ascii_digit(), "");
    let first = without_numbers(block.lines().next()?);
    let lines: Vec<&str> = printed.lines().skip_while(|line| without_numbers(line) != first).collect();
    let paragraphs: Vec<&[&str]> = lines.split(|line| line.is_empty()).collect();
    let part = paragraphs.get(..block.trim_end().split("\n\n").count())?;
    Some(part.join(&"").join("\n") + "\n")
}

/// Masks times of day and durations, and reduces each gap to one space: a duration may change where a line breaks.
fn without_times(text: &str) -> String {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let at = regex::Regex::new(r"\d\d:\d\d:\d\d\.\d+Z").expect("a pattern");
    let long = regex::Regex::new(r"\b[\d.]+ m?s\b").expect("a pattern");
    long.replace_all(&at.replace_all(&words, "AT"), "SO LONG").into_owned()
}
