//! The engine of the diagnosis. Exists until the old one is deleted.

use super::words;

words! {
    /// The engine that compares the observations with the catalogue.
    #[derive(Default)]
    pub enum Engine {
        /// Lists of expected outcomes. Only tests still use it.
        Old => "old",
        /// The model of the request path.
        #[default]
        New => "new",
    }
}
