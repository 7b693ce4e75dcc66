//! Reading a JSON body strictly: no duplicate names, no NUL, not too deep, not too large.
//!
//! `serde_json` alone keeps the last of two equal names, so two readers of one body could see
//! different requests.

use crate::error::ScimError;
use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use std::fmt;

/// How deep objects and arrays may nest.
pub const MAX_DEPTH: usize = 16;
/// How many bytes a body of one resource or PATCH may have.
pub const MAX_BYTES: usize = 1024 * 1024;

/// Reads a body.
///
/// # Errors
/// 413 above [`MAX_BYTES`]; 400 `invalidSyntax` for what is no JSON, has a name twice in one
/// object, holds a NUL or nests deeper than [`MAX_DEPTH`].
pub fn from_slice(body: &[u8]) -> Result<Value, ScimError> {
    if body.len() > MAX_BYTES {
        let detail = format!("The body may have at most {MAX_BYTES} bytes.");
        return Err(ScimError::status(413, detail));
    }
    let mut reader = serde_json::Deserializer::from_slice(body);
    let value = Strict { depth: 0 }
        .deserialize(&mut reader)
        .and_then(|value| reader.end().map(|()| value))
        .map_err(|error| ScimError::syntax(format!("The body is not acceptable JSON: {error}")))?;
    Ok(value)
}

/// Reads a body that must be an object.
///
/// # Errors
/// As [`from_slice`], and 400 `invalidSyntax` for anything but an object.
pub fn object_from_slice(body: &[u8]) -> Result<Map<String, Value>, ScimError> {
    match from_slice(body)? {
        Value::Object(map) => Ok(map),
        other => Err(ScimError::syntax(format!(
            "The body must be a JSON object, not {}.",
            kind(&other)
        ))),
    }
}

/// The name of a value's kind, for messages.
pub(crate) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

/// Looks a member up by a name in any case (RFC 7643 section 2.1).
pub(crate) fn get<'a>(map: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    map.get(name).or_else(|| {
        map.iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    })
}

/// Takes a member out by a name in any case.
pub(crate) fn take(map: &mut Map<String, Value>, name: &str) -> Option<Value> {
    map.remove(name).or_else(|| {
        let key = map.keys().find(|key| key.eq_ignore_ascii_case(name))?;
        let key = key.clone();
        map.remove(&key)
    })
}

struct Strict {
    depth: usize,
}

impl Strict {
    fn deeper<E: serde::de::Error>(&self) -> Result<Self, E> {
        if self.depth >= MAX_DEPTH {
            return Err(E::custom(format_args!("nested deeper than {MAX_DEPTH}")));
        }
        Ok(Self {
            depth: self.depth + 1,
        })
    }
}

fn without_nul<E: serde::de::Error>(text: String) -> Result<String, E> {
    if text.contains('\0') {
        return Err(E::custom("a string contains NUL"));
    }
    Ok(text)
}

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value)
            .map(Value::Number)
            .ok_or_else(|| E::custom("a number is out of range"))
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Value, E> {
        self.visit_string(value.to_owned())
    }

    fn visit_string<E: serde::de::Error>(self, value: String) -> Result<Value, E> {
        without_nul(value).map(Value::String)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = access.next_element_seed(self.deeper()?)? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(name) = access.next_key::<String>()? {
            let name = without_nul(name)?;
            let value = access.next_value_seed(self.deeper()?)?;
            if map.contains_key(&name) {
                return Err(A::Error::custom(format_args!("{name:?} is given twice")));
            }
            map.insert(name, value);
        }
        Ok(Value::Object(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detail(body: &str) -> String {
        from_slice(body.as_bytes()).unwrap_err().detail
    }

    #[test]
    fn a_name_given_twice_is_refused() {
        assert!(detail(r#"{"a":1,"a":2}"#).contains("\"a\" is given twice"));
        assert!(detail(r#"{"n":[{"b":1,"b":1}]}"#).contains("\"b\" is given twice"));
        assert!(detail(r#"{"a":1,"\u0061":2}"#).contains("given twice"));
    }

    #[test]
    fn nul_is_refused_in_values_and_names() {
        assert!(detail(r#"{"a":"x\u0000"}"#).contains("NUL"));
        assert!(detail(r#"{"a\u0000":"x"}"#).contains("NUL"));
    }

    #[test]
    fn deep_nesting_is_refused_and_what_is_just_allowed_passes() {
        let nested = |n: usize| format!("{}{}", "[".repeat(n), "]".repeat(n));
        assert!(from_slice(nested(MAX_DEPTH).as_bytes()).is_ok());
        assert!(detail(&nested(MAX_DEPTH + 1)).contains("nested deeper"));
        assert!(detail(&nested(100_000)).contains("nested deeper"));
    }

    #[test]
    fn a_body_too_large_is_413() {
        let body = vec![b' '; MAX_BYTES + 1];
        assert_eq!(from_slice(&body).unwrap_err().status, 413);
    }

    #[test]
    fn what_follows_the_value_is_refused() {
        assert!(from_slice(b"{} {}").is_err());
        assert!(from_slice(b"").is_err());
        assert!(object_from_slice(b"[]").is_err());
    }

    #[test]
    fn plain_values_are_read_as_they_are() {
        let value = from_slice(r#"{"a":[1,-2,1.5,"ü\n",true,null]}"#.as_bytes()).unwrap();
        assert_eq!(value, serde_json::json!({"a":[1,-2,1.5,"ü\n",true,null]}));
    }
}
