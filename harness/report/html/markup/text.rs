//! Makes foreign text safe in HTML: maud escapes markup, this module makes hidden characters visible and cuts long texts.

use maud::{Markup, html};

use crate::diagnose::Proof;
use crate::report::text::hostile::printable;

/// Characters of a body that are shown.
const LONGEST_BODY: usize = 6000;

/// Returns one line that is safe to show.
pub(crate) fn shown(raw: &str) -> String {
    printable(raw, true)
}

/// Returns the phrase with a capital letter, as a heading or a label.
pub(crate) fn capitalized(phrase: &str) -> String {
    let mut shown = shown(phrase);
    if let Some(first) = shown.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    shown
}

/// Returns several lines, each safe to show. A text that is too long is cut.
pub(crate) fn lines(raw: &str) -> String {
    let cut: String = raw.chars().take(LONGEST_BODY).collect();
    let more = if cut.len() < raw.len() { "\n… cut here: the JSON report has the rest" } else { "" };
    let line = |line: &str| {
        let indent = line.chars().take_while(|c| *c == ' ').count();
        " ".repeat(indent) + &printable(line, true)
    };
    cut.lines().map(line).collect::<Vec<_>>().join("\n") + more
}

/// Returns an instruction: text between backticks becomes code.
pub(crate) fn instruction(raw: &str) -> Markup {
    let raw = shown(raw);
    html! {
        @for (n, part) in raw.split('`').enumerate() {
            @if n % 2 == 1 { code { (part) } } @else { (part) }
        }
    }
}

/// Returns a proof with a link to its exchange, if the page shows that exchange.
pub(crate) fn proof(proof: &Proof, is_shown: impl Fn(u32) -> bool) -> Markup {
    html! { (shown(&proof.says)) (probe(proof.exchange, is_shown)) }
}

/// Returns a link to an exchange, if the page shows that exchange.
pub(crate) fn probe(exchange: Option<u32>, is_shown: impl Fn(u32) -> bool) -> Markup {
    html! {
        @if let Some(id) = exchange.filter(|id| is_shown(*id)) {
            " " a .ref href=(format!("#probe-{id}")) { "probe " (id) }
        }
    }
}
