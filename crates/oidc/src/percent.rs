//! `application/x-www-form-urlencoded` text (RFC 6749 appendix B), read strictly.

/// Why form-encoded text could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// A `%` is not followed by two hexadecimal digits.
    #[error("a percent sign is not followed by two hexadecimal digits")]
    Escape,
    /// The decoded bytes are not UTF-8.
    #[error("the text is not UTF-8")]
    Utf8,
}

/// Decodes one name or value: `+` is a space, `%XX` a byte, and the result must be UTF-8.
///
/// # Errors
/// [`DecodeError`] for a broken escape or for bytes that are not UTF-8; nothing is replaced or skipped.
pub fn decode(encoded: &[u8]) -> Result<String, DecodeError> {
    // Most values, and all tokens, stand for themselves: those are copied as they are.
    let is_special = |byte: &u8| matches!(byte, b'+' | b'%');
    let plain = encoded.iter().position(is_special).unwrap_or(encoded.len());
    let (plain, rest) = encoded.split_at(plain);
    let mut bytes = Vec::with_capacity(encoded.len());
    bytes.extend_from_slice(plain);
    let mut rest = rest.iter().copied();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let high = rest.next().and_then(hex).ok_or(DecodeError::Escape)?;
                let low = rest.next().and_then(hex).ok_or(DecodeError::Escape)?;
                (high << 4) | low
            }
            other => other,
        });
    }
    String::from_utf8(bytes).map_err(|_| DecodeError::Utf8)
}

/// Encodes pairs as `name=value&name=value`.
#[must_use]
pub fn encode_pairs<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish()
}

fn hex(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn plus_is_a_space_and_escapes_are_bytes() {
        assert_eq!(decode(b"a+b%2Bc%C3%A9").unwrap(), "a b+cé");
    }

    #[test]
    fn broken_escapes_are_refused() {
        for bad in ["%", "%4", "%zz", "a%g0", "%%41"] {
            assert_eq!(decode(bad.as_bytes()), Err(DecodeError::Escape), "{bad}");
        }
    }

    #[test]
    fn bytes_that_are_not_utf8_are_refused() {
        assert_eq!(decode(b"%FF"), Err(DecodeError::Utf8));
        assert_eq!(decode(b"%C0%80"), Err(DecodeError::Utf8));
        assert_eq!(decode(b"\xff"), Err(DecodeError::Utf8));
    }

    proptest! {
        #[test]
        fn what_is_encoded_decodes_to_itself(name in "\\PC{1,20}", value in "\\PC{0,40}") {
            let encoded = encode_pairs([(name.as_str(), value.as_str())]);
            let (left, right) = encoded.split_once('=').unwrap();
            prop_assert_eq!(decode(left.as_bytes()).unwrap(), name);
            prop_assert_eq!(decode(right.as_bytes()).unwrap(), value);
        }
    }
}
