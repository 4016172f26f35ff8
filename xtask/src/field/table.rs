//! The table of an exam on public failure reports: a row for each run, then the sums.

use super::case::{AWAITED, Mode};
use super::judgement::{Judgement, Mark};

/// What came of a run.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// It has a report.
    Judged(Judgement),
    /// It could not run, for this reason.
    NotRun(String),
}

/// One case in one mode.
#[derive(Debug)]
pub(crate) struct Row {
    /// The name of the case.
    pub case: String,
    /// How it was served.
    pub mode: Mode,
    /// Whether it counts in the sums.
    pub counts: bool,
    /// What came of it.
    pub outcome: Outcome,
}

impl Row {
    /// Returns why it could not run.
    pub(crate) fn reason(&self) -> Option<&str> {
        match &self.outcome {
            Outcome::Judged(_) => None,
            Outcome::NotRun(reason) => Some(reason),
        }
    }

    fn judgement(&self) -> Option<&Judgement> {
        match &self.outcome {
            Outcome::Judged(judgement) => Some(judgement),
            Outcome::NotRun(_) => None,
        }
    }

    fn line(&self) -> [String; 7] {
        let name = format!("{}{}", self.case, if self.counts { "" } else { " *" });
        let [outcome, said, marks @ ..] = match &self.outcome {
            Outcome::NotRun(reason) => ["not run".to_owned(), reason.clone(), dash(), dash(), dash()],
            Outcome::Judged(one) => [
                one.outcome.clone(),
                one.said.clone().unwrap_or_else(dash),
                one.hop_right.to_string(),
                one.among.to_string(),
                one.first.to_string(),
            ],
        };
        let [hop, among, first] = marks;
        [name, self.mode.as_str().to_owned(), outcome, said, hop, among, first]
    }
}

fn dash() -> String {
    "–".to_owned()
}

const HEAD: [&str; 7] =
    ["case", "mode", "outcome", "first cause", "hop right", "true cause among the candidates", "first"];

/// Returns the table and the sums.
pub(crate) fn render(rows: &[Row]) -> String {
    let runs = table(&HEAD, &rows.iter().map(Row::line).collect::<Vec<_>>());
    let counted = rows.iter().filter(|row| row.counts).collect::<Vec<_>>();
    let all = rows.iter().collect::<Vec<_>>();
    let sums = SUMS.iter().map(|sum| [sum.says.to_owned(), sum.of(&counted), sum.of(&all)]);
    let lines: Vec<[String; 3]> = sums.chain([["not run".to_owned(), not_run(&counted), not_run(&all)]]).collect();
    let sums = table(&["sum", "counted", "with the cases that do not count"], &lines);
    format!("{runs}\n{}{sums}", notes(rows))
}

/// Says what the stars mean, and what wrong means where `truths.json` has no ids.
fn notes(rows: &[Row]) -> String {
    let has_star = rows.iter().any(|row| !row.counts);
    let has_hop_only = rows.iter().any(|row| is_fault(row) && row.judgement().is_some() && !has_ids(row));
    let star = format!("* does not count until {AWAITED} are done\n\n");
    let hop_only = "Where the true cause has no id, the id columns are empty. Where `truths.json` lists no ids (`means`), \
                    a cause is wrong only if its hop is.\n\n";
    [(has_star, star.as_str()), (has_hop_only, hop_only)]
        .into_iter()
        .filter(|(is_so, _)| *is_so)
        .map(|(_, note)| note)
        .collect()
}

fn not_run(rows: &[&Row]) -> String {
    rows.iter().filter(|row| row.reason().is_some()).count().to_string()
}

/// A line of the sums.
struct Sum {
    says: &'static str,
    /// Whether the run is one of those that the sum is about.
    asked: fn(&Row) -> bool,
    /// Whether it is counted. For wrong verdicts: counted is bad.
    counted: fn(&Judgement) -> bool,
}

impl Sum {
    /// Returns `7 of 9`, or a dash if there is nothing to count. A run that did not take place is in neither number.
    fn of(&self, rows: &[&Row]) -> String {
        let asked: Vec<&Judgement> =
            rows.iter().filter(|row| (self.asked)(row)).filter_map(|row| row.judgement()).collect();
        let counted = asked.iter().filter(|one| (self.counted)(one)).count();
        if asked.is_empty() { dash() } else { format!("{counted} of {}", asked.len()) }
    }
}

const SUMS: [Sum; 10] = [
    Sum { says: "fault: first cause at the right hop", asked: is_fault, counted: |one| one.hop_right.is_right() },
    Sum { says: "fault: true cause among the candidates", asked: has_ids, counted: |one| one.among.is_right() },
    Sum { says: "fault: the same, but called unlikely", asked: has_ids, counted: |one| one.among == Mark::Unlikely },
    Sum { says: "fault: true cause first", asked: has_ids, counted: |one| one.first.is_right() },
    Sum { says: "fault: wrong and likely", asked: is_fault, counted: |one| one.wrong_and_likely },
    Sum { says: "fault: wrong and certain", asked: is_fault, counted: |one| one.wrong_and_certain },
    Sum { says: "fault: passed, nothing was seen", asked: is_fault, counted: Judgement::passed },
    Sum { says: "healthy: passed", asked: is_healthy, counted: Judgement::passed },
    Sum { says: "healthy: a cause is likely", asked: is_healthy, counted: |one| one.wrong_and_likely },
    Sum { says: "healthy: a cause is certain", asked: is_healthy, counted: |one| one.wrong_and_certain },
];

