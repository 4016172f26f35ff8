//! The page of each kind of state, and what holds for every page. `tests/html/watch.mjs` opens them in a browser.

use proptest::prelude::*;
use regex::Regex;

use super::{policy, render};
use crate::watch::serve::hostile::any_state;
use crate::watch::serve::samples;

/// Removes the style sheet and its digest: the sheet is a file of its own.
fn without_style(page: &str) -> String {
    let sheet = Regex::new("(?s)<style>.*</style>").expect("a pattern");
    sheet.replace(page, "<style></style>").replace(policy(), "POLICY").replace(env!("CARGO_PKG_VERSION"), "VERSION")
}

/// Returns everything between `<` and `>`, without the heads.
fn tags(page: &str) -> Vec<&str> {
    let tag = Regex::new("<[^>]*>").expect("a pattern");
    tag.find_iter(page).map(|tag| tag.as_str()).filter(|tag| !tag.starts_with("<meta")).collect()
}

#[test]
fn every_kind_of_state() {
    for (name, mut state) in samples::all() {
        for target in &mut state.targets {
            target.runs.drain(..target.runs.len().saturating_sub(6));
        }
        let page = without_style(&render(&state, samples::now(), false));
        insta::assert_snapshot!(name, page.replace("><", ">\n<"));
    }
}

/// Writes the pages that `tests/html/watch.mjs` opens.
#[test]
#[ignore = "needs FIVEWHYS_PAGES, a folder: .ci/run sets it"]
fn the_pages_for_the_browser_are_written() {
    let folder = std::path::PathBuf::from(std::env::var_os("FIVEWHYS_PAGES").expect("FIVEWHYS_PAGES names a folder"));
    for (name, state) in samples::all() {
        for (kind, still) in [("", false), ("-still", true)] {
            let page = render(&state, samples::now(), still);
            std::fs::write(folder.join(format!("{name}{kind}.html")), page).expect("the page is written");
        }
    }
}

#[test]
fn nothing_runs_and_nothing_is_fetched() {
    for (name, state) in samples::all() {
        let page = without_style(&render(&state, samples::now(), false));
        let all = tags(&page).concat();
        for forbidden in ["<script", "javascript:", " style=", " on", "src=", "url(", "<link", "<iframe", "href=\"http"]
        {
            assert!(!all.contains(forbidden), "{name}: {forbidden}");
        }
    }
}

#[test]
fn the_page_asks_for_itself_again_unless_it_is_still() {
    let [moving, still] = [false, true].map(|still| render(&samples::green(), samples::now(), still));
    assert!(moving.contains(r#"<meta http-equiv="refresh" content="60">"#) && moving.contains("href=\"?still\""));
    assert!(!still.contains("http-equiv=\"refresh\"") && still.contains("href=\"./\""));
}

#[rstest::rstest]
#[case("green", "staging passes")]
#[case("open_incident", "staging fails")]
#[case("three_targets", "1 of 3 targets fails")]
#[case("untested", "staging was not tested")]
#[case("first_run", "staging waits for its first run")]
#[case("empty", "No target is watched")]
#[case("late", "staging has no recent run")]
fn the_headline_says_the_gravest_state(#[case] name: &str, #[case] says: &str) {
    let (_, state) = samples::all().into_iter().find(|(one, _)| *one == name).expect("there is one");
    let page = render(&state, samples::now(), false);
    let headline = page.split("<h1>").nth(1).and_then(|rest| rest.split("</h1>").next()).expect("a headline");
    assert!(headline.ends_with(says), "{headline}");
}

#[test]
fn an_open_incident_shows_its_whys_and_each_notification_without_a_click() {
    let page = render(&samples::open_incident(), samples::now(), false);
    let open = page.split("class=\"incident\"").nth(1).and_then(|rest| rest.split("</div></div>").next()).expect("one");
    let before_folds = page.split("<details").next().expect("a part");
    assert!(before_folds.contains("The variable SERVICE_SECRET has another value"), "{open}");
    assert!(before_folds.contains("11:50:00 UTC</time>: cause changed"), "{before_folds}");
}

#[test]
fn a_target_shows_its_objectives_and_their_error_budgets() {
    let page = render(&samples::three_targets(), samples::now(), false);
    for says in [
        "✗ missed</span></td><th scope=\"row\">auth-errors</th><td>auth errors at most 0 %: 25 % in 4 calls",
        "<div class=\"fires\">✗ used up too fast</div><div>5000 % is used</div>",
        "Rate 50.0 in 1 h, 50.0 in 6 h, 50.0 in 3 d",
        "✓ met</span></td><th scope=\"row\">agent-response</th><td>latency at most 5.0 s: 212 ms in 4 calls",
        "<div class=\"quiet\">no call that it covers showed the value</div>",
    ] {
        assert!(page.contains(says), "{says}");
    }
    assert!(!render(&samples::green(), samples::now(), false).contains("<h3>Objectives</h3>"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn text_of_any_state_is_never_markup(state in any_state()) {
        let page = without_style(&render(&state, samples::now(), false));
        let body = page.split("<body>").nth(1).expect("a body");
        prop_assert_eq!(body.matches('<').count(), tags(body).len());
        let known = Regex::new(r#"^</?(a|span|header|main|section|footer|p|h[123]|ul|ol|li|dl|dt|dd|div|strong|code|time|svg|rect|polyline|circle|path|table|thead|tbody|tr|th|td|details|summary|body|html)( [a-z-]+(="[^"<>]*")?| viewBox="[0-9 ]+"| preserveAspectRatio="none")*>$"#).expect("a pattern");
        for tag in tags(body) {
            prop_assert!(known.is_match(tag), "{}", tag);
        }
        prop_assert!(!page.contains(['\u{202e}', '\u{1b}', '\0']), "hidden characters");
        prop_assert_eq!(page.matches("</title>").count(), 1);
    }
}
