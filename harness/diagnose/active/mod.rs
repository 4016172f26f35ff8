//! What to ask next: a probe, or a question to a person.

pub(crate) mod confirmation;
pub(crate) mod every;
pub(crate) mod next_probe;
pub(crate) mod next_question;
pub(crate) mod probe_space;
pub(crate) mod question;
pub(crate) mod question_command;
pub(crate) mod question_curl;
pub(crate) mod repeat;
