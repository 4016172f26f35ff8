//! The sequence of the failing request: which hop sent what to which hop, in order.

use crate::report::html::markup::shown;
use maud::{Markup, html};

use crate::diagnose::Certainty;
use crate::report::html::figure::drawing::{LINE, arrow, block, wrapped};
use crate::report::html::markup::text::shown;
use crate::report::{Leg, LegKind, Passage, Report};
use crate::terms::Hop;

const WIDTH: i32 = 960;
const HEAD: i32 = 34;

/// One leg with its place on the drawing.
struct Row<'a> {
    leg: &'a Leg,
    y: i32,
    lines: Vec<String>,
}

pub(crate) fn figure(report: &Report, number: usize, passage: &Passage, certainty: Certainty) -> Markup {
    let sure = certainty >= Certainty::Likely;
    let columns = Columns::of(&passage.legs);
    let (rows, height) = laid_out(&columns, &passage.legs);
    let id = format!("sequence-{number}");
    html! {
        figure {
            h3 { "The failing request" }
            p .quiet {
                "A request that fails because of it: " code { (shown(&passage.step)) }
                @if shown::is_shown(report, passage.exchange) {
                    ", " a .ref href=(format!("#probe-{}", passage.exchange)) { "probe " (passage.exchange) }
                }
                "."
            }
            div .drawing tabindex="0" role="region" aria-label=(format!("Sequence of the failing request, cause {number}")) {
                svg .sequence viewBox=(format!("0 0 {WIDTH} {height}")) role="img" aria-labelledby=(id) {
                    title #(id) { (all_in_words(&passage.legs)) }
                    @for (hop, x) in columns.all() {
                        line .life x1=(x) y1=(HEAD) x2=(x) y2=(height - 4) {}
                        rect .head x=(x - 55) y="2" width="110" height="28" rx="6" {}
                        text .name x=(x) y="21" text-anchor="middle" { (hop.as_str()) }
                    }
                    @for row in &rows { (drawn(&columns, row, sure)) }
                }
            }
            ol .stacked { @for leg in &passage.legs { li { (in_words(leg)) } } }
        }
    }
}

/// The hops that take part, from left to right.
struct Columns(Vec<Hop>);

impl Columns {
    fn of(legs: &[Leg]) -> Self {
        let mut hops: Vec<Hop> = legs.iter().flat_map(|leg| [leg.from, leg.to]).collect();
        hops.sort();
        hops.dedup();
        Self(hops)
    }

    fn all(&self) -> impl Iterator<Item = (Hop, i32)> {
        self.0.iter().map(|hop| (*hop, self.x(*hop)))
    }

    fn distance(&self) -> i32 {
        WIDTH / i32::try_from(self.0.len()).unwrap_or(1).max(1)
    }

    fn x(&self, hop: Hop) -> i32 {
        let at = self.0.iter().position(|one| *one == hop).and_then(|at| i32::try_from(at).ok());
        at.unwrap_or(0) * self.distance() + self.distance() / 2
    }
}

fn laid_out<'a>(columns: &Columns, legs: &'a [Leg]) -> (Vec<Row<'a>>, i32) {
    let mut y = HEAD + 12;
    let mut rows = Vec::new();
    for leg in legs {
        let (_, width) = span(columns, leg);
        let lines = wrapped(&leg.says, if leg.kind == LegKind::Concluded { width - 70 } else { width - 24 });
        let height = i32::try_from(lines.len()).unwrap_or(1) * LINE;
        rows.push(Row { leg, y, lines });
        y += height + 30;
    }
    (rows, y + 4)
}

/// Returns the left end and the width of a leg. A remark on one hop is as wide as its words need.
fn span(columns: &Columns, leg: &Leg) -> (i32, i32) {
    let (a, b) = (columns.x(leg.from).min(columns.x(leg.to)), columns.x(leg.from).max(columns.x(leg.to)));
    match leg.kind {
        LegKind::Concluded => {
            let width = (b - a + 120).max(260);
            let left = ((a + b - width) / 2).clamp(2, WIDTH - width - 2);
            (left, width)
        }
        _ => (a, (b - a).max(160)),
    }
}

fn drawn(columns: &Columns, row: &Row<'_>, sure: bool) -> Markup {
    let (left, width) = span(columns, row.leg);
    let height = i32::try_from(row.lines.len()).unwrap_or(1) * LINE;
    let (from, to) = (columns.x(row.leg.from), columns.x(row.leg.to));
    let below = row.y + height + 6;
    html! {
        @match row.leg.kind {
            LegKind::Concluded => {
                g .remark .open[!sure] {
                    rect x=(left) y=(row.y - 4) width=(width) height=(height + 20) rx="6" {}
                    (block(left + width / 2, row.y + 17, &row.lines, "says"))
                }
            }
            LegKind::Asked => { (block((from + to) / 2, row.y + 12, &row.lines, "says")) (arrow(from, to, below, "asked")) }
            LegKind::Answered => { (block((from + to) / 2, row.y + 12, &row.lines, "says")) (arrow(from, to, below, "answered")) }
            LegKind::Lost => {
                (block((from + to) / 2, row.y + 12, &row.lines, "says"))
                g .lost { line x1=(from) y1=(below) x2=((from + to) / 2) y2=(below) {} }
                text .lost x=((from + to) / 2) y=(below + 6) text-anchor="middle" { "✗" }
            }
        }
    }
}

fn in_words(leg: &Leg) -> String {
    let says = shown(&leg.says);
    let (from, to) = (leg.from, leg.to);
    match leg.kind {
        LegKind::Asked => format!("{from} to {to}: {says}"),
        LegKind::Answered => format!("{from} answers {to}: {says}"),
        LegKind::Lost => format!("{from} does not answer {to}: {says}"),
        LegKind::Concluded if from == to => format!("at {from}, as concluded from all observations: {says}"),
        LegKind::Concluded => format!("between {from} and {to}, as concluded from all observations: {says}"),
    }
}

fn all_in_words(legs: &[Leg]) -> String {
    legs.iter().map(in_words).collect::<Vec<_>>().join("; ")
}
