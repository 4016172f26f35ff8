//! Keeps secrets and tokens out of everything that is stored, printed or logged.

mod dictionary;
mod encodings;
mod fragments;
mod heads;
mod known;
mod redactor;
mod replacing;
mod shapes;
mod squeeze;
mod view;

pub use redactor::Redactor;
