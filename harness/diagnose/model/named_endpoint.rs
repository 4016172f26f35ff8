//! An endpoint of a target that an entry of a catalogue file names, with its place in the file.

use std::ops::Range;

use crate::config::Target;
use crate::diagnose::model::evidence_rule::EvidenceRule;
use crate::diagnose::model::load::Written;
use crate::diagnose::model::probe_selector::ProbeSelector;
use crate::document::{ConfigError, Source, nearest_or_all};

/// An endpoint that an entry names.
#[derive(Debug)]
pub(crate) struct NamedEndpoint {
    id: String,
    source: Source,
    span: Range<usize>,
}

/// Returns the endpoints that an entry names, each once.
pub(crate) fn of(written: &Written) -> Vec<NamedEndpoint> {
    let proofs = written.fault.whys.iter().filter_map(|why| match &why.proof {
        EvidenceRule::Reading(on, _) | EvidenceRule::SameAs(on, _) => Some(on),
        EvidenceRule::Fact(..) | EvidenceRule::Log => None,
    });
    let of_proofs = proofs.flat_map(|on: &ProbeSelector| &on.endpoints);
    let mut ids: Vec<&String> = written.fault.endpoints.iter().chain(of_proofs).collect();
    ids.sort();
    ids.dedup();
    ids.into_iter().map(|id| placed(id, written)).collect()
}

fn placed(id: &str, written: &Written) -> NamedEndpoint {
    let text = written.source.text();
    let entry = written.id.start;
    let found = |word: String| Some((text.get(entry..)?.find(&word)?, word.len()));
    let at = found(format!("endpoint:{id}")).or_else(|| found(format!("\"{id}\"")));
    let span = at.map_or(written.id.clone(), |(at, length)| entry + at..entry + at + length);
    NamedEndpoint { id: id.to_owned(), source: Source::clone(&written.source), span }
}

impl NamedEndpoint {
    /// Returns the mistake if the target lacks the endpoint.
    pub(crate) fn mistake(&self, target: &Target) -> Option<ConfigError> {
        if target.endpoints.contains_key(&self.id) {
            return None;
        }
        let known: Vec<&str> = target.endpoints.keys().map(String::as_str).collect();
        let message = format!("the target `{}` has no endpoint `{}`", target.name, self.id);
        Some(ConfigError::new(message).at(&self.source, self.span.clone()).help(nearest_or_all(&self.id, &known)))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::diagnose::Catalogue;
    use crate::fixtures::staging;

    fn entry(endpoint: &str) -> String {
        format!(
            r#"[[fault]]
id = "backend/orders-broken"
title = "The orders of the backend fail, and the feed works"
about = "A change broke the orders."
prior = "uncommon"
involves = ["backend"]
curable_by_rollback = true
owner = "shop"
fix = "repair the orders"
whys = [{{ claim = "the feed works", proof = "{endpoint} valid = ok", mark = true }}]
does = [{{ effect = "fail" }}]
endpoints = ["backend.threads"]
"#
        )
    }

    #[test]
    fn an_entry_may_name_endpoints_of_the_target() {
        let texts = [("own.toml".to_owned(), entry("endpoint:backend.chat-messages"))];
        let catalogue = Arc::new(Catalogue::of(&texts).unwrap());
        assert!(catalogue.fits(&staging()).is_ok());
    }

    #[test]
    fn an_entry_is_placed_where_it_lists_an_endpoint_that_the_target_lacks() {
        let text = entry("endpoint:backend.chat-messages").replace("\"backend.threads\"", "\"backend.treads\"");
        let at = text.find("\"backend.treads\"").unwrap();
        let (_, mistakes) = Catalogue::check(&[("own.toml".to_owned(), text)], Some(&staging()));
        assert_eq!(mistakes.iter().map(crate::document::ConfigError::offset).collect::<Vec<_>>(), [at]);
    }

    #[test]
    fn an_endpoint_that_the_target_lacks_is_a_mistake_at_its_place() {
        let text = entry("endpoint:backend.chat-mesages");
        let at = text.find("endpoint:backend.chat-mesages").unwrap();
        let (_, mistakes) = Catalogue::check(&[("own.toml".to_owned(), text)], Some(&staging()));
        let [mistake] = mistakes.as_slice() else { panic!("one mistake: {mistakes:?}") };
        assert_eq!(mistake.message(), "the target `staging` has no endpoint `backend.chat-mesages`");
        let help = miette::Diagnostic::help(mistake).expect("a help").to_string();
        assert!(mistake.offset() == at && help == "did you mean `backend.chat-messages`?", "{help}");
    }
}
