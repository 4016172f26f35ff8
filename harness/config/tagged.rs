//! The addresses of revisions that get no traffic: by a template with a tag in its host, or by a table of tags.

use std::collections::BTreeMap;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use thiserror::Error;
use url::{Host, Url};

use crate::document::values::{BaseUrl, base_url};

/// What a template has in the place of the tag.
const PLACE: &str = "{tag}";
/// The longest tag of Cloud Run, in bytes. Source: Cloud Run, "Use tags for testing": tag and service share 46 characters.
const LONGEST: usize = 46;
/// The labels of a host that must follow the label with the tag, so that no tag selects another domain.
const LABELS_AFTER: usize = 2;

/// Where the revisions of one service answer, by their tags.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TaggedUrl {
    /// A URL with `{tag}` in the first label of its host: `https://{tag}---my-backend-abc123.a.run.app`.
    Template(String),
    /// The URL of each tag, for platforms whose revisions have unrelated addresses.
    Table(BTreeMap<String, Url>),
}

/// Why a tag has no address.
#[derive(Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum TagError {
    /// The tag is not a DNS label, so it could change the host.
    #[error(
        "`{0}` is not a tag: a tag has 1 to {LONGEST} lower-case letters, digits and hyphens, and no hyphen at an end"
    )]
    NotATag(String),
    /// The table does not hold the tag.
    #[error("no URL is written for the tag `{tag}`; the tags are {known}")]
    Unknown {
        /// The tag.
        tag: String,
        /// The tags of the table.
        known: String,
    },
}

impl TaggedUrl {
    /// Returns the base URL of the revision with this tag.
    ///
    /// # Errors
    /// When the tag is not a DNS label, or the table does not hold it.
    pub fn at(&self, tag: &str) -> Result<Url, TagError> {
        if !is_tag(tag) {
            return Err(TagError::NotATag(tag.to_owned()));
        }
        match self {
            Self::Template(template) => filled(template, tag).map_err(|_| TagError::NotATag(tag.to_owned())),
            Self::Table(table) => table.get(tag).cloned().ok_or_else(|| TagError::Unknown {
                tag: tag.to_owned(),
                known: table.keys().map(String::as_str).collect::<Vec<_>>().join(", "),
            }),
        }
    }
}

/// Reports whether a text is a DNS label of at most 46 bytes.
fn is_tag(text: &str) -> bool {
    let plain = text.bytes().all(|one| one.is_ascii_lowercase() || one.is_ascii_digit() || one == b'-');
    plain && !text.is_empty() && text.len() <= LONGEST && !text.starts_with('-') && !text.ends_with('-')
}

fn filled(template: &str, tag: &str) -> Result<Url, String> {
    base_url(&template.replace(PLACE, tag), ["http", "https"])
}

/// Checks that the tag is in the first label of the host, and nowhere else.
fn template(text: &str) -> Result<TaggedUrl, String> {
    let wrong = || {
        format!(
            "`{text}` is not a URL with `{PLACE}` once, in the first label of a host with at least two more: \
             `https://{PLACE}---my-backend-abc123.a.run.app`"
        )
    };
    let (one, other) = (filled(text, "a")?, filled(text, "b")?);
    let (Some(Host::Domain(host)), Some(Host::Domain(changed))) = (one.host(), other.host()) else {
        return Err(wrong());
    };
    let (Some((label, rest)), Some((changed, same))) = (host.split_once('.'), changed.split_once('.')) else {
        return Err(wrong());
    };
    let in_label = label != changed && rest == same && rest.split('.').count() >= LABELS_AFTER;
    match text.matches(PLACE).count() == 1 && in_label {
        true => Ok(TaggedUrl::Template(text.to_owned())),
        false => Err(wrong()),
    }
}

