//! A block of commands in a page.

use std::path::{Path, PathBuf};

use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};

/// How a command line of ours begins, in a block without a language.
const COMMANDS: [&str; 2] = ["fivewhys ", "cargo "];
/// Stands before a block that a command must print.
const VERDICT: &str = "<!-- verdict: ";
/// Stands before the block that `.ci/run` reads.
const BY_THE_GATE: &str = "<!-- commands -->";

pub(crate) struct Block {
    /// `docs/users/gate.md:3`.
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) page: PathBuf,
    comment: String,
}

impl Block {
    /// Reads the blocks of a page, in order.
    pub(crate) fn all(page: &Path) -> Vec<Self> {
        let text = std::fs::read_to_string(page).expect("a page");
        let name = page.strip_prefix(env!("CARGO_MANIFEST_DIR")).expect("a page of ours").display().to_string();
        let (mut blocks, mut comment, mut open) = (Vec::new(), String::new(), None);
        for (event, span) in Parser::new(&text).into_offset_iter() {
            match event {
                Event::Start(Tag::CodeBlock(kind)) => {
                    let line = text[..span.start].matches('\n').count() + 1;
                    open = Some((line, kind, String::new()));
                }
                Event::Text(part) => open.iter_mut().for_each(|(_, _, inside)| inside.push_str(&part)),
                Event::End(TagEnd::CodeBlock) => {
                    let Some((line, kind, inside)) = open.take() else { continue };
                    let comment = std::mem::take(&mut comment);
                    if is_commands(&kind, &inside) || comment.contains("needs") || comment.starts_with(VERDICT) {
                        blocks.push(Self {
                            name: format!("{name}:{line}"),
                            text: inside,
                            page: page.to_owned(),
                            comment,
                        });
                    }
                }
                Event::Html(html) => comment = html.trim().to_owned(),
                Event::Start(Tag::HtmlBlock) | Event::End(TagEnd::HtmlBlock) => {}
                _ if open.is_none() => comment.clear(),
                _ => {}
            }
        }
        blocks
    }

    /// Returns the command that must print it, where it is no command itself.
    pub(crate) fn printed_by(&self) -> Option<&str> {
        self.comment.strip_prefix(VERDICT)?.strip_suffix(" -->")
    }

    /// Returns what it needs that this machine lacks, if anything.
    pub(crate) fn needs(&self) -> Option<String> {
        let said = self.comment.strip_prefix("<!-- needs ").and_then(|rest| rest.strip_suffix(" -->"));
        let gate = (self.comment == BY_THE_GATE).then(|| ".ci/run, which runs it".to_owned());
        let jq = (self.text.contains("| jq") && !has_jq()).then(|| "jq".to_owned());
        said.map(ToOwned::to_owned).or(gate).or(jq)
    }
}

fn is_commands(kind: &CodeBlockKind<'_>, text: &str) -> bool {
    match kind {
        CodeBlockKind::Fenced(language) => matches!(&**language, "sh" | "bash" | "console" | "shell"),
        CodeBlockKind::Indented => COMMANDS.iter().any(|command| text.trim_start().starts_with(command)),
    }
}

fn has_jq() -> bool {
    std::process::Command::new("jq").arg("--version").output().is_ok()
}
