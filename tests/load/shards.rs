//! Users divided over shards, and the reports merged.

use std::path::Path;

use fivewhys::internal::report::Report;

use super::{POOL, SERVED, finding_ids, load, served};
use crate::support::program::{fivewhys, run, stderr};

fn shard(folder: &Path, part: &str, more: &[&str]) -> std::path::PathBuf {
    let output = run([&POOL, &["--shard", part][..], more].concat());
    assert!(!output.stdout.is_empty(), "{}", stderr(&output));
    let file = folder.join(part.replace('/', "-"));
    std::fs::write(&file, &output.stdout).expect("a file");
    file
}

#[test]
fn merged_shards_have_all_users_and_the_percentiles_of_one_histogram() {
    let folder = tempfile::tempdir().expect("a folder");
    let more = ["-s", "messages", "--load-fault", "bad-instance", "--set", SERVED];
    let files = ["1/2", "2/2"].map(|part| shard(folder.path(), part, &more));
    let parts: Vec<Report> = files
        .iter()
        .map(|file| serde_json::from_slice(&std::fs::read(file).expect("it is there")).expect("a report"))
        .collect();
    let output = fivewhys(["merge", "--format", "json", "--set", SERVED]).args(&files).output().expect("it starts");
    let merged: Report = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", stderr(&output)));
    let (whole, loads) = (load(&merged), [load(&parts[0]), load(&parts[1])]);
    assert_eq!((whole.users, loads[0].users, loads[1].users), (14, 7, 7));
    assert_eq!(whole.calls, loads[0].calls + loads[1].calls);
    assert_eq!(finding_ids(&merged), ["load-unserved", "load-common-instance"]);
    assert_eq!(output.status.code(), Some(1));
    let [all, one, other] = [&merged, &parts[0], &parts[1]].map(served);
    assert_eq!((all.calls, all.bad), (one.calls + other.calls, one.bad + other.bad));
    let counts =
        |one: &&fivewhys::internal::report::LoadReport| one.latency[0].histogram.iter().map(|(_, n)| n).sum::<u64>();
    assert_eq!(counts(&whole), loads.iter().map(counts).sum::<u64>());
    let ids: Vec<&str> = merged.scenarios.iter().map(|scenario| scenario.id.as_str()).collect();
    assert_eq!(ids, ["messages", "objectives"], "each scenario is there once");
}

#[test]
fn reports_of_many_users_do_not_merge_with_others() {
    let folder = tempfile::tempdir().expect("a folder");
    let one = shard(folder.path(), "1/2", &["-s", "messages"]);
    let other = folder.path().join("other");
    std::fs::write(&other, run(["smoke", "--format", "json", "-s", "health"]).stdout).expect("a file");
    let output = fivewhys(["merge"]).args([&one, &other]).output().expect("it starts");
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("is a report of many users"), "{}", stderr(&output));
}
