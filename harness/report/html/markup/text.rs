//! Text of a report as HTML: nothing hidden, nothing that acts. Sits in `report::html`; maud escapes, this makes visible and cuts.

use maud::{Markup, html};

use crate::diagnose::Proof;
use crate::report::text::hostile::printable;

/// Characters of a body that are shown.
const LONGEST_BODY: usize = 6000;

/// One line, safe to show.
pub(crate) fn shown(raw: &str) -> String {
    printable(raw, true)
}

/// Several lines, each safe to show, cut where there is too much.
pub(crate) fn lines(raw: &str) -> String {
    let cut: String = raw.chars().take(LONGEST_BODY).collect();
    let more = if cut.len() < raw.len() { "\n… cut here: the JSON report has the rest" } else { "" };
    let line = |line: &str| {
        let indent = line.chars().take_while(|c| *c == ' ').count();
        " ".repeat(indent) + &printable(line, true)
    };
    cut.lines().map(line).collect::<Vec<_>>().join("\n") + more
}

/// Text in which `` `…` `` is a command.
pub(crate) fn instruction(raw: &str) -> Markup {
    let raw = shown(raw);
    html! {
        @for (n, part) in raw.split('`').enumerate() {
            @if n % 2 == 1 { code { (part) } } @else { (part) }
        }
    }
}

/// A proof, with the way to its exchange where the page shows it.
pub(crate) fn proof(proof: &Proof, is_shown: impl Fn(u32) -> bool) -> Markup {
    html! {
        (shown(&proof.says))
        @if let Some(id) = proof.exchange.filter(|id| is_shown(*id)) {
            " " a .ref href=(format!("#probe-{id}")) { "probe " (id) }
        }
    }
}
