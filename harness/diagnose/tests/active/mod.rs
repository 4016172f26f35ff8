//! Tests of the next probe and the next question.

mod next_probe;
mod next_question;
