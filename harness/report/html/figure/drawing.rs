//! Pieces of an SVG: wrapped text, arrows. Sits in `report::html`, under the figures. Colours come from the style sheet, by class.

use maud::{Markup, html};

use crate::report::html::markup::text::shown;

/// Height of a line of text.
pub(crate) const LINE: i32 = 17;
/// What a letter takes, more rather than less: no browser is asked.
const LETTER: i32 = 7;

/// The text in lines that fit into this width, at most five.
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

/// Lines under one another, centred; the first one stands on `y`.
pub(crate) fn block(x: i32, y: i32, lines: &[String], class: &str) -> Markup {
    html! {
        text x=(x) y=(y) class=(class) text-anchor="middle" {
            @for (n, line) in lines.iter().enumerate() { tspan x=(x) dy=(if n == 0 { 0 } else { LINE }) { (line) } }
        }
    }
}

/// A straight arrow along a line of the page.
pub(crate) fn arrow(from: i32, to: i32, y: i32, class: &str) -> Markup {
    let back = if to > from { -9 } else { 9 };
    html! {
        g class=(class) {
            line x1=(from) y1=(y) x2=(to + back / 2) y2=(y) {}
            path .tip d=(format!("M{to},{y} l{back},-5 v10 z")) {}
        }
    }
}
