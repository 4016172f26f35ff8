//! Where a revision answers that gets no traffic: its tag, and the address that the target names for tags.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use thiserror::Error;
use url::Url;

use crate::config::{TagError, Target};
use crate::evidence::Manifest;
use crate::preflight::Subject;
use crate::terms::Service;

/// Why the address of a revision is not known.
#[derive(Debug, Error, miette::Diagnostic)]
pub(crate) enum TagsError {
    /// The target does not say where tagged revisions answer.
    #[error("the target `{target}` has no `tagged_url.{service}`: the revisions of the {service} cannot be tested")]
    #[diagnostic(
        code(fivewhys::bisect::no_tagged_url),
        help(
            "set it in `[target.{target}]`: `tagged_url.{service} = \"https://{{tag}}---my-{service}-abc123.a.run.app\"`, or a table `TAG = \"URL\"`"
        )
    )]
    NoAddress {
        /// The name of the target.
        target: String,
        /// The service.
        service: Service,
    },
    /// The target is a twin, which has one revision.
    #[error("the target `{0}` is a twin: its revisions have no tags")]
    #[diagnostic(code(fivewhys::bisect::twin), help("name a target of a deployment with `--target`"))]
    Twin(String),
    /// Nothing names the tag of a revision.
    #[error("the tag of the revision `{revision}` of the {service} is not known")]
    #[diagnostic(
        code(fivewhys::bisect::no_tag),
        help(
            "name it with `--tag {revision}=TAG`, or add the manifest of the service, whose traffic list has the tags; `gcloud run services update-traffic SERVICE --update-tags=TAG={revision}` sets one and moves no traffic"
        )
    )]
    NoTag {
        /// The revision.
        revision: String,
        /// Its service.
        service: Service,
    },
    /// The tag has no address.
    #[error("the revision `{revision}` cannot be tested: {why}")]
    #[diagnostic(code(fivewhys::bisect::tag))]
    Tag {
        /// The revision.
        revision: String,
        /// The reason.
        why: TagError,
    },
    /// An option `--tag` has another form.
    #[error("`--tag {0}` is not REVISION=TAG")]
    #[diagnostic(code(fivewhys::bisect::not_a_pair), help("for example `--tag my-backend-00611-cr5=stable`"))]
    NotAPair(String),
    /// An option `--tag` names a revision that is not compared.
    #[error("`--tag` names the revision `{given}`; the revisions are {known}")]
    #[diagnostic(code(fivewhys::bisect::unknown_revision))]
    UnknownRevision {
        /// The revision of the option.
        given: String,
        /// The revisions that are compared.
        known: String,
    },
    /// Both revisions have one address.
    #[error("both revisions have the address {0}: one of them would be tested twice")]
    #[diagnostic(code(fivewhys::bisect::same_address), help("give each revision a tag of its own"))]
    SameAddress(Url),
}

/// The tags of revisions: those that the caller names, and those of traffic lists.
#[derive(Debug, Default)]
pub(crate) struct Tags {
    given: BTreeMap<String, String>,
    listed: BTreeMap<String, String>,
}

impl Tags {
    /// Reads options `REVISION=TAG`.
    ///
    /// # Errors
    /// When an option has no `=`, or nothing on a side of it.
    pub(crate) fn of(options: &[String]) -> Result<Self, TagsError> {
        let pair = |option: &String| {
            let pair = option.rsplit_once('=').filter(|(revision, tag)| !revision.is_empty() && !tag.is_empty());
            pair.map(|(revision, tag)| (revision.to_owned(), tag.to_owned()))
                .ok_or_else(|| TagsError::NotAPair(option.clone()))
        };
        let given = options.iter().map(pair).collect::<Result<_, _>>()?;
        Ok(Self { given, listed: BTreeMap::new() })
    }

    /// Adds the tags of the traffic list of a manifest.
    pub(crate) fn add(&mut self, manifest: &Manifest) {
        self.listed.extend(manifest.tags.iter().map(|(tag, revision)| (revision.clone(), tag.clone())));
    }

    /// Refuses options that name another revision than these.
    ///
    /// # Errors
    /// When an option does.
    pub(crate) fn check(&self, known: &BTreeSet<&str>) -> Result<(), TagsError> {
        match self.given.keys().find(|given| !known.contains(given.as_str())) {
            Some(given) => {
                let known = known.iter().copied().collect::<Vec<_>>().join(", ");
                Err(TagsError::UnknownRevision { given: given.clone(), known })
            }
            None => Ok(()),
        }
    }

    fn tag(&self, names: [&str; 2]) -> Option<&str> {
        let given = names.iter().find_map(|name| self.given.get(*name));
        given.or_else(|| self.listed.get(names[0])).map(String::as_str)
    }
}

/// Where a revision of one service answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Address {
    pub(crate) service: Service,
    pub(crate) revision: String,
    pub(crate) tag: String,
    pub(crate) url: Url,
}

/// Returns the revision that a manifest shows: that of a revision, or the newest one of a service.
pub(crate) fn revision_of(subject: &Subject) -> &str {
    let declaration = &subject.declaration;
    declaration.revision.as_deref().unwrap_or(&declaration.manifest.name)
}

