//! Where a line may end.

use rstest::rstest;

use super::{Ink, Paint, Separator, Text};

const INK: Ink = Ink { unicode: true };

fn lines(text: &Text, room: usize) -> Vec<String> {
    let written = |line: Text| {
        let mut out = String::new();
        line.write(&mut out, false);
        out
    };
    text.wrap(room).into_iter().map(written).collect()
}

#[rstest]
#[case::at_spaces("one two three", 8, &["one two", "three"])]
#[case::inside_a_word_longer_than_the_line("abcdefgh", 3, &["abc", "def", "gh"])]
#[case::never_inside_a_url("see https://a.test/very/long", 8, &["see", "https://a.test/very/long"])]
#[case::by_columns_not_by_characters("緑緑緑 緑", 4, &["緑緑", "緑", "緑"])]
#[case::nothing("", 8, &[""])]
#[case::no_room("ab", 0, &["a", "b"])]
fn words_end_lines(#[case] raw: &str, #[case] room: usize, #[case] expected: &[&str]) {
    assert_eq!(lines(&INK.text(Paint::Plain, raw), room), expected);
}

#[rstest]
#[case::a_command("gcloud run --x y", &["gcloud run --x y"])]
#[case::words("redeploy the backend", &["redeploy", "the", "backend"])]
#[case::words_around_a_command("then run `gcloud run --x y` twice", &["then run", "`gcloud run --x y`", "twice"])]
#[case::a_lone_backtick("then ` run it", &["then `", "run it"])]
#[case::a_third_backtick("`a b` and ` run it", &["`a b`", "and `", "run it"])]
fn a_command_stays_whole_and_words_do_not(#[case] raw: &str, #[case] expected: &[&str]) {
    assert_eq!(lines(&INK.instruction(raw), 8), expected);
}

#[test]
fn a_separator_stays_with_what_it_follows() {
    let list = INK.list(Paint::Plain, ["one", "two", "three"], Separator::Dot);
    assert_eq!(lines(&list, 11), ["one · two ·", "three"]);
    assert_eq!(lines(&list, 10), ["one ·", "two ·", "three"]);
}
