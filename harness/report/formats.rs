//! The report formats, each once. `--format`, `--report`, `docs/reports.md` and the tests read this list.

use super::format::Format;
use super::github::Github;
use super::html::Html;
use super::human::Human;
use super::json::Json;
use super::junit::Junit;

/// Every report format. To add a format, implement [`Format`] in a module of its own and name it here.
pub const FORMATS: &[&dyn Format] = &[&Human, &Json, &Html, &Junit, &Github];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::FORMATS;
    use crate::report::format::{Format, Style};
    use crate::report::samples;

    const BEGIN: &str = "<!-- formats: generated, FIVEWHYS_BLESS=1 cargo test --lib report::formats -->\n";
    const END: &str = "<!-- formats: end -->\n";

    fn table() -> String {
        let row = |format: &&dyn Format| {
            let target = if format.stdout().is_some() { "stdout or a file" } else { "a file" };
            let target = if format.is_shown_by_github() { "the job, or a file" } else { target };
            format!("| `{}` | {} | {target} | `.{}` |\n", format.name(), format.help(), format.extension())
        };
        let rows: String = FORMATS.iter().map(row).collect();
        format!("\n| format | for | goes to | file |\n|---|---|---|---|\n{rows}\n")
    }

    #[test]
    fn the_docs_list_every_format() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/reports.md");
        let page = std::fs::read_to_string(&path).expect("docs/reports.md can be read");
        let (before, rest) = page.split_once(BEGIN).expect("the table begins with its marker");
        let (kept, after) = rest.split_once(END).expect("the table ends with its marker");
        if std::env::var_os("FIVEWHYS_BLESS").is_some() {
            let page = [before, BEGIN, &table(), END, after].concat();
            std::fs::write(path, page).expect("docs/reports.md can be written");
        } else {
            assert_eq!(kept, table(), "docs/reports.md is old: FIVEWHYS_BLESS=1 cargo test --lib report::formats");
        }
    }

    #[test]
    fn every_format_has_a_name_of_its_own_and_one_line_of_help() {
        let names: BTreeSet<&str> = FORMATS.iter().map(|format| format.name()).collect();
        assert_eq!(names.len(), FORMATS.len());
        for format in FORMATS {
            assert!(!format.help().is_empty() && !format.help().contains('\n') && !format.help().ends_with('.'));
        }
    }

    #[test]
    fn every_format_ends_with_a_new_line() {
        for (format, report) in FORMATS.iter().flat_map(|format| samples::all().into_iter().map(move |it| (format, it)))
        {
            let text = format.render(&report, &Style::FILE);
            assert!(text.ends_with('\n'), "{format:?}");
        }
    }
}
