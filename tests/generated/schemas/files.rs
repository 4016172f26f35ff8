//! The files that people write: each shipped file fits its schema and names it in its first line, and wrong files do not fit.

use std::path::{Path, PathBuf};

use jsonschema::Validator;
use libtest_mimic::{Failed, Trial};
use serde_json::Value;

/// A schema in docs/, what generates it, and the files that must fit it.
struct Written {
    schema: &'static str,
    render: fn() -> String,
    folder: &'static str,
    files: fn(&str) -> bool,
    /// Texts that must not fit.
    wrong: &'static [&'static str],
}

const ALL: [Written; 3] = [
    Written {
        schema: "target.schema.json",
        render: fivewhys::internal::config::schema,
        folder: "",
        files: |name| name == "fivewhys.toml",
        wrong: &[
            "",
            "[target.a]\nbackned = \"http://x\"",
            "[target.a]\nbackend = \"ftp://x\"",
            "[target.a]\ndoors = [\"window\"]",
            "[target.a]\nsigning_secret = \"the secret itself\"",
            "[target.a.budget]\nrun = 5",
            "[target.a.endpoint.\"frontend.x\"]\npath = \"/\"",
            "[target.a.endpoint.\"auth.x\"]\npath = \"/\"\naccept = { json = { is = 1 } }",
        ],
    },
    Written {
        schema: "scenario.schema.json",
        render: fivewhys::internal::scenario::schema,
        folder: "scenarios",
        files: |_| true,
        wrong: &[
            "title = \"t\"",
            "title = \"t\"\n[[step]]\nid = \"a\"",
            "title = \"t\"\n[[step]]\nid = \"a\"\ncall = \"backend.x\"\ntoken = \"golden\"",
            "title = \"t\"\n[[step]]\nid = \"a\"\ncall = 1",
            "title = \"t\"\n[[step]]\nid = \"a\"\ncall = \"backend.x\"\nexpect = { status = \"fine\" }",
        ],
    },
    Written {
        schema: "catalogue.schema.json",
        render: fivewhys::internal::diagnose::schema,
        folder: "harness/diagnose/faults",
        files: |_| true,
        wrong: &["", "[[fault]]\nid = \"auth/a\"", "[[fualt]]\nid = \"auth/a\""],
    },
];

pub(crate) fn trials() -> Vec<Trial> {
    let each = |written: &'static Written| {
        let name = |what: &str| format!("{}_{what}", written.schema.trim_end_matches(".schema.json"));
        vec![
            Trial::test(name("files_that_are_shipped_fit"), || shipped_fit(written).map_err(Failed::from)),
            Trial::test(name("files_that_are_wrong_do_not_fit"), || wrong_do_not(written).map_err(Failed::from)),
        ]
    };
    let mut trials: Vec<Trial> = ALL.iter().flat_map(each).collect();
    trials.push(Trial::test("what_init_writes_fits", || {
        fits(&ALL[0], &fivewhys::internal::config::starter()).map_err(Failed::from)
    }));
    trials
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn shipped_fit(written: &Written) -> Result<(), String> {
    let entries = std::fs::read_dir(root().join(written.folder)).map_err(|error| error.to_string())?;
    let paths: Vec<PathBuf> = entries.map_while(Result::ok).map(|entry| entry.path()).collect();
    let name = |path: &PathBuf| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let ours =
        |path: &&PathBuf| name(path).ends_with(".toml") && name(path) != "Cargo.toml" && name(path) != "rustfmt.toml";
    let files: Vec<&PathBuf> = paths.iter().filter(ours).filter(|path| (written.files)(&name(path))).collect();
    if files.is_empty() {
        return Err(format!("no file in {}", written.folder));
    }
    for path in files {
        let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
        fits(written, &text).map_err(|error| format!("{}: {error}", path.display()))?;
        // An editor resolves the path from the folder of the file.
        let named = text.lines().next().and_then(|line| line.strip_prefix("#:schema ")).unwrap_or_default();
        let found =
            path.with_file_name(named).canonicalize().map_err(|error| format!("{}: {error}", path.display()))?;
        if found != root().join("docs").join(written.schema).canonicalize().map_err(|error| error.to_string())? {
            return Err(format!("{} names {named}", path.display()));
        }
    }
    Ok(())
}

fn fits(written: &Written, text: &str) -> Result<(), String> {
    let file: Value = toml::from_str(text).map_err(|error| error.to_string())?;
    let wrong: Vec<String> =
        validator(written)?.iter_errors(&file).map(|error| format!("{}: {error}", error.instance_path())).collect();
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n")) }
}

fn wrong_do_not(written: &Written) -> Result<(), String> {
    let fit: Vec<&&str> = written.wrong.iter().filter(|text| fits(written, text).is_ok()).collect();
    if fit.is_empty() { Ok(()) } else { Err(format!("these fit: {fit:?}")) }
}

fn validator(written: &Written) -> Result<Validator, String> {
    let schema: Value = serde_json::from_str(&(written.render)()).map_err(|error| error.to_string())?;
    jsonschema::validator_for(&schema).map_err(|error| error.to_string())
}
