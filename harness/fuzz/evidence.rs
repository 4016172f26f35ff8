//! HAR, logs of every format, manifests, key sets and reports.

use std::collections::BTreeSet;

use super::{on_any_input, samples, text};
use crate::evidence::{Evidence, Manifest, Supplied, declarations};
use crate::fixtures::staging;
use crate::har;
use crate::redact::Redactor;
use crate::report;
use crate::token::KeySet;

#[test]
fn every_har_is_read_or_refused() {
    on_any_input!(samples("tests/incidents/tests-send-no-bearer"), |bytes| {
        let redactor = Redactor::new();
        let _ = har::read("run.har", &text(bytes), &redactor);
    });
}

#[test]
fn a_log_of_any_format_is_read_the_same_twice() {
    let target = staging();
    on_any_input!(samples("harness/evidence/logs/samples"), |bytes| {
        let read = || {
            let mut evidence = Evidence::default();
            let mut supplied = Supplied::default();
            if let Ok(log) = Supplied::collect("log", None, bytes) {
                supplied.add_collected("fuzz.log", log);
            }
            supplied.add_log_to(&mut evidence, &target, &str::to_owned);
            evidence.log
        };
        let (once, twice) = (read(), read());
        assert_eq!(once.len(), twice.len());
        assert!(once.iter().zip(&twice).all(|(one, other)| one.text == other.text), "the same entries");
    });
}

#[test]
fn every_manifest_is_read_or_refused() {
    let target = staging();
    on_any_input!(samples("harness/evidence/manifest/samples"), |bytes| {
        let text = text(bytes);
        let all = declarations("manifest", &text, &target.names);
        if let Ok(one) = Manifest::parse(&text, &BTreeSet::new()) {
            assert!(all.is_ok_and(|all| all.len() == 1), "one manifest is one declaration: {one:?}");
        }
    });
}

#[test]
fn every_key_set_is_read_or_refused() {
    let keys = br#"{"keys":[{"kty":"RSA","kid":"k1","use":"sig","alg":"RS256","n":"sXchDaQebHnPiGvyDOAT4saGEUetSyo9MKLOoWFsueri23bOdgWp4Dy1WlUzewbgBHod5pcM9H95GQRV3JDXboIRROSBigeC5yjU1hGzHHyXss8UDprecbAYxknTcQkhslANGRUZmdTOQ5qTRsLAt6BTYuyvVRdhS8exSZEy_c4gs_7svlJJQ4H9_NxsiIoLwAEk7-Q3UXERGYw_75IDrGA84-lA_-Ct4eTlXHBIY2EaV7t7LjJaynVJCpkv4LKjTTAumiGUIuQhrNhZLuF_RJLqHpM2kgWFLU7-VTdL1VbC2tejvcI2BlMkEpk1BzBZI0KQB0GaDWFLN-aEAw3vRw","e":"AQAB"},{"kty":"EC","kid":"k2","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"},{"kty":"OKP","kid":"k3","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#;
    on_any_input!(vec![keys.to_vec()], |bytes| {
        let _ = KeySet::parse(&text(bytes));
    });
}

#[test]
fn every_report_is_read_or_refused() {
    let reports = report::samples::all().iter().map(|one| report::json::render(one).into_bytes()).collect();
    on_any_input!(reports, |bytes| {
        let _ = report::read("report.json", &text(bytes));
    });
}
