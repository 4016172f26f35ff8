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

impl Engine {
    /// Returns the engine that is used unless one is asked for: the model of the path for deployed systems, the lists for
    /// the twin, whose exam the model does not pass yet.
    pub const fn usual(is_twin: bool) -> Self {
        if is_twin { Self::Old } else { Self::New }
    }
}
