//! Values that `fivewhys init` left to fill in: `FILL-IN`, and addresses of `example.com`.

use std::ops::Range;

use toml::de::{DeTable, DeValue};
use url::{Host, Url};

use crate::config::TargetFile;
use crate::document::ConfigError;

/// The mark of a value to fill in.
pub(crate) const FILL_IN: &str = "FILL-IN";

/// A value to fill in.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Unfilled {
    /// Its key inside the target.
    key: String,
    span: Range<usize>,
    is_address: bool,
}

impl TargetFile {
    /// Returns the first value of the target, or of the defaults, that is still to be filled in. `is_set` says which keys
    /// other layers set.
    pub(crate) fn unfilled(&self, target: &str, is_set: &dyn Fn(&str) -> bool) -> Option<ConfigError> {
        let found = find(self.text(), target);
        let open: Vec<&Unfilled> = found.iter().filter(|one| !is_set(&one.key)).collect();
        let first = open.first()?;
        let what = if first.is_address { "an example address" } else { "a value to fill in" };
        let message = format!("`{}` of the target `{target}` is {what}: nothing was sent", first.key);
        let rest: Vec<String> = open.iter().skip(1).map(|one| format!("`{}`", one.key)).collect();
        let help = if rest.is_empty() {
            "write the value of your system".to_owned()
        } else {
            format!("write the value of your system, here and in {}", rest.join(", "))
        };
        Some(ConfigError::new(message).at(self.source(), first.span.clone()).help(help))
    }
}

/// Returns the values to fill in, in the order of the file.
fn find(text: &str, target: &str) -> Vec<Unfilled> {
    let mut found = Vec::new();
    let Ok(file) = DeTable::parse(text) else { return found };
    let tables = file.get_ref();
    let mut look = |table: Option<&DeValue<'_>>| {
        if let Some(DeValue::Table(table)) = table {
            in_table(table, "", &mut found);
        }
    };
    look(tables.get("defaults").map(toml::Spanned::get_ref));
    if let Some(DeValue::Table(targets)) = tables.get("target").map(toml::Spanned::get_ref) {
        look(targets.get(target).map(toml::Spanned::get_ref));
    }
    found.sort_by_key(|one| one.span.start);
    found
}

fn in_table(table: &DeTable<'_>, within: &str, found: &mut Vec<Unfilled>) {
    for (name, value) in table.iter() {
        let name = name.get_ref();
        let key = if within.is_empty() { name.to_string() } else { format!("{within}.{name}") };
        if name.contains(FILL_IN) {
            found.push(Unfilled { key: key.clone(), span: value.span(), is_address: false });
        }
        in_value(value, &key, found);
    }
}

fn in_value(value: &toml::Spanned<DeValue<'_>>, key: &str, found: &mut Vec<Unfilled>) {
    match value.get_ref() {
        DeValue::String(text) if text.contains(FILL_IN) || is_example(text) => {
            found.push(Unfilled { key: key.to_owned(), span: value.span(), is_address: !text.contains(FILL_IN) });
        }
        DeValue::Table(table) => in_table(table, key, found),
        DeValue::Array(values) => values.iter().for_each(|one| in_value(one, key, found)),
        _ => {}
    }
}

/// Reports whether a text is a URL of `example.com`, which RFC 2606, section 3, reserves.
fn is_example(text: &str) -> bool {
    let host = Url::parse(text).ok().and_then(|url| url.host().map(|host| host.to_owned()));
    matches!(host, Some(Host::Domain(name)) if name == "example.com" || name.ends_with(".example.com"))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::config::starter;

    fn mistake(text: &str, is_set: &dyn Fn(&str) -> bool) -> Option<ConfigError> {
        TargetFile::parse("fivewhys.toml", text, Path::new("")).expect("a target file").unfilled("staging", is_set)
    }

    #[test]
    fn the_first_value_to_fill_in_is_shown_with_its_place() {
        let error = mistake(&starter(), &|_| false).expect("a value to fill in");
        assert_eq!(error.message(), "`backend` of the target `staging` is an example address: nothing was sent");
        assert_eq!(error.offset(), starter().find("\"https://api.example.com\"").expect("the address"));
        let help = Box::<dyn miette::Diagnostic>::from(error).help().expect("a help").to_string();
        assert!(help.contains("`auth`, `user.primary.sub`, `user.primary.email`, `claims.iss`"), "{help}");
    }

    #[test]
    fn a_value_of_another_layer_fills_in() {
        let text = starter().replace("FILL-IN", "filled").replace("https://auth.example.com", "https://auth.shop.test");
        assert!(mistake(&text, &|_| false).is_some());
        assert_eq!(mistake(&text, &|key| key == "backend").map(|error| error.to_string()), None);
    }

    #[test]
    fn a_file_that_is_filled_in_has_no_such_value() {
        let text = starter().replace("FILL-IN", "filled").replace("example.com", "shop.test");
        assert_eq!(mistake(&text, &|_| false).map(|error| error.to_string()), None);
    }
}
