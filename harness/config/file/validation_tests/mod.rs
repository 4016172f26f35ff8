//! The words of `validation`, on a target and on an endpoint.

use std::path::Path;

use miette::Diagnostic;
use rstest::rstest;

use crate::config::{Overrides, Target, TargetFile, Validation};
use crate::document::ConfigError;

/// The words that the documentation names.
const WORDS: [&str; 8] =
    ["introspection", "jwks", "shared-key", "local-then-introspection", "local", "edge", "session", "unknown"];

/// Resolves a target with this line, and an endpoint with this key.
fn resolved(of_target: &str, of_endpoint: &str) -> Result<Target, ConfigError> {
    let text = format!(
        r#"
[target.one]
backend = "http://backend.example.org"
auth = "http://auth.example.org"
signing_secret = "env:KEY"
claims = {{ iss = "us" }}
user = {{ ann = {{ sub = "1", email = "ann@example.org" }} }}
endpoint."backend.orders" = {{ path = "/orders", role = "protected", token_locations = ["header"]{of_endpoint} }}
{of_target}
"#
    );
    let file = TargetFile::parse("fivewhys.toml", &text, Path::new("/etc/fivewhys"))?;
    file.resolve(Some("one"), &Overrides::default())
}

#[rstest]
#[case("introspection", Validation::Introspection)]
#[case("jwks", Validation::Jwks)]
#[case("shared-key", Validation::SharedKey)]
#[case("local-then-introspection", Validation::LocalThenIntrospection)]
#[case("local", Validation::Local)]
#[case("edge", Validation::Edge)]
#[case("session", Validation::Session)]
#[case("unknown", Validation::Unknown)]
#[case::old_name("auth-service", Validation::Introspection)]
fn each_word_counts_for_a_target_and_for_an_endpoint(#[case] word: &str, #[case] means: Validation) {
    let ways = |target: Target| (target.validation, target.endpoints["backend.orders"].validation);
    let of_target = resolved(&format!("validation = '{word}'"), "").expect("a target");
    assert_eq!(ways(of_target), (means, None));
    let of_endpoint = resolved("", &format!(", validation = '{word}'")).expect("a target");
    assert_eq!(ways(of_endpoint), (Validation::Unknown, Some(means)));
}

#[rstest]
#[case::of_a_target("validation = 'telepathy'", "")]
#[case::of_an_endpoint("", ", validation = 'telepathy'")]
fn an_unknown_word_is_refused_with_the_known_ones(#[case] of_target: &str, #[case] of_endpoint: &str) {
    let error = resolved(of_target, of_endpoint).expect_err("no such word");
    let help = Diagnostic::help(&error).expect("a help").to_string();
    let unnamed: Vec<&str> = WORDS.into_iter().filter(|word| !help.contains(word)).collect();
    assert!(error.message().contains("telepathy"), "{error}");
    assert_eq!(unnamed, [""; 0], "the help names every word: {help}");
}
