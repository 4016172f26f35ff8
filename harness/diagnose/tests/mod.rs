//! Unit tests of the diagnosis: the catalogue as data, facts, the log's book. Whole verdicts are tested in `tests/`.

mod bypass;
mod calls;
mod catalogue;
mod catalogue_files;
mod contract_rows;
mod direct;
mod facts;
mod findings;
mod hints;
mod logbook;
mod past_the_edge;
mod relations;
mod settle;
mod told;
mod unheard;
