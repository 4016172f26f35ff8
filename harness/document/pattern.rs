//! A pattern in which `*` stands for any text.

/// Reports whether a value matches a pattern in which `*` stands for any text.
pub(crate) fn fits(pattern: &str, value: &str) -> bool {
    let mut rest = value;
    let mut parts = pattern.split('*');
    let Some(after) = parts.next().and_then(|first| rest.strip_prefix(first)) else { return false };
    rest = after;
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::fits;

    #[rstest]
    #[case("text/html*", "text/html; charset=utf-8", true)]
    #[case("*/login*", "https://id.test/login?next=/", true)]
    #[case("a*b*c", "a-c-b", false)]
    #[case("abc", "abcd", false)]
    #[case("*", "", true)]
    fn a_star_stands_for_any_text(#[case] pattern: &str, #[case] value: &str, #[case] does_fit: bool) {
        assert_eq!(fits(pattern, value), does_fit);
    }
}
