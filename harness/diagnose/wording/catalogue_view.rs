//! A fault of the catalogue as a person or another program reads it.

use serde::Serialize;

use crate::diagnose::model::catalogue::Catalogue;
use crate::diagnose::model::fault::{Fault, LogScope, Prior, Tested};
use crate::diagnose::model::fault_mode::FaultMode;
use crate::diagnose::wording::{foreseen, predictions};
use crate::terms::Hop;

/// One fault of the catalogue, in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// `hop/slug`.
    pub id: String,
    /// One line.
    pub title: String,
    /// The hop at which it lies.
    pub hop: Hop,
    /// `common`, `uncommon` or `rare`.
    pub prior: &'static str,
    /// What happened, in a few sentences. Empty where the entry does not say.
    pub about: String,
    /// The chain of whys, outermost first.
    pub whys: Vec<Link>,
    /// How probes end where it shows, by the model of the path. Probes that end as in a healthy system are left out. Empty
    /// but in an entry of [`Catalogue::explained`].
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub predicts: Vec<String>,
    /// The ways in which it can be there. One must match.
    pub modes: Vec<Showing>,
    /// Lines it leaves in logs.
    pub log: Vec<LogLine>,
    /// Signatures of a response that are evidence for it.
    pub signatures: Vec<String>,
    /// Services whose deploy can have caused it.
    pub involves: Vec<String>,
    /// Whether an older revision may be free of it.
    pub curable_by_rollback: bool,
    /// Who owns it.
    pub owner: String,
    /// The remedy. `{backend}` and the like stand for the target's names.
    pub fix: String,
    /// How to see that it is gone.
    pub verify: String,
    /// Rows of `docs/users/failure-modes.md`: failure modes met in the field.
    pub rows: Vec<u8>,
    /// How its predictions are tested.
    pub tested: String,
}

/// One link of the chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Link {
    /// What it claims.
    pub claim: String,
    /// What proves it.
    pub proof: String,
    /// Whether only this fault leaves that proof.
    pub mark: bool,
}

/// One way in which a fault can be there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Showing {
    /// Its name; empty for the usual way.
    pub name: String,
    /// The facts that it demands, where they are known.
    pub demands: Vec<String>,
    /// What would refute it.
    pub refuted_by: Vec<String>,
}

/// A line in a log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LogLine {
    /// The component that writes it.
    pub by: Hop,
    /// A regular expression.
    pub matches: String,
    /// Whether it is decisive. Otherwise it is a hint.
    pub decisive: bool,
    /// At what time it counts.
    pub counts: &'static str,
}

impl Catalogue {
    /// Returns every entry, in the order of the files.
    pub fn entries(&self) -> impl Iterator<Item = Entry> {
        self.faults().iter().map(entry)
    }

    /// Returns the entry of this id.
    #[must_use]
    pub fn entry(&self, id: &str) -> Option<Entry> {
        self.faults().iter().find(|fault| fault.id == id).map(entry)
    }

    /// Returns the entry of this id with what the model of the path foresees: some milliseconds of CPU.
    #[must_use]
    pub fn explained(&self, id: &str) -> Option<Entry> {
        let fault = self.faults().iter().find(|fault| fault.id == id)?;
        Some(Entry { predicts: foreseen::predicted(fault), ..entry(fault) })
    }
}

fn entry(fault: &Fault) -> Entry {
    Entry {
        id: fault.id.clone(),
        title: fault.title.clone(),
        hop: fault.hop(),
        prior: prior(fault.prior),
        about: fault.about.trim().to_owned(),
        whys: fault.whys.iter().map(link).collect(),
        predicts: Vec::new(),
        modes: fault.mode.iter().filter(|mode| **mode != FaultMode::default()).map(showing).collect(),
        log: fault.log.iter().map(line).collect(),
        signatures: fault.signatures.clone(),
        involves: fault.involves.clone(),
        curable_by_rollback: fault.curable_by_rollback,
        owner: fault.owner.clone(),
        fix: fault.fix.clone(),
        verify: fault.verify.clone(),
        rows: fault.rows.clone(),
        tested: tested(&fault.tested),
    }
}

const fn prior(prior: Prior) -> &'static str {
    match prior {
        Prior::Common => "common",
        Prior::Uncommon => "uncommon",
        Prior::Rare => "rare",
    }
}

fn link(rule: &crate::diagnose::model::fault::WhyRule) -> Link {
    Link { claim: rule.claim.clone(), proof: predictions::proof(&rule.proof), mark: rule.mark }
}

fn showing(mode: &FaultMode) -> Showing {
    Showing { name: mode.name.clone(), demands: predictions::demanded(mode), refuted_by: predictions::refuted(mode) }
}

fn line(rule: &crate::diagnose::model::fault::LogRule) -> LogLine {
    let counts = match rule.scope {
        LogScope::Window => "only while a failing probe is running",
        LogScope::State => "while failing probes are running; other requests may leave it too",
        LogScope::Any => "whenever it was written",
    };
    LogLine { by: rule.by, matches: rule.pattern.as_str().to_owned(), decisive: rule.decisive, counts }
}

fn tested(tested: &Tested) -> String {
    match tested {
        Tested::Loopback => "the twin reproduces it on loopback (`fivewhys smoke --fault`)".to_owned(),
        Tested::Recorded { file, because } => format!("with a recording of real services in {file}: {because}"),
        Tested::Unseen(why) => format!("nothing reproduces it here: {why}"),
        Tested::Unsaid => "the entry does not say".to_owned(),
    }
}
