//! A record that only some faults predict contradicts the others: a fact or a decisive log line.

use crate::diagnose::infer::candidate::Candidate;
use crate::diagnose::infer::case::Case;
use crate::diagnose::infer::conflict::{Conflict, Record};
use crate::diagnose::infer::fact_score::NOISE;
use crate::diagnose::logs::attribution::LogMatch;
use crate::diagnose::model::evidence_rule::EvidenceRule;
use crate::diagnose::model::fact::Fact;
use crate::diagnose::model::fault::WhyRule;

/// Lets records of other faults contradict each fault.
pub(super) fn add_findings_of_others(best: &mut [Candidate<'_>], case: &Case<'_>) {
    let findings = exclusive_findings(case, best);
    for one in best.iter_mut() {
        let foreign: Vec<&ExclusiveFinding> =
            findings.iter().filter(|finding| finding.contradicts(one, case)).collect();
        one.score += NOISE.ln() * foreign.len() as f64;
        // A line is a hint: other causes and other traffic leave lines too.
        let is_hint = |record: Record| matches!(record, Record::Line(_));
        let hard = foreign.iter().map(|finding| finding.record).find(|record| !is_hint(*record));
        one.conflict = one.conflict.or_else(|| hard.map(Conflict::Record));
    }
}

/// A record that only some faults predict.
struct ExclusiveFinding {
    by: Vec<String>,
    record: Record,
}

impl ExclusiveFinding {
    /// Reports whether the record contradicts a fault.
    ///
    /// A line does not contradict a fault that explains an anomaly: slow starts and other traffic leave lines too. A
    /// fact does not contradict a fault with a line of its own, or one that the failed request itself shows: a value in
    /// a manifest may have no effect.
    fn contradicts(&self, one: &Candidate<'_>, case: &Case<'_>) -> bool {
        let odd = || case.facts.iter().any(|fact| fact.anomaly && one.mode.demands(fact));
        let in_words = || one.log.as_ref().is_some_and(LogMatch::is_of_the_failure);
        let excused = match self.record {
            Record::Line(_) => odd(),
            Record::Fact(_) => in_words() || is_shown_by_the_request(one, case),
        };
        !(excused || self.by.contains(&one.fault.id))
    }
}

/// Reports whether the request of a failed step shows an anomaly that the fault demands.
fn is_shown_by_the_request(one: &Candidate<'_>, case: &Case<'_>) -> bool {
    let of_a_step = |fact: &Fact| fact.exchange.is_some_and(|exchange| case.is_of_a_step(exchange));
    case.facts.iter().any(|fact| fact.anomaly && of_a_step(fact) && one.mode.demands(fact))
}

/// Reports whether the fact counts as a record of this fault: where the fault also needs a log line, the line must be
/// there. Without a log, no line is needed.
fn counts(fact: &Fact, one: &Candidate<'_>, case: &Case<'_>) -> bool {
    let of_this = |rule: &&WhyRule| matches!(&rule.proof, EvidenceRule::Fact(key, _) if *key == fact.key);
    let asks = one.fault.whys.iter().filter(of_this).any(|rule| rule.beside_a_line);
    !asks || !case.log_was_read || one.has_its_line()
}

fn exclusive_findings(case: &Case<'_>, compared: &[Candidate<'_>]) -> Vec<ExclusiveFinding> {
    let candidates = || compared.iter().filter(|one| one.remains());
    let anomalies = case.facts.iter().filter(|fact| fact.anomaly).map(|fact| ExclusiveFinding {
        by: candidates()
            .filter(|one| one.mode.demands(fact) && counts(fact, one, case))
            .map(|one| one.fault.id.clone())
            .collect(),
        record: Record::Fact(fact.key),
    });
    let lines = candidates().filter_map(|one| {
        let line = one.log.as_ref().filter(|line| line.decisive)?;
        let leaves = |other: &Candidate<'_>| {
            let entry = case.logbook.entries.get(line.entry);
            entry.is_some_and(|entry| other.fault.log.iter().any(|rule| rule.by == entry.by && rule.means(&entry.text)))
        };
        let by =
            candidates().filter(|other| leaves(other) || other.log.as_ref().is_some_and(|log| log.entry == line.entry));
        let by = by.map(|other| other.fault.id.clone()).collect();
        Some(ExclusiveFinding { by, record: Record::Line(line.entry) })
    });
    anomalies.chain(lines).filter(|finding| !finding.by.is_empty()).collect()
}
