//! `docs/contract-rows.md` and the `rows` of the entries agree, and no row is missing.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnose::catalogue::Catalogue;

const PAGE: &str = include_str!("../../../docs/contract-rows.md");

/// Returns the row number and the last cell of every line of the first table.
fn rows() -> Vec<(u8, &'static str)> {
    let cells = PAGE.lines().map(|line| line.trim_matches('|').split(" | ").map(str::trim).collect::<Vec<_>>());
    cells.filter_map(|cells| Some((cells.first()?.parse().ok()?, *cells.last()?))).collect()
}

fn slugs(cell: &str) -> BTreeSet<&str> {
    cell.split('`').skip(1).step_by(2).filter(|word| word.contains('/') && !cell.starts_with("left out: ")).collect()
}

#[test]
fn every_row_of_the_page_is_there_once() {
    let numbers: Vec<u8> = rows().into_iter().map(|(row, _)| row).collect();
    assert_eq!(numbers, (1..=87).collect::<Vec<_>>());
}

#[test]
fn every_row_names_existing_entries_or_says_why_not() {
    let ids: BTreeSet<&str> = Catalogue::shipped().ids().collect();
    for line in PAGE.lines().filter(|line| line.starts_with("| ") && !line.contains("entry, or why")) {
        let cell = line.trim_matches('|').split(" | ").last().expect("a last cell").trim();
        let named = slugs(cell);
        assert!(!named.is_empty() || cell.len() > "left out: ".len() && cell.starts_with("left out: "), "{line}");
        assert!(named.iter().all(|id| ids.contains(id)), "no such entry: {line}");
    }
}

#[test]
fn the_rows_of_every_entry_match_the_page() {
    let mut of_entries: BTreeMap<u8, BTreeSet<&str>> = BTreeMap::new();
    for fault in &Catalogue::shipped().faults {
        for row in &fault.rows {
            of_entries.entry(*row).or_default().insert(&fault.id);
        }
    }
    for (row, cell) in rows() {
        assert_eq!(of_entries.remove(&row).unwrap_or_default(), slugs(cell), "row {row}");
    }
}
