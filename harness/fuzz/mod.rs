//! Fuzz targets: no input makes a parser panic, and what must hold for every input holds.
//!
//! - `mutation`: inputs that are nearly right, made from the samples of the repository
//! - `files`: the files that users write
//! - `evidence`: HAR, logs, manifests, keys and reports
//! - `wire`: what a server sends
//! - `redaction`: no part of a secret is left
//! - `order`: the verdict does not depend on the order of the observations
//!
//! `cargo test fuzz` tries a few hundred inputs for each target, and every file in `__fuzz__/*/corpus`. `cargo xtask trust` takes a
//! minute for each target. Both run on stable Rust; `cargo bolero test` searches by coverage, and needs nightly Rust.

mod evidence;
mod files;
mod mutation;
mod order;
mod redaction;
mod wire;

use std::fs;
use std::panic::AssertUnwindSafe;
use std::path::Path;

/// How many inputs a target tries, unless `BOLERO_RANDOM_ITERATIONS` says otherwise.
const ROUNDS: usize = 200;

/// Returns the bytes as text. Bytes that are not UTF-8 become U+FFFD.
fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Returns the texts of the files of a folder, and of the folders in it. The folder is relative to the repository.
fn samples(folder: &str) -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut all);
    assert!(!all.is_empty(), "{folder} holds no sample");
    all
}

fn collect(folder: &Path, all: &mut Vec<Vec<u8>>) {
    let mut paths: Vec<_> =
        fs::read_dir(folder).expect("a folder of samples").map(|item| item.expect("a file").path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() { collect(&path, all) } else { all.push(fs::read(path).expect("a sample")) }
    }
}

/// Lets bolero catch a panic of a target: no target changes what it borrows.
fn target(read: impl Fn(&[u8])) -> AssertUnwindSafe<impl Fn(&[u8])> {
    AssertUnwindSafe(read)
}

/// Runs a target on inputs that bolero chooses: on each as it is, and on a sample that it changes.
macro_rules! on_any_input {
    ($samples:expr, $target:expr) => {{
        let samples: Vec<Vec<u8>> = $samples;
        let target = $crate::fuzz::target($target);
        bolero::check!().with_iterations($crate::fuzz::ROUNDS).for_each(|bytes: &[u8]| {
            (*target)(bytes);
            (*target)(&$crate::fuzz::mutation::mutated(&samples, bytes));
        })
    }};
}
use on_any_input;
