//! The catalogue as data: it is valid and complete, and uses only facts that can be known.

use std::collections::BTreeSet;

use rstest::rstest;

use crate::config::Target;
use crate::diagnose::model::catalogue::Catalogue;
use crate::diagnose::model::evidence_rule::EvidenceRule;
use crate::diagnose::model::fact_schema;
use crate::diagnose::model::fault::{LogRule, Tested};
use crate::diagnose::model::probe_class::ProbeClass;
use crate::diagnose::model::probe_selector::ProbeSelector;
use crate::diagnose::wording::predictions;
use crate::fixtures::{endpoint, key, staging};
use crate::terms::{Hop, TokenKind};

#[test]
fn every_id_of_the_built_in_catalogue_is_unique_with_a_hop() {
    let catalogue = Catalogue::shipped();
    let ids: BTreeSet<&str> = catalogue.ids().collect();
    assert_eq!(ids.len(), catalogue.faults().len(), "an id stands twice");
    assert!(catalogue.faults().iter().all(|fault| fault.hop() != Hop::Unknown && !fault.mode.is_empty()));
}

#[rstest]
#[case::declared(false)]
#[case::not_known(true)]
fn a_system_without_agents_has_none_of_their_faults(#[case] may_have_agents: bool) {
    let target = Target { may_have_agents, ..staging() };
    let mut of_agents = Catalogue::shipped().faults().iter().filter(|fault| fault.hop() == Hop::Agents);
    assert!(of_agents.all(|fault| fault.is_possible_in(&target) == may_have_agents));
}

/// The program compiles them only when it uses them.
#[test]
fn every_regular_expression_of_the_built_in_catalogue_compiles() {
    let mut expressions =
        Catalogue::shipped().faults().iter().flat_map(|fault| &fault.log).flat_map(LogRule::expressions);
    let wrong: Vec<String> = expressions.by_ref().filter_map(|one| one.compile().err()).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn every_fault_predicts_something_and_has_a_chain() {
    for fault in Catalogue::shipped().faults() {
        assert!(!fault.does.is_empty(), "{} changes nothing", fault.id);
        assert!(
            !fault.whys.is_empty() && !fault.fix.is_empty() && !fault.title.is_empty(),
            "{} is not complete",
            fault.id
        );
    }
}

#[test]
fn every_shipped_entry_is_complete() {
    for fault in Catalogue::shipped().faults() {
        assert!(fault.about.split(". ").count() >= 2, "{} does not tell what happened", fault.id);
        assert!(fault.tested != Tested::Unsaid, "{} does not say how it is tested", fault.id);
        assert!(fault.rows.iter().all(|row| (1..=87).contains(row)), "{} names a row that is not there", fault.id);
        assert!(!fault.owner.is_empty() && fault.verify.contains("fivewhys"), "{} has no owner or verify", fault.id);
        // `fivewhys faults` prints one line for each fault where the output is no terminal.
        assert!(fault.title.chars().count() <= 88, "{}'s title is long", fault.id);
    }
}

#[test]
fn every_fact_of_a_fault_is_in_the_vocabulary() {
    for fault in Catalogue::shipped().faults() {
        let demanded = fault.mode.iter().flat_map(|mode| mode.facts.keys().cloned());
        let proving = fault.whys.iter().filter_map(|why| match &why.proof {
            EvidenceRule::Fact(key, _) => Some(key.clone()),
            _ => None,
        });
        for key in demanded.chain(proving) {
            assert!(fact_schema::of(&key).is_some(), "{} speaks of {key}", fault.id);
        }
    }
}

#[test]
fn the_engine_knows_no_fault_by_name() {
    let mut open = vec![std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("harness/diagnose")];
    let mut sources: Vec<String> = Vec::new();
    while let Some(folder) = open.pop() {
        let entries = std::fs::read_dir(folder).expect("the folder is there");
        for path in entries.map(|entry| entry.expect("an entry of the folder").path()) {
            if path.is_dir() && !path.ends_with("tests") {
                open.push(path);
            } else if path.extension().is_some_and(|kind| kind == "rs") {
                sources.push(std::fs::read_to_string(path).expect("it can be read"));
            }
        }
    }
    assert!(sources.len() > 50, "only {} files of the engine are found", sources.len());
    for id in Catalogue::shipped().ids() {
        assert!(sources.iter().all(|source| !source.contains(id)), "{id} stands in the engine");
    }
}

#[rstest]
#[case::optional("protected optional none", false, true)]
#[case::required("protected required none", true, false)]
#[case::unsaid("protected none", true, true)]
fn a_selector_distinguishes_required_and_optional_sign_in(
    #[case] text: &str,
    #[case] protected: bool,
    #[case] optional: bool,
) {
    let on: ProbeSelector = text.parse().expect("a selector");
    let matches = |id: &str| {
        let key = key(id, TokenKind::None);
        on.matches_at(id, &ProbeClass::of(&key, &endpoint(id), "primary").expect("a place the diagnosis knows"))
    };
    assert_eq!((matches("backend.chat-messages"), matches("backend.agents-execute")), (protected, optional));
}

#[rstest]
#[case("protected optional none", "protected calls where sign-in is optional without a token")]
#[case("protected required none", "protected calls where sign-in is required without a token")]
#[case("protected none", "protected calls without a token")]
fn a_selector_in_words_says_whether_sign_in_is_required(#[case] text: &str, #[case] said: &str) {
    assert_eq!(predictions::selector(&text.parse().expect("a selector")), said);
}

#[rstest]
#[case("protected vaild")]
#[case("caller:nobody")]
#[case("introspection free valid extra")]
fn a_selector_with_an_unknown_word_is_refused(#[case] text: &str) {
    assert!(text.parse::<ProbeSelector>().is_err());
}

#[rstest]
#[case("introspection valid")]
#[case("introspection valid = fine")]
#[case("protected valid ~ nonsense")]
fn a_malformed_proof_is_refused(#[case] text: &str) {
    assert!(text.parse::<EvidenceRule>().is_err());
}

#[rstest]
#[case::weak("service_credentials: SERVICE_SECRET contains weak/default pattern", true)]
#[case::short("JWT secret too short (12 chars, minimum 32)", true)]
#[case::no_scheme("AUTH_SERVICE_URL: invalid url format", true)]
#[case::a_token_of_ours("SSOT WEBSOCKET AUTHENTICATION failed - Invalid token format: 42 chars, 0 dots", false)]
#[case::a_status("Request: GET /api/threads | Status: 406 Not Acceptable", false)]
#[case::a_request("422: message must be at least 1 characters", false)]
fn config_refused_matches_only_lines_about_configuration(#[case] line: &str, #[case] is: bool) {
    let fault =
        Catalogue::shipped().faults().iter().find(|fault| fault.id == "backend/config-refused").expect("it is there");
    assert_eq!(fault.log.iter().any(|rule| rule.means(line)), is);
}
