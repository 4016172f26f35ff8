//! Keeps secrets and tokens out of everything that is stored, printed or logged.

mod dictionary;
mod encodings;
mod redactor;
mod shapes;
mod view;

pub use redactor::Redactor;
