//! Properties of every format, for any text that the server under test puts into a report.

use std::sync::LazyLock;

use proptest::prelude::{ProptestConfig, Strategy, any, prop_assert, prop_assert_eq, proptest};
use textwrap::core::display_width;

use super::{FORMATS, Reach, Report, Style, Unread, Waited, github, html, human, json, junit, samples};
use crate::diagnose::{Finding, Settling};
use crate::probe::{Close, ErrorKind, Side, TransportError};
use crate::report::text::hostile::is_hidden;
use crate::terms::Hop;

/// Puts the texts, in turn, into every text field of a report.
struct Filler<'a> {
    texts: &'a [String],
    next: usize,
}

impl Filler<'_> {
    fn text(&mut self) -> String {
        self.next += 1;
        self.texts[self.next % self.texts.len()].clone()
    }

    fn fill<'s>(&mut self, fields: impl IntoIterator<Item = &'s mut String>) {
        fields.into_iter().for_each(|field| *field = self.text());
    }

    fn report(&mut self, mut report: Report) -> Report {
        self.fill([&mut report.target, &mut report.exit.meaning]);
        self.fill(&mut report.evidence);
        self.fill(report.proxy.as_mut());
        let waited = Waited { endpoint: self.text(), ms: 1.0, answered: false, last: Some(self.text()) };
        report.reach = Reach { addresses: vec![self.text()], waited: Some(waited) };
        self.fill(report.system.as_mut().map(|system| &mut system.backend));
        for scenario in &mut report.scenarios {
            self.fill([&mut scenario.id, &mut scenario.title]);
            for step in &mut scenario.steps {
                step.because.push(String::new());
                self.fill([&mut step.id, &mut step.endpoint, &mut step.call, &mut step.source]);
                self.fill(&mut step.because);
                self.fill(step.tries.iter_mut().map(|one| &mut one.after));
                self.fill(step.trace_url.as_mut());
            }
        }
        for one in &mut report.objectives {
            self.fill([&mut one.name].into_iter().chain(&mut one.why).chain(&mut one.missed_by));
        }
        report.causes.iter_mut().for_each(|cause| self.cause(cause));
        let evidence = vec![samples::proof(&self.text(), Some(1)), samples::proof(&self.text(), None)];
        report.findings.push(Finding { id: self.text(), title: self.text(), evidence, fails: true });
        report.unread.push(Unread { evidence: self.text(), why: self.text() });
        report.probes.iter_mut().for_each(|probe| self.probe(probe));
        report.gate.iter_mut().for_each(|gate| self.gate(gate));
        for one in &mut report.deployed {
            self.fill([&mut one.service, &mut one.revision]);
            self.fill(one.proof.iter_mut().map(|proof| &mut proof.says));
        }
        for one in report.baseline.as_mut_slice() {
            self.fill(one.new.iter_mut().chain(&mut one.already).chain(&mut one.gone).chain(&mut one.known_causes));
        }
        report.load.iter_mut().for_each(|load| self.load(load));
        report
    }

    /// Fills all but the kinds of calls, which are words of our own.
    fn load(&mut self, load: &mut super::LoadReport) {
        self.fill(load.failures.iter_mut().flat_map(|failure| [&mut failure.step, &mut failure.says]));
        self.fill(load.common.iter_mut().map(|one| &mut one.says));
    }

    /// Fills all but the commands that roll back, which are never broken.
    fn gate(&mut self, gate: &mut super::GateReport) {
        self.fill(&mut gate.reasons);
        for one in gate.deployed.iter_mut().chain(&mut gate.previous) {
            self.fill([&mut one.service, &mut one.revision]);
        }
        gate.commands.iter_mut().for_each(|one| one.command = "gcloud x".to_owned());
        if let Some(done) = &mut gate.rolled_back {
            for run in &mut done.runs {
                self.fill([&mut run.service, &mut run.command, &mut run.ended, &mut run.output]);
            }
            done.second.iter_mut().for_each(|second| second.causes = vec![self.text()]);
        }
    }

    fn cause(&mut self, cause: &mut crate::diagnose::Cause) {
        self.fill([&mut cause.fault, &mut cause.title]);
        self.fill(cause.explains.iter_mut().chain(&mut cause.involves));
        cause.owner = Some(self.text());
        self.fill(
            cause.fix.iter_mut().chain(&mut cause.verify).chain(cause.rollback.iter_mut().map(|back| &mut back.says)),
        );
        self.settlings(cause.settled_by.iter_mut());
        for other in &mut cause.alternatives {
            self.fill([&mut other.fault, &mut other.title]);
            self.settlings(other.settled_by.iter_mut());
        }
        for why in &mut cause.whys {
            why.claim = self.text();
            self.fill(why.evidence.iter_mut().map(|proof| &mut proof.says));
        }
        for line in &mut cause.worst_lines {
            line.says = self.text();
            self.fill(&mut line.matched_by);
        }
        for out in &mut cause.ruled_out {
            self.fill([&mut out.fault, &mut out.by.says]);
        }
    }

    fn settlings<'s>(&mut self, all: impl Iterator<Item = &'s mut Settling>) {
        for settling in all {
            self.fill([&mut settling.evidence, &mut settling.asks]);
            settling.note = Some(self.text());
        }
    }

    fn probe(&mut self, probe: &mut super::ProbeReport) {
        let exchange = &mut probe.exchange;
        self.fill([
            &mut exchange.request.url,
            &mut exchange.request.method,
            &mut exchange.probe.endpoint,
            &mut exchange.probe.user,
        ]);
        exchange.step = Some(self.text());
        exchange.close = Some(Close { code: 1008, reason: self.text(), by: Side::Server });
        exchange.error = Some(TransportError { kind: ErrorKind::StreamTimeout, detail: self.text() });
        for because in probe.observation.iter_mut().flat_map(|observation| &mut observation.because) {
            self.fill([&mut because.claim, &mut because.bytes]);
        }
    }
}