impl<'de> Deserialize<'de> for TaggedUrl {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Written;
        impl<'de> Visitor<'de> for Written {
            type Value = TaggedUrl;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a URL with `{tag}`, or a table `TAG = \"URL\"`")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<TaggedUrl, E> {
                template(text).map_err(E::custom)
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<TaggedUrl, A::Error> {
                let mut table = BTreeMap::new();
                while let Some(tag) = map.next_key::<String>()? {
                    if !is_tag(&tag) {
                        return Err(A::Error::custom(TagError::NotATag(tag)));
                    }
                    table.insert(tag, map.next_value::<BaseUrl>()?.0);
                }
                Ok(TaggedUrl::Table(table))
            }
        }
        deserializer.deserialize_any(Written)
    }
}

impl JsonSchema for TaggedUrl {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "TaggedUrl".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A URL with `{tag}` in the first label of its host, or a table `TAG = \"URL\"`.",
            "anyOf": [
                { "type": "string", "pattern": "^https?://[^/]*\\{tag\\}" },
                { "type": "object", "additionalProperties": generator.subschema_for::<BaseUrl>() },
            ],
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop_assert, prop_assert_eq, proptest};
    use rstest::rstest;

    use super::*;

    /// One key of a target file.
    #[derive(Debug, serde::Deserialize)]
    struct File {
        tagged_url: TaggedUrl,
    }

    fn read(value: &str) -> Result<TaggedUrl, String> {
        toml::from_str::<File>(&format!("tagged_url = {value}"))
            .map(|file| file.tagged_url)
            .map_err(|error| error.to_string())
    }

    const TEMPLATE: &str = "'https://{tag}---shop-abc.a.run.app/v1'";
    const TABLE: &str = "{ blue = 'http://127.0.0.1:1', green = 'http://127.0.0.1:2/x' }";

    #[rstest]
    #[case::template(TEMPLATE, "pr-7", "https://pr-7---shop-abc.a.run.app/v1")]
    #[case::subdomain("'https://{tag}.shop.example:8443'", "pr-7", "https://pr-7.shop.example:8443/")]
    #[case::table(TABLE, "green", "http://127.0.0.1:2/x")]
    fn a_tag_has_an_address(#[case] written: &str, #[case] tag: &str, #[case] url: &str) {
        assert_eq!(read(written).expect("it is right").at(tag).map(String::from).as_deref(), Ok(url));
    }

    #[rstest]
    #[case::none("'https://shop.a.run.app'")]
    #[case::in_the_path("'https://shop.a.run.app/{tag}'")]
    #[case::twice("'https://{tag}---{tag}.a.run.app'")]
    #[case::the_domain("'https://shop.{tag}.app'")]
    #[case::the_end("'https://{tag}'")]
    #[case::too_short("'https://{tag}.app'")]
    #[case::address("'https://127.0.0.{tag}'")]
    #[case::port("'https://127.0.0.1:{tag}'")]
    #[case::user("'https://{tag}@shop.a.run.app'")]
    #[case::scheme("'ftp://{tag}.shop.example'")]
    #[case::number("7")]
    #[case::a_tag_with_a_dot("{ 'a.b' = 'https://shop.example' }")]
    #[case::no_url("{ blue = 'shop' }")]
    fn what_could_reach_another_host_is_refused(#[case] written: &str) {
        assert!(read(written).is_err(), "{written}");
    }

    #[test]
    fn a_tag_without_an_address_is_named_with_the_others() {
        let says = read(TABLE).expect("a table").at("red").expect_err("unknown").to_string();
        assert_eq!(says, "no URL is written for the tag `red`; the tags are blue, green");
    }

    proptest! {
        #[test]
        fn no_tag_changes_the_domain(tag in r"[-a-z0-9./:@#?%A-Z\\ \PC]{0,60}") {
            if let Ok(url) = read(TEMPLATE).expect("it is right").at(&tag) {
                let host = format!("{tag}---shop-abc.a.run.app");
                prop_assert_eq!(url.host_str(), Some(host.as_str()));
                prop_assert_eq!(url.path(), "/v1");
                prop_assert!(url.port().is_none() && url.username().is_empty());
            }
        }
    }
}
