//! Unit tests of the diagnosis: the catalogue as data, facts, the log's book. Whole verdicts are tested in `tests/`.

mod bypass;
mod calls;
mod catalogue;
mod catalogue_files;
mod contract_rows;
mod facts;
mod findings;
mod logbook;
mod relations;
mod settle;
mod unheard;