/// The samples that are filled. Only the commands are in place.
static SAMPLES: LazyLock<Vec<Report>> = LazyLock::new(|| {
    let mut reports: Vec<Report> = samples::all();
    // The last sample has three hundred equal failures. It would only add time.
    reports.pop();
    if let Some(settling) =
        reports.iter_mut().flat_map(|report| &mut report.causes).find_map(|cause| cause.settled_by.as_mut())
    {
        settling.command = Some("gcloud x".to_owned());
        settling.feed = None;
    }
    reports
});

fn reports(texts: &[String]) -> Vec<Report> {
    let mut filler = Filler { texts, next: 0 };
    SAMPLES.iter().map(|report| filler.report(report.clone())).collect()
}

/// The marks in the summary of each sample whose texts are harmless.
static TAME: LazyLock<Vec<Vec<String>>> = LazyLock::new(|| {
    let all = reports(&["x".to_owned()]);
    all.iter().map(|report| marks(&github::summary(report))).collect()
});

/// Generates any text: all of Unicode, control characters, escape sequences, words longer than any line.
fn hostile() -> impl Strategy<Value = String> {
    proptest::prop_oneof![
        any::<String>(),
        proptest::collection::vec(any::<char>(), 0..300).prop_map(String::from_iter),
        "[\u{1b}\u{9b}\u{7f}\r\n\t\u{202e}\u{200b}\\[0-9;mJH ]{0,40}",
        "[a-z]{100,400}",
        "[\u{0}\u{8}\u{fffe}\u{ffff}\u{1fffe}\u{85}a]{0,9}",
        "(</?(script|img|svg|title|style|b)[ />\"'`=a-z]{0,9}|]]>|<!--|-->|&#?[a-z0-9]{0,4};?|\\||\n| ){0,30}",
        "([a-z]{1,12} ){0,40}",
        "([緑ü·…]{1,60} ){0,9}",
    ]
}

/// Generates any text without commands and URLs, which are never broken.
fn breakable() -> impl Strategy<Value = String> {
    hostile().prop_map(|text| text.replace(['`', '-', '/'], "x"))
}

fn style() -> impl Strategy<Value = Style> {
    (0_usize..300, any::<bool>(), any::<bool>()).prop_map(|(width, unicode, verbose)| Style {
        curl: false,
        width,
        colour: false,
        unicode,
        verbose,
        has_flags: verbose,
    })
}

/// Reports whether the text after a `<` is an element that the page makes itself.
fn is_own(rest: &str) -> bool {
    const OWN: &str = "!DOCTYPE html head meta title style body header main footer section figure figcaption div p a strong span h1 h2 h3 \
        ul ol li dl dt dd table thead tbody tr th td code pre br details summary time svg g rect line path text tspan";
    let name = rest.trim_start_matches('/').split([' ', '>', '\n']).next();
    OWN.split_whitespace().any(|own| Some(own) == name)
}

