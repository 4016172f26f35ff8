//! The HTML page of each kind of run, and what holds for every page. `tests/html` opens it in a browser.

use rstest_reuse::apply;

use crate::report::html::render;
use crate::report::samples::every_kind_of_run;
use crate::report::{Report, samples};

#[apply(every_kind_of_run)]
fn every_kind_of_run_as_html(#[case] name: &str, #[case] report: Report) {
    insta::assert_snapshot!(format!("html_{name}"), without_style(&render(&report)).replace("><", ">\n<"));
}

/// Removes the style sheet and its digest: the sheet is a file of its own.
fn without_style(page: &str) -> String {
    let sheet = regex::Regex::new("(?s)<style>.*</style>").expect("a pattern");
    let digest = regex::Regex::new("sha256-[A-Za-z0-9+/=]+").expect("a pattern");
    digest.replace(&sheet.replace(page, "<style></style>"), "sha256-").into_owned()
}

/// The link to a trace in the samples.
const TRACE: &str = "<a href=\"https://t.example/trace/0af7651916cd43dd8448eb211c80319c\" rel=\"noopener noreferrer\">";

#[test]
fn nothing_runs_and_nothing_is_fetched() {
    for report in samples::all() {
        // A trace is fetched only when a reader follows its link.
        let page = without_style(&render(&report)).replace(TRACE, "");
        for forbidden in ["<script", "javascript:", " style=", " on", "src=", "url(", "<link", "<iframe", "href=\"http"]
        {
            assert!(!tags(&page).contains(forbidden), "{forbidden}");
        }
    }
}

/// Returns everything between `<` and `>`.
fn tags(page: &str) -> String {
    let tag = regex::Regex::new("<[^>]*>").expect("a pattern");
    tag.find_iter(page).map(|tag| tag.as_str()).filter(|tag| !tag.starts_with("<meta")).collect()
}

#[test]
fn text_of_the_server_is_never_markup() {
    let attack = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'><svg/onload=alert(1)>";
    let mut report = samples::certain();
    report.target = attack.to_owned();
    report.scenarios[1].steps[0].because = vec![attack.to_owned()];
    report.causes[0].whys[0].evidence[0].says = attack.to_owned();
    report.causes[0].fix = Some(format!("`{attack}`"));
    report.passages[0].legs[0].says = attack.to_owned();
    report.probes[0].exchange.body.text = attack.to_owned();
    let page = render(&report);
    assert!(!page.contains("<script") && !page.contains("<img") && !page.contains("<svg/"), "{page}");
    assert!(page.contains("&lt;script&gt;"));
}

#[test]
fn three_hundred_failures_stay_readable() {
    let page = render(&samples::many());
    let before_folds = page.split("What ran").next().expect("a part");
    assert!(before_folds.matches("load/send-").count() <= 300 + 1);
    assert!(page.contains("294 more"), "the rest of what it explains is folded");
}

#[test]
fn the_output_of_a_roll_back_is_text_and_folded() {
    let mut report = samples::rolled_back();
    let gate = report.gate.as_mut().expect("it has one");
    gate.reasons = vec!["<script>a</script>".to_owned()];
    gate.rolled_back.as_mut().expect("it was done").runs[0].output = "</pre></details><script>b</script>".to_owned();
    let page = render(&report);
    assert!(!page.contains("<script") && page.contains("&lt;/pre&gt;&lt;/details&gt;&lt;script&gt;b"), "{page}");
    let section = page.split("id=\"gate\"").nth(1).and_then(|rest| rest.split("</section>").next()).expect("a section");
    let fold = section.split("<details>").nth(1).expect("a fold");
    assert!(fold.contains("&lt;script&gt;b") && !section.contains("<details open"), "{section}");
}

#[test]
fn the_gate_comes_before_the_causes_and_the_banner_says_incomplete() {
    let page = render(&samples::not_the_deploy());
    assert!(page.find("id=\"gate\"") < page.find("id=\"cause-1\""), "the reader decides by it");
    for report in [samples::interrupted(), samples::part()] {
        let page = render(&report);
        let banner = page.split("</header>").next().expect("a banner");
        assert!(banner.contains("Incomplete run"), "{banner}");
    }
}

#[test]
fn with_a_gate_a_cause_offers_no_roll_back() {
    for report in [samples::not_the_deploy(), samples::undecided()] {
        let page = render(&report);
        assert!(!page.contains("Or roll back"), "{page}");
    }
    let report = samples::certain();
    assert!(render(&report).contains("Or roll back"));
}
