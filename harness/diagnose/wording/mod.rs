//! Readings and the catalogue in words.

pub(crate) mod catalogue_view;
pub(crate) mod predictions;
pub(crate) mod readings;