/// Returns where the services of a revision answer. `from` is the name by which the caller gave it.
///
/// # Errors
/// When the target does not name the address of a service, or nothing names the tag of its revision.
pub(crate) fn addresses(
    target: &Target,
    subjects: &[Subject],
    from: &str,
    tags: &Tags,
) -> Result<Vec<Address>, TagsError> {
    if target.twin && !target.tagged_urls.is_empty() {
        return Err(TagsError::Twin(target.name.clone()));
    }
    let mut addresses: Vec<Address> = Vec::new();
    for subject in subjects {
        let service = Service::ALL.iter().copied().find(|service| service.as_str() == subject.service);
        let Some(service) = service.filter(|service| addresses.iter().all(|one| one.service != *service)) else {
            continue;
        };
        let no_address = || TagsError::NoAddress { target: target.name.clone(), service };
        let tagged = target.tagged_urls.get(&service).ok_or_else(no_address)?;
        let revision = revision_of(subject).to_owned();
        let tag = tags.tag([&revision, from]).map(str::to_owned);
        let tag = tag.ok_or_else(|| TagsError::NoTag { revision: revision.clone(), service })?;
        let url = tagged.at(&tag).map_err(|why| TagsError::Tag { revision: revision.clone(), why })?;
        addresses.push(Address { service, revision, tag, url });
    }
    Ok(addresses)
}

/// Refuses two revisions of one service with one address.
///
/// # Errors
/// When they have one.
pub(crate) fn are_apart(before: &[Address], now: &[Address]) -> Result<(), TagsError> {
    let same = before.iter().find(|one| now.iter().any(|other| other.service == one.service && other.url == one.url));
    same.map_or(Ok(()), |one| Err(TagsError::SameAddress(one.url.clone())))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;
    use crate::evidence::declarations;
    use crate::fixtures::staging;

    fn subjects(service: bool) -> Vec<Subject> {
        let (target, containers) = (staging(), json!([{ "env": [] }]));
        let manifest = match service {
            false => json!({
                "kind": "Revision",
                "metadata": { "name": "b-1", "labels": { "serving.knative.dev/service": "netra-backend-staging" } },
                "spec": { "containers": containers },
            }),
            true => json!({
                "metadata": { "name": "netra-backend-staging" },
                "spec": { "template": { "spec": { "containers": containers } } },
                "status": { "latestCreatedRevisionName": "b-1", "traffic": [
                    { "revisionName": "b-0", "percent": 100, "tag": "stable" },
                    { "revisionName": "b-1", "percent": 0, "tag": "candidate" },
                ] },
            }),
        };
        let read = declarations("m.json", &manifest.to_string(), &target.names).expect("a manifest");
        read.into_iter().map(|one| Subject::of(one, None, &target.names)).collect()
    }

    /// Returns the tag of the revision `b-1`, or the error.
    fn tag(service: bool, options: &[&str], url: Option<&str>) -> Result<String, String> {
        let options: Vec<String> = options.iter().map(|one| (*one).to_owned()).collect();
        let mut target = staging();
        let url = url.map(|url| serde_json::from_value(json!(url)).expect("a template"));
        target.tagged_urls.extend(url.map(|url| (Service::Backend, url)));
        let subjects = subjects(service);
        let found = Tags::of(&options).and_then(|mut tags| {
            subjects.iter().for_each(|one| tags.add(&one.declaration.manifest));
            addresses(&target, &subjects, "now.json", &tags)
        });
        found.map(|found| found[0].url.to_string()).map_err(|error| error.to_string())
    }

    const TEMPLATE: Option<&str> = Some("https://{tag}---shop-abc.a.run.app");

    #[rstest]
    #[case::listed(true, &[], "candidate")]
    #[case::given(false, &["b-1=pr-7"], "pr-7")]
    #[case::given_by_the_file(false, &["now.json=pr-7"], "pr-7")]
    #[case::given_instead(true, &["b-1=pr-7"], "pr-7")]
    fn the_tag_is_given_or_in_the_traffic_list(#[case] service: bool, #[case] given: &[&str], #[case] expected: &str) {
        assert_eq!(tag(service, given, TEMPLATE), Ok(format!("https://{expected}---shop-abc.a.run.app/")));
    }

    #[rstest]
    #[case::no_key(&["b-1=pr-7"], None, "has no `tagged_url.backend`")]
    #[case::no_tag(&[], TEMPLATE, "the tag of the revision `b-1` of the backend is not known")]
    #[case::of_another(&["b-2=pr-7"], TEMPLATE, "the tag of the revision `b-1`")]
    #[case::no_label(&["b-1=evil.example/"], TEMPLATE, "`evil.example/` is not a tag")]
    #[case::no_pair(&["b-1"], TEMPLATE, "`--tag b-1` is not REVISION=TAG")]
    #[case::no_value(&["b-1="], TEMPLATE, "`--tag b-1=` is not REVISION=TAG")]
    fn a_revision_without_an_address_is_refused(#[case] given: &[&str], #[case] url: Option<&str>, #[case] says: &str) {
        let error = tag(false, given, url).expect_err("refused");
        assert!(error.contains(says), "{error}");
    }

    #[test]
    fn one_address_is_not_tested_twice() {
        let address = |url: &str| Address {
            service: Service::Backend,
            revision: "b".to_owned(),
            tag: "t".to_owned(),
            url: Url::parse(url).expect("a URL"),
        };
        let (one, other) = ([address("http://127.0.0.1:1")], [address("http://127.0.0.1:2")]);
        assert!(are_apart(&one, &other).is_ok());
        assert!(are_apart(&one, &one).is_err());
    }
}
