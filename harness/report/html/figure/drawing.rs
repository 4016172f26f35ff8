//! Pieces of an SVG: wrapped text and arrows. Colours come from the style sheet, by class.

use maud::{Markup, html};

use crate::report::html::markup::text::shown;

/// Height of a line of text.
pub(crate) const LINE: i32 = 17;
/// The width of a letter, rather too wide than too narrow: no browser measures it.
const LETTER: i32 = 7;

/// Returns the text in at most five lines that fit into this width.
pub(crate) fn wrapped(text: &str, width: i32) -> Vec<String> {
    let columns = usize::try_from(width / LETTER).unwrap_or(0).max(12);
    let mut lines: Vec<String> =
        textwrap::wrap(&shown(text), columns).into_iter().map(std::borrow::Cow::into_owned).collect();
    if lines.len() > 5 {
        lines.truncate(5);
        lines[4].push('…');
    }
    lines
}

/// Returns centred lines below one another. The first stands on `y`.
pub(crate) fn block(x: i32, y: i32, lines: &[String], class: &str) -> Markup {
    html! {
        text x=(x) y=(y) class=(class) text-anchor="middle" {
            @for (n, line) in lines.iter().enumerate() { tspan x=(x) dy=(if n == 0 { 0 } else { LINE }) { (line) } }
        }
    }
}

/// Returns a horizontal arrow.
pub(crate) fn arrow(from: i32, to: i32, y: i32, class: &str) -> Markup {
    let back = if to > from { -9 } else { 9 };
    html! {
        g class=(class) {
            line x1=(from) y1=(y) x2=(to + back / 2) y2=(y) {}
            path .tip d=(format!("M{to},{y} l{back},-5 v10 z")) {}
        }
    }
}
