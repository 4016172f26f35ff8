//! Checks that `docs/users/failure-modes.md` and the `rows` of the catalogue entries agree, and that no row is missing.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnose::model::catalogue::Catalogue;

const PAGE: &str = include_str!("../../../../docs/users/failure-modes.md");

/// Returns the row number and the last cell of every line of the first table.
fn rows() -> Vec<(u8, &'static str)> {
    let cells = PAGE.lines().map(|line| line.trim_matches('|').split(" | ").map(str::trim).collect::<Vec<_>>());
    cells.filter_map(|cells| Some((cells.first()?.parse().ok()?, *cells.last()?))).collect()
}

fn entry_ids(cell: &str) -> BTreeSet<&str> {
    cell.split('`').skip(1).step_by(2).filter(|word| word.contains('/') && !cell.starts_with("left out: ")).collect()
}

#[test]
fn every_row_number_occurs_once() {
    let numbers: Vec<u8> = rows().into_iter().map(|(row, _)| row).collect();
    assert_eq!(numbers, (1..=87).collect::<Vec<_>>());
}

#[test]
fn every_row_names_known_entries_or_gives_a_reason() {
    let ids: BTreeSet<&str> = Catalogue::shipped().ids().collect();
    let (page, _) = PAGE.split_once("## Every entry").expect("the page has a list of all entries");
    for line in page.lines().filter(|line| line.starts_with("| ") && !line.contains("entry, or why")) {
        let cell = line.trim_matches('|').split(" | ").last().expect("the line has a last cell").trim();
        let named = entry_ids(cell);
        assert!(!named.is_empty() || cell.len() > "left out: ".len() && cell.starts_with("left out: "), "{line}");
        assert!(named.iter().all(|id| ids.contains(id)), "unknown entry: {line}");
    }
}

#[test]
fn the_rows_of_every_entry_match_the_page() {
    let mut by_row: BTreeMap<u8, BTreeSet<&str>> = BTreeMap::new();
    for fault in Catalogue::shipped().faults() {
        for row in &fault.rows {
            by_row.entry(*row).or_default().insert(&fault.id);
        }
    }
    for (row, cell) in rows() {
        assert_eq!(by_row.remove(&row).unwrap_or_default(), entry_ids(cell), "row {row}");
    }
}

#[test]
fn the_page_lists_every_entry() {
    let (_, list) = PAGE.split_once("## Every entry").expect("the page has a list of all entries");
    let listed: Vec<&str> = list.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
    assert_eq!(listed, Catalogue::shipped().ids().collect::<Vec<_>>());
}
