//! Unit tests of the diagnosis: the catalogue, facts, log lines, pairs and questions. `tests/` has tests of whole
//! verdicts.

mod arrivals;
mod beside;
mod bypass;
mod calls;
mod catalogue;
mod catalogue_files;
mod certain;
mod direct;
mod direct_calls;
mod facts;
mod failure_modes;
mod findings;
mod hints;
mod log_direct;
mod logbook;
mod next_probe;
mod passed_over;
mod relations;
mod settle;
mod token_locations;
mod told;
mod two_at_once;
mod unheard;
