//! The engine of the diagnosis. Exists until the old one is deleted.

use super::words;

words! {
    /// The engine that compares the observations with the catalogue.
    #[derive(Default, clap::ValueEnum)]
    pub enum Engine {
        /// Lists of expected outcomes.
        #[default]
        Old => "old",
        /// The model of the request path.
        New => "new",
    }
}
