//! Calibration: whether candidates with a confidence of 80 % are the injected fault in 80 of 100 cases.
//!
//! Counts every candidate of every verdict on a visible single fault. Start at [`Calibration`].

use crate::selftest::mark::Mark;
use crate::selftest::mark::judge::Belief;
use crate::selftest::table::measure::shown;
use crate::selftest::table::{groups, number, percent, table};

/// Where one band of confidence ends and the next begins. The last band includes 1.
const BOUNDS: [f64; 6] = [0.0, 0.1, 0.3, 0.7, 0.9, 1.0];
const BANDS: usize = BOUNDS.len() - 1;
/// Candidates that a band needs before its share is compared with the band.
const ENOUGH: usize = 30;
/// The quantile of the normal distribution for an interval of 95 %.
const Z: f64 = 1.96;

/// The candidates of one band.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Band {
    /// Where the band begins.
    pub from: f64,
    /// Where it ends.
    pub to: f64,
    /// How many candidates have a confidence in the band.
    pub candidates: usize,
    /// How many of them were injected.
    pub injected: usize,
    confidences: f64,
}

impl Band {
    /// Returns the mean confidence, or `None` of no candidates.
    pub(crate) fn mean(&self) -> Option<f64> {
        (self.candidates > 0).then(|| self.confidences / self.candidates as f64)
    }

    /// Returns the share of candidates that were injected, or `None` of no candidates.
    pub(crate) fn share(&self) -> Option<f64> {
        (self.candidates > 0).then(|| self.injected as f64 / self.candidates as f64)
    }

    /// Reports whether the share lies within the band, give or take its 95 % interval. `None` of too few candidates.
    pub(crate) fn holds(&self) -> Option<bool> {
        (self.candidates >= ENOUGH).then(|| {
            let (low, high) = wilson(self.injected, self.candidates);
            high >= self.from && low <= self.to
        })
    }

    fn add(&mut self, belief: &Belief) {
        self.candidates += 1;
        self.injected += usize::from(belief.injected);
        self.confidences += belief.confidence;
    }
}

/// The candidates of many verdicts, by their confidence.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Calibration {
    /// The bands, from the lowest.
    pub bands: [Band; BANDS],
}

impl Calibration {
    /// Counts the candidates of the marks of visible single faults.
    pub(crate) fn of<'a>(marks: impl IntoIterator<Item = &'a Mark>) -> Self {
        let judged = marks.into_iter().filter(|one| shown(one));
        Self::count(judged.flat_map(|one| &one.judgement.beliefs))
    }

    fn count<'a>(beliefs: impl IntoIterator<Item = &'a Belief>) -> Self {
        let band = |at: usize| Band { from: BOUNDS[at], to: BOUNDS[at + 1], ..Band::default() };
        let mut bands = std::array::from_fn(band);
        for belief in beliefs {
            bands[band_of(belief.confidence)].add(belief);
        }
        Self { bands }
    }

    /// Returns the number of candidates.
    pub(crate) fn candidates(&self) -> usize {
        self.bands.iter().map(|band| band.candidates).sum()
    }

    /// Returns the expected calibration error: the distance of mean confidence and share, weighted by the candidates of each band. `None` of no
    /// candidates.
    pub(crate) fn error(&self) -> Option<f64> {
        let distance = |band: &Band| Some((band.mean()? - band.share()?).abs() * band.candidates as f64);
        let all = self.candidates();
        (all > 0).then(|| self.bands.iter().filter_map(distance).sum::<f64>() / all as f64)
    }
}

/// Returns the calibration of all marks, then by dialect and evidence, as a table.
pub(crate) fn listed(marks: &[Mark]) -> String {
    let of = |one: &Mark| format!("{} · {}", one.dialect, one.evidence_sources);
    let all = std::iter::once(row("all", &Calibration::of(marks)));
    let by_group = groups(marks, of).into_iter().map(|group| {
        let counted = Calibration::of(marks.iter().filter(|one| of(one) == group));
        row(&group, &counted)
    });
    let bands = BOUNDS.windows(2).map(|of| format!(" {:.0}–{:.0} % |", of[0] * 100.0, of[1] * 100.0));
    let head = format!("| group | candidates | expected calibration error |{}", bands.collect::<String>());
    format!("{LEGEND}\n{}", table(&head, all.chain(by_group)))
}

/// Explains the cells of a band.
const LEGEND: &str = "\
Each band: candidates / mean confidence / share that was injected / whether the share lies within the band, give or take its 95 % interval \
(– below 30 candidates).
";

fn row(group: &str, counted: &Calibration) -> String {
    let bands = counted.bands.iter().map(|band| format!(" {} |", cell(band)));
    format!("| {group} | {} | {} |{}", counted.candidates(), number(counted.error()), bands.collect::<String>())
}

fn cell(band: &Band) -> String {
    let holds = match band.holds() {
        Some(true) => "yes",
        Some(false) => "NO",
        None => "–",
    };
    match band.candidates {
        0 => "–".to_owned(),
        count => format!("{count} / {} / {} / {holds}", percent(band.mean()), percent(band.share())),
    }
}

fn band_of(confidence: f64) -> usize {
    let inner = &BOUNDS[1..BANDS];
    inner.iter().filter(|bound| confidence >= **bound).count()
}

