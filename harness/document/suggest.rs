//! Rewrites the messages of deserialisers, and finds the nearest known name.

/// Splits ``unknown field `bakend`, expected one of `backend`, `auth` `` into a message and a help. Keeps other
/// messages.
pub(crate) fn in_our_words(message: &str) -> (String, Option<String>) {
    let first_line = message.lines().next().unwrap_or_default();
    let what = ["unknown field", "unknown variant"].into_iter().find(|what| first_line.starts_with(what));
    let mut names = first_line.split('`').skip(1).step_by(2);
    let (Some(what), Some(wrong)) = (what, names.next()) else {
        return (plainly(&message.trim_end().replace('\n', ", ")), None);
    };
    let what = if what == "unknown variant" { "unknown value" } else { what };
    (format!("{what} `{wrong}`"), Some(nearest_or_all(wrong, &names.collect::<Vec<_>>())))
}

/// Replaces Rust's type names, and does not quote a string, which may be a secret in the wrong place.
fn plainly(message: &str) -> String {
    let Some((found, expected)) = message.split_once(", expected ").filter(|_| message.starts_with("invalid ")) else {
        return message.to_owned();
    };
    let found = found.split_once(": ").map_or(found, |(_, what)| what);
    let found = if found.starts_with("string ") { "a string" } else { found };
    let expected = match expected {
        "a nonzero u32" | "a nonzero usize" => "a whole number above zero",
        "u16" | "u32" | "usize" => "a whole number",
        other => other,
    };
    format!("expected {expected}, found {found}")
}

/// Returns ``did you mean `backend`?``, or the list of known names.
pub(crate) fn nearest_or_all(wrong: &str, known: &[&str]) -> String {
    let nearest = known.iter().map(|name| (distance(&wrong.to_lowercase(), &name.to_lowercase()), *name)).min();
    match nearest {
        Some((edits, name)) if edits <= 1 + name.len() / 4 => format!("did you mean `{name}`?"),
        Some(_) => {
            format!("known here: {}", known.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "))
        }
        None => "there are no known names here".to_owned(),
    }
}

/// Returns the Levenshtein distance of the first 64 characters.
pub(crate) fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().take(64).collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, from) in left.chars().take(64).enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, to) in right.iter().enumerate() {
            let replaced = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[right.len()]
}
