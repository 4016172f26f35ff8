//! What to ask next: a probe, or a question to a person.
//!
//! Start at `next_probe` and at `next_question`.
//!
//! - `next_probe`: the probe that distinguishes the candidates best for its cost
//! - `probe_space`: the probes it is chosen from
//! - `foresight`: how a probe would end under each candidate
//! - `repeat`: a probe to send again, because its result may be an accident
//! - `confirmation`: a probe after a cause is found
//! - `next_question`: the question that leaves the fewest candidates
//! - `question`: all questions
//! - `question_command`, `question_curl`: the command that answers a question
//!
//! Invariant: nothing is sent from here, and every command only reads.

pub(crate) mod confirmation;
pub(crate) mod foresight;
pub(crate) mod next_probe;
pub(crate) mod next_question;
pub(crate) mod probe_space;
pub(crate) mod question;
pub(crate) mod question_command;
pub(crate) mod question_curl;
pub(crate) mod repeat;