fn is_fault(row: &Row) -> bool {
    row.mode == Mode::Fault
}

fn is_healthy(row: &Row) -> bool {
    row.mode == Mode::Healthy
}

/// Reports whether an id of the true cause is known.
fn has_ids(row: &Row) -> bool {
    row.judgement().is_some_and(|one| one.first != Mark::NotJudged)
}

/// Returns a table in Markdown whose columns line up.
fn table<const N: usize>(head: &[&str; N], lines: &[[String; N]]) -> String {
    let head = head.map(str::to_owned);
    let length = |text: &String| text.chars().count();
    let width = |at: usize| lines.iter().chain([&head]).map(|line| length(&line[at])).max().unwrap_or(0);
    let widths: [usize; N] = std::array::from_fn(width);
    let row = |line: &[String; N]| {
        let cells = line.iter().zip(widths).map(|(cell, width)| format!("| {cell:width$} "));
        cells.collect::<String>() + "|\n"
    };
    let rule = widths.map(|width| format!("|{}", "-".repeat(width + 2))).concat() + "|\n";
    row(&head) + &rule + &lines.iter().map(row).collect::<String>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn judgement(outcome: &str, hop_right: Mark, first: Mark) -> Judgement {
        Judgement {
            outcome: outcome.to_owned(),
            said: Some("edge/x (likely)".to_owned()),
            hop_right,
            among: first,
            first,
            wrong_and_certain: false,
            wrong_and_likely: false,
        }
    }

    fn row(case: &str, mode: Mode, outcome: Outcome) -> Row {
        Row { case: case.to_owned(), mode, counts: !case.starts_with("later"), outcome }
    }

    /// Two counted fault runs, one of them wrong; one that does not count; one that did not run; one healthy run.
    fn rows() -> Vec<Row> {
        let wrong = Judgement { wrong_and_likely: true, ..judgement("failed", Mark::No, Mark::No) };
        let right = judgement("failed", Mark::Yes, Mark::Yes);
        vec![
            row("01-a", Mode::Healthy, Outcome::Judged(judgement("passed", Mark::NotJudged, Mark::NotJudged))),
            row("01-a", Mode::Fault, Outcome::Judged(right.clone())),
            row("02-b", Mode::Fault, Outcome::Judged(wrong)),
            row("03-c", Mode::Fault, Outcome::NotRun("no nginx".to_owned())),
            row("later-d", Mode::Fault, Outcome::Judged(right)),
        ]
    }

    fn sums(says: &str) -> (String, String) {
        let rows = rows();
        let (counted, all) =
            (rows.iter().filter(|row| row.counts).collect::<Vec<_>>(), rows.iter().collect::<Vec<_>>());
        let sum = SUMS.iter().find(|sum| sum.says == says).expect("there is such a sum");
        (sum.of(&counted), sum.of(&all))
    }

    #[rstest]
    #[case::hop("fault: first cause at the right hop", "1 of 2", "2 of 3")]
    #[case::first("fault: true cause first", "1 of 2", "2 of 3")]
    #[case::wrong("fault: wrong and likely", "1 of 2", "1 of 3")]
    #[case::healthy("healthy: passed", "1 of 1", "1 of 1")]
    fn a_run_that_did_not_take_place_is_in_no_sum(#[case] says: &str, #[case] counted: &str, #[case] all: &str) {
        assert_eq!(sums(says), (counted.to_owned(), all.to_owned()));
    }

    #[test]
    fn a_run_without_a_known_id_is_in_no_sum_of_ids() {
        let row = row("01-a", Mode::Fault, Outcome::Judged(judgement("failed", Mark::Yes, Mark::NotJudged)));
        let sum = |says: &str| SUMS.iter().find(|sum| sum.says == says).expect("there is such a sum").of(&[&row]);
        assert_eq!(sum("fault: true cause first"), "–");
        assert_eq!(sum("fault: first cause at the right hop"), "1 of 1");
    }

    #[test]
    fn the_table_shows_every_run_and_why_one_could_not_take_place() {
        let text = render(&rows());
        let lines: Vec<&str> = text.lines().collect();
        let width = |line: &&str| line.chars().count();
        assert!(lines[..7].iter().all(|line| width(line) == width(&lines[0])), "{text}");
        assert!(lines[5].contains("03-c") && lines[5].contains("not run") && lines[5].contains("no nginx"), "{text}");
        assert!(lines[6].contains("later-d *"), "{text}");
        assert!(text.contains("* does not count until"), "{text}");
        let last: Vec<&str> = lines[lines.len() - 1].split('|').map(str::trim).collect();
        assert_eq!(last, ["", "not run", "1", "1", ""]);
    }
}
