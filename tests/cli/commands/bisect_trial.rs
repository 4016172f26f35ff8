//! `fivewhys bisect --test`: both revisions are tested where they get no traffic. Each is a twin of its own.

use std::fs;
use std::path::{Path, PathBuf};

use rstest::rstest;
use serde_json::Value;

use crate::support::fetch::fetch;
use crate::support::program::{TwinProcess, fivewhys, stderr, stdout};

/// A deployment of two twins: one in order, and one whose backend lost its service secret.
struct Deployment {
    stable: TwinProcess,
    candidate: TwinProcess,
}

impl Deployment {
    fn start() -> Self {
        let lost = ["--fault", "backend-auth/service-secret-missing"];
        let deployment = Self { stable: TwinProcess::start(&[]), candidate: TwinProcess::start(&lost) };
        let revisions: Vec<Value> = serde_json::from_str(&fetch(&deployment.address("revisions"))).expect("a list");
        for (name, revision) in ["now.json", "before.json"].into_iter().zip(&revisions) {
            fs::write(deployment.folder().join(name), revision.to_string()).expect("a file");
        }
        let mut service: Value = serde_json::from_str(&fetch(&deployment.address("manifests"))).expect("a service");
        service["status"]["traffic"] = serde_json::json!([
            { "revisionName": revisions[1]["metadata"]["name"], "percent": 100, "tag": "stable" },
            { "revisionName": revisions[0]["metadata"]["name"], "percent": 0, "tag": "candidate" },
        ]);
        fs::write(deployment.folder().join("service.json"), service.to_string()).expect("a file");
        deployment
    }

    fn folder(&self) -> PathBuf {
        self.stable.target().parent().map(Path::to_owned).expect("a folder")
    }

    /// Returns an address of the twin of the newer revision.
    fn address(&self, line: &str) -> String {
        address(&self.candidate, line)
    }

    /// Runs `fivewhys bisect --test`. Returns the exit code, stdout and stderr. No output has a secret.
    fn bisect(&self, arguments: &[&str]) -> (Option<i32>, String, String) {
        let mut command = fivewhys(["bisect", "--test", "--config", "t.toml", "--evidence", "edge,auth"]);
        let output = command.args(arguments).current_dir(self.folder()).output().expect("it starts");
        let all = format!("{}{}", stdout(&output), stderr(&output));
        for file in self.stable.secret_files() {
            let secret = fs::read_to_string(file).expect("a secret");
            assert!(!all.contains(secret.trim()), "{all}");
        }
        (output.status.code(), stdout(&output).to_owned(), stderr(&output).to_owned())
    }

    /// Returns the table of the tags.
    fn tagged(&self) -> String {
        let (stable, candidate) = (address(&self.stable, "edge"), self.address("edge"));
        format!("tagged_url.backend={{ stable = '{stable}', candidate = '{candidate}' }}")
    }
}

/// Returns the first address of a line that the twin printed.
fn address(twin: &TwinProcess, line: &str) -> String {
    let printed = twin.printed();
    let found = printed.lines().find_map(|text| text.strip_prefix(line)?.split_whitespace().next().map(str::to_owned));
    found.unwrap_or_else(|| panic!("no {line}: {printed}"))
}

const TAGS: [&str; 4] = ["--tag", "before.json=stable", "--tag", "netra-backend-staging-00639-g4g=candidate"];

#[test]
fn the_revision_that_fails_is_named_and_the_change_that_explains_it() {
    let deployment = Deployment::start();
    let set = deployment.tagged();
    let both = ["before.json", "now.json", "--set", &set];
    let journal = || fetch(&address(&deployment.stable, "journal"));
    let before = journal();
    // The tags come from the options, or from the traffic list of a manifest.
    for tags in [&TAGS[..], &["service.json"]] {
        let (code, page, errors) = deployment.bisect(&[&both, tags].concat());
        assert_eq!(code, Some(1), "{page}{errors}");
        assert!(page.contains("00611-cr5 passed at the tag stable, http://127.0.0.1:"), "{page}");
        assert!(page.contains("00639-g4g failed at the tag candidate, http://127.0.0.1:"), "{page}");
        let last = page.lines().last().unwrap_or_default();
        let says = "the change that explains the failure: SERVICE_SECRET was lost (backend-auth/service-secret-missing";
        assert!(last.starts_with(says), "{page}");
    }
    assert_ne!(journal(), before, "the twin was called");
    let (code, text, _) = deployment.bisect(&[&both, &TAGS[..], &["--format", "json"]].concat());
    let outcome: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(code, Some(1));
    assert_eq!(outcome["tested"]["before"]["outcome"], "passed");
    assert_eq!(outcome["tested"]["now"]["causes"][0]["fault"], "backend-auth/service-secret-missing");
}

#[test]
fn a_newer_revision_that_passes_needs_no_explanation() {
    let deployment = Deployment::start();
    let set = deployment.tagged();
    let tags = ["--tag", "before.json=candidate", "--tag", "now.json=stable"];
    let (code, page, errors) = deployment.bisect(&[&["before.json", "now.json", "--set", &set], &tags[..]].concat());
    assert_eq!(code, Some(0), "{page}{errors}");
    assert!(page.contains("the newer revision passed the test, and the older one failed"), "{page}");
}

#[rstest]
#[case::no_key(&[], "has no `tagged_url.backend`")]
#[case::production(&["--set", "production=true"], "is marked `production`: name it with `--target`")]
#[case::no_tag(&["--set", "tagged_url.backend=https://{tag}.shop.example"], "the tag of the revision `netra-backend-staging-00611-cr5`")]
#[case::another_host(&["--set", "tagged_url.backend=https://{tag}.shop.example", "--tag", "before.json=a.b"], "`a.b` is not a tag")]
#[case::one_address(&["--set", "tagged_url.backend={ x = 'http://127.0.0.1:1' }", "--tag", "before.json=x", "--tag", "now.json=x"], "both revisions have the address http://127.0.0.1:1/")]
#[case::unknown_revision(&["--tag", "other.json=x"], "`--tag` names the revision `other.json`")]
fn what_cannot_be_tested_is_refused_before_a_request(#[case] arguments: &[&str], #[case] says: &str) {
    let deployment = Deployment::start();
    let journal = || fetch(&address(&deployment.stable, "journal"));
    let before = journal();
    let (code, page, errors) = deployment.bisect(&[&["before.json", "now.json"], arguments].concat());
    let errors = errors.replace("\n  │", "").replace("\n        ", " ");
    assert_eq!((code, page.as_str()), (Some(2), ""), "{errors}");
    assert!(errors.contains(says), "{errors}");
    assert_eq!(journal(), before, "a request was sent");
}
