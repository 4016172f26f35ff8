//! Renders a finished run in every report format.
//!
//! Start at [`Report`], the one type that every format renders, and at [`FORMATS`].
//!
//! - `model/`: the report type, its JSON Schema, and reading a report back
//! - `format/`, `formats`: what a format is, and the list of all of them
//! - `human/`: text for a terminal; also the fault catalogue for `fivewhys faults`
//! - `json/`, `html/`, `junit/`, `github/`, `har/`: the other formats
//! - `words/`: words and numbers that several formats share
//! - `text/`: makes foreign text safe to show, and writes a request as a `curl` command
//! - `samples/`, `properties`: tests of all formats
//!
//! Invariant: this folder decides nothing. Every claim, proof and advice is in the report already.

mod format;
mod formats;
pub mod github;
mod har;
pub mod html;
pub mod human;
pub mod json;
pub mod junit;
mod model;
mod text;
pub(crate) mod words;

#[cfg(test)]
mod properties;
#[cfg(test)]
pub(crate) mod samples;

pub use crate::report::model::comparison::BaselineReport;
pub use crate::report::model::explained::{Explained, Moment};
pub use crate::report::model::gate::{Advice, CommandRun, GateReport, Revision, RollBack, RolledBack, SecondSmoke};
pub use crate::report::model::load::{
    CallCounts, CommonTrait, LoadFailure, LoadLatency, LoadLeak, LoadReport, TraitCounts,
};
pub use crate::report::model::objectives::{ObjectiveOutcome, ObjectiveReport};
pub use crate::report::model::part::{Kept, Shard};
pub use crate::report::model::passage::{Blame, HopMark, Leg, LegKind, Passage};
pub use crate::report::model::read::{ReadError, read};
pub use crate::report::model::schema;
pub use crate::report::model::system::{PageReport, System};
pub use crate::report::model::tested::{RevisionEvidence, RevisionProof, RevisionShare, Tested, TestedRevision};
pub use format::{Format, Stdout, Style};
pub use formats::FORMATS;
pub use model::reach::{Reach, Waited};
pub use model::{
    ExitReport, ProbeReport, Report, RunOutcome, SCHEMA, ScenarioReport, Signal, StepOutcome, StepReport, Timing, Try,
    Unread,
};
pub(crate) use text::hostile::{printable, visible};
pub(crate) use words::objective;
#[cfg(feature = "watch")]
pub(crate) use words::{claim, hops};
