//! Finds credentials that are not registered by rules, which are data.
//!
//! - `gitleaks.jsonl`: the rules of gitleaks for keys of known formats; see `LICENSE-gitleaks` and `vendor.py`
//! - `structure.jsonl`: rules for what RFC 3986, RFC 7617 and RFC 7468 give a place for a secret, and for assignments
//! - `rule`: one rule, and the entropy that it asks for
//! - `keywords`: the search for the keywords of all rules
//! - `compiled`: the expressions that were needed last
//!
//! A rule is read only where one of its keywords occurs.

mod compiled;
mod keywords;
mod rule;

use std::ops::Range;
use std::sync::{Arc, LazyLock, OnceLock};

use regex::bytes::{Captures, Regex, RegexBuilder};
use serde::Deserialize;

use self::compiled::Compiled;
use self::keywords::Keywords;
use self::rule::Rule;

const FILES: [&str; 2] = [include_str!("structure.jsonl"), include_str!("gitleaks.jsonl")];
/// Bytes before a keyword in which a finding may begin. The rules of gitleaks allow 50 characters before it.
const BEFORE: usize = 128;

static RULES: LazyLock<Rules> = LazyLock::new(Rules::shipped);

struct Rules {
    rules: Vec<Rule>,
    /// Matches values that are no secrets, for every rule.
    allow: OnceLock<Regex>,
    allowed: String,
    stopwords: Vec<String>,
    keywords: Keywords,
    /// The rule of each keyword.
    rule_of: Vec<usize>,
    compiled: Compiled,
}

/// One line of a file: a rule, or what is no secret for every rule.
#[derive(Deserialize)]
#[serde(untagged)]
enum Line {
    Rule(Rule),
    Everywhere { allow: Vec<String>, stopwords: Vec<String> },
}

/// A credential: its range, and the mark that names its rule.
pub(super) type Hit = (Range<usize>, Arc<str>);

/// Returns the credentials in a text, by every rule.
pub(super) fn find(text: &[u8]) -> Vec<Hit> {
    RULES.find(text)
}

impl Rules {
    fn shipped() -> Self {
        let (mut rules, mut allow, mut stopwords) = (Vec::new(), Vec::new(), Vec::new());
        for line in FILES.iter().flat_map(|file| file.lines()) {
            match serde_json::from_str(line).expect("a rule") {
                Line::Rule(rule) => rules.push(rule),
                Line::Everywhere { allow: values, stopwords: words } => {
                    allow.extend(values);
                    stopwords.extend(words);
                }
            }
        }
        let words = rules
            .iter()
            .enumerate()
            .flat_map(|(n, rule): (usize, &Rule)| rule.keywords.iter().map(move |word| (n, word)));
        let (rule_of, words): (Vec<usize>, Vec<&String>) = words.unzip();
        let keywords = Keywords::new(words.into_iter().cloned().collect());
        let allowed = allow.iter().map(|one| format!("(?:{one})")).collect::<Vec<_>>().join("|");
        let (allow, compiled) = (OnceLock::new(), Compiled::default());
        Self { rules, allow, allowed, stopwords, keywords, rule_of, compiled }
    }

    /// Returns the expression of values that are no secrets, compiled when it is first needed.
    fn allow(&self) -> &Regex {
        let compile = || RegexBuilder::new(&self.allowed).unicode(false).build().expect("shipped expressions");
        self.allow.get_or_init(compile)
    }

    fn find(&self, text: &[u8]) -> Vec<Hit> {
        let keywords = self.keywords.to_search(text.len());
        if keywords.find(text).is_none() {
            return Vec::new();
        }
        let mut places: Vec<(usize, Range<usize>)> = Vec::new();
        let mut last: Vec<Option<usize>> = vec![None; self.rules.len()];
        for hit in keywords.find_overlapping_iter(text) {
            let rule = self.rule_of[hit.pattern().as_usize()];
            let (from, to) = (hit.start().saturating_sub(BEFORE), (hit.end() + self.rules[rule].after).min(text.len()));
            match last[rule].map(|place| &mut places[place].1).filter(|place| place.end >= from) {
                Some(place) => place.end = to,
                None => {
                    last[rule] = Some(places.len());
                    places.push((rule, from..to));
                }
            }
        }
        places.sort_unstable_by_key(|(rule, place)| (*rule, place.start));
        places.iter().flat_map(|(rule, place)| self.at(*rule, text, place)).collect()
    }

    /// Returns what a rule finds in this part of a text.
    fn at(&self, number: usize, text: &[u8], place: &Range<usize>) -> Vec<Hit> {
        let rule = &self.rules[number];
        let regex = self.compiled.regex(&rule.regex);
        let found = regex.captures_iter(&text[place.clone()]).filter_map(|found| {
            let secret = secret(&found, rule.group)?;
            let is_one = rule.has_entropy(secret.as_bytes()) && !self.is_allowed(rule, secret.as_bytes());
            let at = place.start + secret.start()..place.start + secret.end();
            is_one.then(|| (at, Arc::clone(&rule.mark)))
        });
        found.collect()
    }

    fn is_allowed(&self, rule: &Rule, secret: &[u8]) -> bool {
        let is_stopword = |word: &String| memchr::memmem::find(&secret.to_ascii_lowercase(), word.as_bytes()).is_some();
        self.stopwords.iter().any(is_stopword)
            || self.allow().is_match(secret)
            || rule.allow.iter().any(|allow| self.compiled.regex(allow).is_match(secret))
    }
}

/// Returns the secret of a match: the group that the rule names, else the first group that took part, else all of it.
fn secret<'t>(found: &Captures<'t>, group: Option<usize>) -> Option<regex::bytes::Match<'t>> {
    match group {
        Some(group) => found.get(group),
        None => found.iter().skip(1).flatten().find(|group| !group.is_empty()).or_else(|| found.get(0)),
    }
}

#[cfg(test)]
mod tests {
    use super::RULES;

    #[test]
    fn every_rule_compiles_and_has_a_keyword() {
        assert!(RULES.rules.len() > 200, "{}", RULES.rules.len());
        for rule in &RULES.rules {
            assert!(!rule.keywords.is_empty() && rule.keywords.iter().all(|word| word.len() > 1), "{rule:?}");
            rule.allow.iter().chain([&rule.regex]).for_each(|source| drop(RULES.compiled.regex(source)));
        }
        assert!(!RULES.allow().as_str().is_empty());
    }
}