/// Returns the 95 % interval of a share by Wilson. It needs a candidate.
fn wilson(injected: usize, candidates: usize) -> (f64, f64) {
    let n = candidates as f64;
    let share = injected as f64 / n;
    let middle = share + Z * Z / (2.0 * n);
    let reach = Z * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt();
    let scale = 1.0 + Z * Z / n;
    ((middle - reach) / scale, (middle + reach) / scale)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::selftest::mark::Kind;
    use crate::selftest::mark::baseline::Baseline;
    use crate::selftest::mark::judge::Judgement;
    use rstest::rstest;
    use std::collections::BTreeSet;

    /// Candidates of one confidence, of which some were injected.
    fn beliefs(confidence: f64, candidates: usize, injected: usize) -> Vec<Belief> {
        let belief = |at| Belief { fault: "auth/down".to_owned(), confidence, injected: at < injected };
        (0..candidates).map(belief).collect()
    }

    fn near(one: f64, other: f64) -> bool {
        (one - other).abs() < 5e-4
    }

    #[rstest]
    #[case::zero(0.0, 0)]
    #[case::below_a_bound(0.099, 0)]
    #[case::at_a_bound(0.1, 1)]
    #[case::third(0.3, 2)]
    #[case::fourth(0.7, 3)]
    #[case::last(0.9, 4)]
    #[case::one(1.0, 4)]
    fn a_candidate_is_in_the_band_of_its_confidence(#[case] confidence: f64, #[case] band: usize) {
        let counted = Calibration::count(&beliefs(confidence, 1, 1)).bands;
        assert_eq!(counted.map(|one| one.candidates).iter().position(|count| *count == 1), Some(band));
    }

    /// By hand: 0 of n reaches to z² / (n + z²), and n of n begins at n / (n + z²). The others were computed by another program.
    #[rstest]
    #[case::half(15, 30, 0.3315, 0.6685)]
    #[case::none(0, 30, 0.0, 0.1135)]
    #[case::all(30, 30, 0.8865, 1.0)]
    #[case::many(50, 1000, 0.0381, 0.0653)]
    fn the_interval_of_wilson(#[case] injected: usize, #[case] candidates: usize, #[case] low: f64, #[case] high: f64) {
        let (from, to) = wilson(injected, candidates);
        assert!(near(from, low) && near(to, high), "{from} to {to}");
    }

    #[rstest]
    #[case::as_said(0.8, 40, 32, Some(true))]
    #[case::outside_by_chance(0.8, 40, 26, Some(true))]
    #[case::too_sure(0.8, 40, 18, Some(false))]
    #[case::not_sure_enough(0.2, 40, 30, Some(false))]
    #[case::too_few(0.8, 29, 0, None)]
    #[case::nothing(0.8, 0, 0, None)]
    fn a_band_holds_if_the_interval_of_its_share_meets_it(
        #[case] confidence: f64,
        #[case] candidates: usize,
        #[case] injected: usize,
        #[case] holds: Option<bool>,
    ) {
        let counted = Calibration::count(&beliefs(confidence, candidates, injected));
        assert_eq!(counted.bands[band_of(confidence)].holds(), holds);
    }

    /// 10 candidates are off by 0.2, and 30 by 0.05: (10 × 0.2 + 30 × 0.05) / 40.
    #[test]
    fn the_error_is_weighted_by_the_candidates() {
        let all = [beliefs(0.8, 10, 6), beliefs(0.05, 30, 0)].concat();
        let counted = Calibration::count(&all);
        assert!(near(counted.error().expect("there are candidates"), 0.0875), "{counted:?}");
        assert_eq!(counted.candidates(), 40);
        assert_eq!(Calibration::count(&[]).error(), None);
    }

    fn mark(kind: Kind, visible: bool) -> Mark {
        let judgement = Judgement { beliefs: beliefs(0.8, 1, 1), ..Judgement::default() };
        Mark {
            kind,
            faults: vec!["auth/down".to_owned()],
            dialect: "modern".to_owned(),
            evidence_sources: "edge".to_owned(),
            visible,
            class: BTreeSet::new(),
            judgement,
            baseline: Baseline::default(),
            asked: 0,
            unanswered: 0,
            every: 0,
            verdict_ms: 0.0,
        }
    }

    #[rstest]
    #[case::single(Kind::Single, true, 1)]
    #[case::hidden(Kind::Single, false, 0)]
    #[case::noisy(Kind::Noisy, true, 0)]
    #[case::pair(Kind::Pair, true, 0)]
    fn only_visible_single_faults_count(#[case] kind: Kind, #[case] visible: bool, #[case] candidates: usize) {
        assert_eq!(Calibration::of(&[mark(kind, visible)]).candidates(), candidates);
    }

    #[test]
    fn the_table_has_a_row_for_all_and_one_for_each_group() {
        let mut marks = vec![mark(Kind::Single, true); 40];
        marks[0].evidence_sources = "all".to_owned();
        let text = listed(&marks);
        let rows: Vec<&str> = text.lines().skip_while(|line| !line.starts_with("|---")).skip(1).collect();
        let with = |count: usize, holds| format!("{count} / 80.0 % / 100.0 % / {holds}");
        assert_eq!(
            rows,
            [
                format!("| all | 40 | 0.200 | – | – | – | {} | – |", with(40, "NO")),
                format!("| modern · all | 1 | 0.200 | – | – | – | {} | – |", with(1, "–")),
                format!("| modern · edge | 39 | 0.200 | – | – | – | {} | – |", with(39, "NO")),
            ]
        );
    }

    /// Two candidates that are wrong in opposite directions within one band cancel out. So the mean of the band counts.
    #[test]
    fn the_mean_is_of_the_whole_band() {
        let all = [beliefs(0.4, 1, 0), beliefs(0.6, 1, 1)].concat();
        let counted = Calibration::count(&all);
        assert!(near(counted.bands[2].mean().expect("two candidates"), 0.5), "{counted:?}");
        assert!(near(counted.error().expect("two candidates"), 0.0), "{counted:?}");
    }
}
