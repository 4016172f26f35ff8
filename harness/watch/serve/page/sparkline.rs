//! A small drawing of durations, without axes. The table next to it has the numbers.

use maud::{Markup, html};

use crate::report::words::{counted, duration};

const WIDTH: f64 = 240.0;
const HEIGHT: f64 = 36.0;
/// The space beside and above the line.
const EDGE: f64 = 4.0;
/// The space below the line.
const BELOW: f64 = 11.0;
/// The height of a tick in the space below the line.
const TICK: f64 = 7.0;

/// One run of a scenario.
#[derive(Debug, Clone, Copy)]
pub(super) struct Point {
    pub(super) ms: f64,
    pub(super) failed: bool,
}

/// Returns the drawing, the newest point at the right. `most` points fill its width.
pub(super) fn sparkline(points: &[Point], most: usize) -> Markup {
    let highest = points.iter().map(|point| point.ms).fold(0.0, f64::max);
    let place = |n: usize, point: &Point| {
        let step = (WIDTH - 2.0 * EDGE) / most.saturating_sub(1).max(1) as f64;
        let x = WIDTH - EDGE - (points.len() - 1 - n) as f64 * step;
        let share = if highest > 0.0 { point.ms / highest } else { 0.0 };
        (x, HEIGHT - BELOW - share * (HEIGHT - BELOW - EDGE))
    };
    let places: Vec<(f64, f64)> = points.iter().enumerate().map(|(n, point)| place(n, point)).collect();
    html! {
        @if let Some((x, y)) = places.last() {
            svg .spark viewBox=(format!("0 0 {WIDTH} {HEIGHT}")) role="img" aria-label=(says(points, highest)) {
                polyline points=(line(&places)) {}
                @for ((x, _), _) in places.iter().zip(points).filter(|(_, point)| point.failed) { (tick(*x)) }
                circle cx=(format!("{x:.1}")) cy=(format!("{y:.1}")) r="2.5" {}
            }
        }
    }
}

fn line(places: &[(f64, f64)]) -> String {
    places.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect::<Vec<_>>().join(" ")
}

/// Marks a run in which the scenario failed.
fn tick(x: f64) -> Markup {
    html! { path .failed d=(format!("M{x:.1},{HEIGHT} v-{TICK}")) {} }
}

fn says(points: &[Point], highest: f64) -> String {
    let lowest = points.iter().map(|point| point.ms).fold(f64::INFINITY, f64::min);
    let failed = points.iter().filter(|point| point.failed).count();
    let runs = counted(points.len(), "run", "runs");
    format!("{runs}, from {} to {}, {failed} failed", duration(lowest), duration(highest))
}