/// Returns everything in a Markdown page except its text.
fn marks(page: &str) -> Vec<String> {
    use pulldown_cmark::{Event, Options, Parser};
    let events = Parser::new_ext(page, Options::ENABLE_TABLES | Options::ENABLE_MATH | Options::ENABLE_STRIKETHROUGH);
    let mark = |event: Event<'_>| match event {
        Event::Text(_) | Event::SoftBreak => None,
        // An empty text makes no code element.
        Event::InlineHtml(tag) if tag.contains("code>") => None,
        other => Some(format!("{other:?}")),
    };
    events.filter_map(mark).collect()
}

proptest! {
    // Every case renders every sample, so these are sixteen times as many reports.
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn no_line_of_the_human_report_exceeds_the_width(texts in proptest::collection::vec(breakable(), 1..12), style in style()) {
        for report in reports(&texts) {
            for line in human::render(&report, &style).lines() {
                prop_assert!(display_width(line) <= style.width.clamp(40, 140), "{} columns: {line:?}", display_width(line));
                prop_assert!(!line.ends_with(' '), "{line:?}");
            }
        }
    }

    #[test]
    fn without_unicode_the_human_report_is_ascii(texts in proptest::collection::vec(hostile(), 1..12), style in style()) {
        for report in reports(&texts) {
            let text = human::render(&report, &Style { unicode: false, ..style });
            prop_assert!(text.is_ascii(), "{}", text);
        }
    }

    #[test]
    fn the_json_report_reads_back_unchanged(texts in proptest::collection::vec(hostile(), 1..12)) {
        for report in reports(&texts) {
            prop_assert!(serde_json::from_str::<Report>(&json::render(&report)).is_ok_and(|read| read == report));
        }
    }

    #[test]
    fn html_has_only_its_own_elements(texts in proptest::collection::vec(hostile(), 1..12)) {
        for report in reports(&texts) {
            let page = html::render(&report);
            let foreign = page.split('<').skip(1).find(|rest| !is_own(rest));
            prop_assert!(foreign.is_none(), "<{foreign:?}");
        }
    }

    #[test]
    fn the_github_summary_has_only_its_own_markup(texts in proptest::collection::vec(hostile(), 1..12)) {
        // Commands between backticks are meant to become blocks.
        let texts: Vec<String> = texts.iter().map(|text| text.replace('`', "'")).collect();
        for (report, tame) in reports(&texts).iter().zip(TAME.iter()) {
            let page = github::summary(report);
            prop_assert_eq!(&marks(&page), tame, "{}", page);
            let commands = github::annotations(report, &|_| None);
            prop_assert!(commands.lines().all(|line| line.starts_with("::")), "{}", commands);
        }
    }

    #[test]
    fn junit_is_well_formed(texts in proptest::collection::vec(hostile(), 1..12)) {
        for report in reports(&texts) {
            let xml = junit::render(&report);
            let read = roxmltree::Document::parse(&xml);
            prop_assert!(read.is_ok(), "{read:?}: {xml}");
            // XML 1.0, section 2.2. The parser accepts more characters.
            let illegal = xml.chars().find(|c| !matches!(c, '\n' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..));
            prop_assert!(illegal.is_none(), "{illegal:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn any_number_is_rendered(ms in any::<f64>(), confidence in any::<f64>(), style in style()) {
        let mut report = samples::ambiguous();
        report.timing.total_ms = ms;
        report.scenarios[0].steps[0].took_ms = Some(ms);
        report.probes[0].exchange.phases.end_ms = ms;
        report.causes[0].confidence = confidence;
        report.causes[0].alternatives[0].confidence = confidence;
        report.causes[0].hop = crate::diagnose::Hops::Several(vec![Hop::Edge, Hop::Backend]);
        let human = human::render(&report, &style);
        prop_assert!(human.contains("failed: 1 cause (one of 6 candidates)"), "{}", human);
        prop_assert!(serde_json::from_str::<serde_json::Value>(&json::render(&report)).is_ok());
    }
}

proptest! {
    // Every case renders every sample in every format, which is slow.
    #![proptest_config(ProptestConfig { cases: 8, ..ProptestConfig::default() })]

    #[test]
    fn no_format_lets_a_control_character_out(texts in proptest::collection::vec(hostile(), 1..12), style in style()) {
        for report in reports(&texts) {
            for format in FORMATS {
                let text = format.render(&report, &style);
                let hidden = text.chars().find(|c| *c != '\n' && is_hidden(*c));
                prop_assert!(hidden.is_none(), "{format:?}: {hidden:?}");
                prop_assert!(text.ends_with('\n'), "{format:?}");
            }
        }
    }
}
