//! How wide a report for people is.

/// Returns the lines that are too wide, except for those that hold a URL or a command, which cannot be wrapped.
pub(crate) fn too_wide(text: &str, columns: usize) -> Vec<&str> {
    let is_one_piece = |line: &str| ["://", "gcloud ", "fivewhys smoke"].iter().any(|piece| line.contains(piece));
    text.lines().filter(|line| line.chars().count() > columns && !is_one_piece(line)).collect()
}
