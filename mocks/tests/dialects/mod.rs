//! The dialects: which status, body and headers each gives to a decision.

mod decisions;
mod modern;
mod opaque;
