//! The manifest of a revision that only its name tells: a command of the platform reads it.

use thiserror::Error;

use crate::config::{EvidenceLocation, Target};
use crate::evidence::{SourceError, output_of};
use crate::gate::describe;
use crate::terms::{EvidenceSource, Service};

/// The longest name of a revision: a DNS label.
const LONGEST: usize = 63;

/// Why the manifest of a named revision cannot be read.
#[derive(Debug, Error, miette::Diagnostic)]
pub(crate) enum NamedError {
    /// The name tells no service.
    #[error("`{0}` is neither a file nor a revision of a service that the target names")]
    #[diagnostic(
        code(fivewhys::bisect::service),
        help("name a file, or the service of the revision: `backend={0}` or `auth={0}`")
    )]
    Service(String),
    /// The target does not say how to read it.
    #[error("the manifest of the revision `{revision}` cannot be fetched: {why}")]
    #[diagnostic(
        code(fivewhys::bisect::not_fetched),
        help("run `{command} > {revision}.json`, and name the file instead")
    )]
    NotFetched {
        /// The revision.
        revision: String,
        /// What the target lacks.
        why: &'static str,
        /// The command that reads it.
        command: String,
    },
    /// The command fails.
    #[error("the manifest of the revision `{revision}` cannot be fetched: {why}")]
    #[diagnostic(code(fivewhys::bisect::command), help("run `{command} > {revision}.json`, and name the file instead"))]
    Command {
        /// The revision.
        revision: String,
        /// The reason.
        why: SourceError,
        /// The command that reads it.
        command: String,
    },
}

/// Reports whether a text can be the name of a revision: a DNS label.
pub(crate) fn is_name(text: &str) -> bool {
    let is_label = text.chars().all(|one| one.is_ascii_lowercase() || one.is_ascii_digit() || one == '-');
    is_label && text.len() <= LONGEST && text.starts_with(|first: char| first.is_ascii_lowercase())
}

/// Fetches the manifest of a revision with a read-only command. Returns its service and the text.
///
/// # Errors
/// When the service is not known, the target does not name project and region or does not grant the evidence
/// `manifest`, or the command fails.
pub(crate) async fn fetch(
    service: Option<&str>,
    revision: &str,
    target: &Target,
) -> Result<(Service, String), NamedError> {
    let service = service_of(service, revision, target).ok_or_else(|| NamedError::Service(revision.to_owned()))?;
    let argv = command(service, revision, target)?;
    let text = output_of(&argv, target).await.map_err(|why| NamedError::Command {
        revision: revision.to_owned(),
        why,
        command: argv.join(" "),
    })?;
    Ok((service, text))
}

/// Returns the service that the caller names, or the one whose deployed name begins the name of the revision.
fn service_of(given: Option<&str>, revision: &str, target: &Target) -> Option<Service> {
    let names = [(Service::Backend, &target.names.backend), (Service::Auth, &target.names.auth)];
    match given {
        Some(given) => Service::ALL.iter().copied().find(|service| service.as_str() == given),
        None => {
            let is = |name: &&String| revision.strip_prefix(name.as_str()).is_some_and(|rest| rest.starts_with('-'));
            let known = names.into_iter().filter_map(|(role, name)| Some((role, name.as_ref().filter(is)?)));
            known.max_by_key(|(_, name)| name.len()).map(|(role, _)| role)
        }
    }
}

/// Returns the command that describes a revision: the one of the target for the service, or else `gcloud` with project
/// and region.
fn command(service: Service, revision: &str, target: &Target) -> Result<Vec<String>, NamedError> {
    let names = &target.names;
    let place = |flag: &str, name: &Option<String>| {
        format!("--{flag}={}", name.as_deref().map_or_else(|| flag.to_ascii_uppercase(), str::to_owned))
    };
    let (project, region) = (place("project", &names.project), place("region", &names.region));
    let words = ["gcloud", "run", "revisions", "describe", revision, &project, &region, "--format=json"];
    let argv: Vec<String> = words.map(str::to_owned).into();
    let refused = |why| NamedError::NotFetched { revision: revision.to_owned(), why, command: argv.join(" ") };
    if names.project.is_none() || names.region.is_none() {
        return Err(refused("the target does not name project and region"));
    }
    if !target.opens(EvidenceSource::Manifest) {
        return Err(refused("the target does not grant the evidence `manifest`"));
    }
    match target.manifests.get(&service) {
        None => Ok(argv),
        Some(source @ EvidenceLocation::Command(_)) => {
            describe(revision, source).ok_or_else(|| refused("the target reads manifests with another command"))
        }
        Some(_) => Err(refused("the target reads manifests from a file or a URL")),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop_assert, proptest};
    use rstest::rstest;

    use super::{command, is_name, service_of};
    use crate::config::{EvidenceLocation, Target};
    use crate::fixtures::staging;
    use crate::terms::{EvidenceSource, Service};

    fn granting() -> Target {
        let mut target = staging();
        target.evidence_sources.insert(EvidenceSource::Manifest);
        target
    }

    #[rstest]
    #[case("b-00611-cr5", true)]
    #[case("--impersonate-service-account=x", false)]
    #[case("b.json", false)]
    #[case("a/b", false)]
    #[case("", false)]
    #[case("B", false)]
    fn a_name_is_a_label(#[case] text: &str, #[case] is: bool) {
        assert_eq!(is_name(text), is);
    }

    #[rstest]
    #[case(None, "netra-backend-staging-00611-cr5", Some(Service::Backend))]
    #[case(None, "netra-auth-service-00002-abc", Some(Service::Auth))]
    #[case(None, "elsewhere-00002-abc", None)]
    #[case(Some("auth"), "elsewhere-00002-abc", Some(Service::Auth))]
    #[case(Some("frontend"), "elsewhere-00002-abc", None)]
    fn the_name_of_a_revision_begins_with_its_service(
        #[case] given: Option<&str>,
        #[case] revision: &str,
        #[case] expected: Option<Service>,
    ) {
        assert_eq!(service_of(given, revision, &staging()), expected);
    }

    #[test]
    fn the_command_is_that_of_the_target_for_the_revision() {
        let argv = command(Service::Backend, "b-1", &granting()).expect("a command").join(" ");
        assert!(argv.starts_with("gcloud run revisions describe b-1 "), "{argv}");
        assert!(argv.contains("--project=netra-staging") && argv.contains("--region=us-central1"), "{argv}");
    }

    #[rstest]
    #[case::not_granted(&|target: &mut Target| target.evidence_sources.retain(|one| *one != EvidenceSource::Manifest), "does not grant")]
    #[case::no_region(&|target: &mut Target| target.names.region = None, "project and region")]
    #[case::a_file(
        &|target: &mut Target| drop(target.manifests.insert(Service::Backend, EvidenceLocation::File("b.json".into()))),
        "from a file or a URL"
    )]
    fn a_target_that_does_not_say_how_gets_the_command_to_run(#[case] change: &dyn Fn(&mut Target), #[case] why: &str) {
        let mut target = granting();
        change(&mut target);
        let error = command(Service::Backend, "b-1", &target).expect_err("refused");
        let help = miette::Diagnostic::help(&error).expect("help").to_string();
        assert!(error.to_string().contains(why), "{error}");
        assert!(help.contains("gcloud run revisions describe b-1 --project="), "{help}");
    }

    proptest! {
        #[test]
        fn no_name_is_an_option_or_a_path(text in r"(?s)[-a-z0-9./= \PC]{0,80}") {
            prop_assert!(!is_name(&text) || !(text.starts_with('-') || text.contains(['/', '.', ' ', '='])));
        }
    }
}
