//! A JSON value that borrows its strings from the text. Of a list only the first item is kept: no log key needs more.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// A borrowed JSON value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Json<'a> {
    /// `null`, `true` or `false`.
    Constant,
    Integer(i64),
    Float(f64),
    Text(Cow<'a, str>),
    /// The first item.
    List(Option<Box<Self>>),
    Object(Object<'a>),
}

/// The members of an object, in the order of the text.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Object<'a>(Vec<(Cow<'a, str>, Json<'a>)>);

impl<'a> Object<'a> {
    /// Returns the value of a key. A dotted path leads into nested objects, unless a key holds the dots itself.
    pub(crate) fn get(&self, path: &str) -> Option<&Json<'a>> {
        if let Some((_, value)) = self.0.iter().find(|(key, _)| key == path) {
            return Some(value);
        }
        let (first, rest) = path.split_once('.')?;
        let (_, value) = self.0.iter().find(|(key, _)| key == first)?;
        if let Json::Object(inner) = value { inner.get(rest) } else { None }
    }

    /// Returns the text of a key.
    pub(crate) fn text(&self, path: &str) -> Option<&str> {
        self.get(path).and_then(Json::text)
    }

    /// Creates an object of texts.
    pub(crate) fn of_texts(pairs: Vec<(&'a str, String)>) -> Self {
        let text = |(key, value): (&'a str, String)| (Cow::Borrowed(key), Json::Text(Cow::Owned(value)));
        Self(pairs.into_iter().map(text).collect())
    }

    /// Returns the object with strings of its own.
    pub(crate) fn into_owned(self) -> Object<'static> {
        let owned = |(key, value): (Cow<'_, str>, Json<'_>)| (Cow::Owned(key.into_owned()), value.into_owned());
        Object(self.0.into_iter().map(owned).collect())
    }

    /// Returns the first of these keys that has a value of the wanted kind.
    pub(crate) fn first<'s, T>(&'s self, keys: &[String], wanted: impl Fn(&'s Json<'a>) -> Option<T>) -> Option<T> {
        keys.iter().find_map(|key| self.get(key).and_then(&wanted))
    }
}

impl Json<'_> {
    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::List(Some(first)) => first.text(),
            _ => None,
        }
    }

    fn into_owned(self) -> Json<'static> {
        match self {
            Self::Constant => Json::Constant,
            Self::Integer(number) => Json::Integer(number),
            Self::Float(number) => Json::Float(number),
            Self::Text(text) => Json::Text(Cow::Owned(text.into_owned())),
            Self::List(first) => Json::List(first.map(|first| Box::new(first.into_owned()))),
            Self::Object(object) => Json::Object(object.into_owned()),
        }
    }

    /// Returns a whole number, also one in quotes.
    pub(crate) fn integer(&self) -> Option<i64> {
        match self {
            Self::Integer(number) => Some(*number),
            Self::Text(text) => text.parse().ok(),
            _ => None,
        }
    }

    pub(crate) const fn object(&self) -> Option<&Object<'_>> {
        if let Self::Object(object) = self { Some(object) } else { None }
    }
}

impl<'de> Deserialize<'de> for Json<'de> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(AnyValue)
    }
}

struct AnyValue;

impl<'de> Visitor<'de> for AnyValue {
    type Value = Json<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Json<'de>, E> {
        Ok(Json::Constant)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Json<'de>, E> {
        Ok(Json::Constant)
    }

    fn visit_i64<E>(self, number: i64) -> Result<Json<'de>, E> {
        Ok(Json::Integer(number))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Json<'de>, E> {
        Ok(i64::try_from(number).map_or(Json::Float(number as f64), Json::Integer))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Json<'de>, E> {
        Ok(Json::Float(number))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Json<'de>, E> {
        Ok(Json::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Json<'de>, E> {
        Ok(Json::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json<'de>, A::Error> {
        let first = items.next_element()?.map(Box::new);
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Json::List(first))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Json<'de>, A::Error> {
        let mut object = Vec::with_capacity(8);
        while let Some(Key(key)) = members.next_key()? {
            object.push((key, members.next_value()?));
        }
        Ok(Json::Object(Object(object)))
    }
}

struct Key<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_str(KeyText).map(Key)
    }
}

struct KeyText;

impl<'de> Visitor<'de> for KeyText {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(text))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(text: &str) -> Object<'_> {
        match serde_json::from_str(text).expect("JSON") {
            Json::Object(object) => object,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_dotted_path_leads_into_objects() {
        let one = object(r#"{"a":{"b":{"c":"x"}},"a.d":"y","list":["first",{"z":1}],"n":"12"}"#);
        assert_eq!(one.text("a.b.c"), Some("x"));
        assert_eq!(one.text("a.d"), Some("y"));
        assert_eq!(one.text("list"), Some("first"));
        assert_eq!(one.get("n").and_then(Json::integer), Some(12));
        assert_eq!(one.text("a.b.missing"), None);
    }
}
