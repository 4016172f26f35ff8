//! The JSON report: the report type itself, indented, for programs. Its schema is [`crate::report::SCHEMA`].

use crate::report::Report;
use crate::report::format::{Format, Stdout, Style};
use crate::report::text::hostile::is_hidden;

/// JSON for programs.
#[derive(Debug, Clone, Copy)]
pub struct Json;

impl Format for Json {
    fn name(&self) -> &'static str {
        "json"
    }

    fn help(&self) -> &'static str {
        "Programs: the whole report, schema `fivewhys/report/2`"
    }

    fn extension(&self) -> &'static str {
        "json"
    }

    fn stdout(&self) -> Option<Stdout> {
        Some(Stdout::Document)
    }

    fn render(&self, report: &Report, _: &Style) -> String {
        render(report)
    }
}

/// Returns the report as JSON (RFC 8259) that ends with a new line. Characters that would act on a terminal are written as `\uXXXX`: nothing
/// is lost, and `cat` can show the report safely.
#[must_use]
pub fn render(report: &Report) -> String {
    // Serialization fails only for a map with keys other than strings. Every key of a report is a string.
    escaped(&serde_json::to_string_pretty(report).expect("a report can be written as JSON"))
}

/// Returns indented JSON with a final new line, in which no character acts on a terminal.
pub(crate) fn escaped(json: &str) -> String {
    let mut shown = String::with_capacity(json.len() + 1);
    for c in json.chars() {
        // serde_json has escaped the new lines inside strings, so every new line here is layout.
        if c != '\n' && is_hidden(c) { escape(&mut shown, c) } else { shown.push(c) }
    }
    shown.push('\n');
    shown
}

fn escape(shown: &mut String, c: char) {
    for unit in c.encode_utf16(&mut [0; 2]) {
        shown.push_str(&format!("\\u{unit:04x}"));
    }
}

#[cfg(test)]
mod tests {
    use rstest_reuse::apply;

    use super::{Report, render};
    use crate::report::samples;
    use crate::report::samples::every_kind_of_run;

    #[apply(every_kind_of_run)]
    fn every_kind_of_run_as_json(#[case] name: &str, #[case] report: Report) {
        insta::assert_snapshot!(format!("json_{name}"), render(&report));
    }

    #[test]
    fn a_report_comes_back_as_it_was() {
        for report in samples::all() {
            let json = render(&report);
            assert!(json.ends_with("}\n"));
            assert_eq!(serde_json::from_str::<Report>(&json).expect("the report's own JSON"), report);
        }
    }

    #[test]
    fn hidden_characters_are_escaped_and_not_lost() {
        let mut report = samples::passed();
        report.target = "a\u{1b}[2J\u{9b}\u{202e}\u{7f}\u{e0041}b\n".to_owned();
        let json = render(&report);
        assert!(json.contains(r#""target": "a\u001b[2J\u009b\u202e\u007f\udb40\udc41b\n""#), "{json}");
        assert_eq!(serde_json::from_str::<Report>(&json).expect("the report's own JSON").target, report.target);
    }

    #[test]
    fn the_schema_comes_first() {
        assert!(render(&samples::passed()).starts_with("{\n  \"schema\": \"fivewhys/report/2\",\n"));
    }
}
