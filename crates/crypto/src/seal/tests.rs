use serde_json::json;

use super::*;

fn sealer(byte: u8) -> Sealer {
    Sealer::new(MasterKey::from_bytes(&[byte; 32]), Vec::new())
}

fn sealed() -> String {
    sealer(1).seal("code", b"row 7", b"hello", [9; 24]).unwrap()
}

#[test]
fn what_was_sealed_is_opened_for_the_same_purpose_and_context() {
    let text = sealed();
    let key_id = sealer(1).current_key_id().to_owned();
    assert!(text.starts_with(&format!("v1.{key_id}.")));
    let opened = sealer(1).open("code", b"row 7", &text).unwrap();
    assert_eq!(opened.expose_secret(), b"hello");
}

#[test]
fn another_purpose_or_context_opens_nothing() {
    let text = sealed();
    for (purpose, context) in [("csrf", &b"row 7"[..]), ("code", b"row 8"), ("code", b"")] {
        assert_eq!(
            sealer(1).open(purpose, context, &text).err(),
            Some(SealError::Forged)
        );
    }
    // The border between the two can't be moved either.
    assert_eq!(
        sealer(1).open("coder", b"ow 7", &text).err(),
        Some(SealError::Forged)
    );
}

#[test]
fn a_foreign_key_is_unknown_and_its_id_can_not_be_borrowed() {
    let text = sealed();
    assert_eq!(
        sealer(2).open("code", b"row 7", &text).err(),
        Some(SealError::UnknownKey)
    );
    let borrowed = text.replace(sealer(1).current_key_id(), sealer(2).current_key_id());
    assert_eq!(
        sealer(2).open("code", b"row 7", &borrowed).err(),
        Some(SealError::Forged)
    );
}

#[test]
fn no_altered_character_gets_through() {
    let text = sealed();
    for place in 0..text.len() {
        let mut altered = text.clone().into_bytes();
        altered[place] = if altered[place] == b'A' { b'B' } else { b'A' };
        let altered = String::from_utf8(altered).unwrap();
        assert!(sealer(1).open("code", b"row 7", &altered).is_err(), "{altered}");
    }
    for place in 0..text.len() {
        assert!(sealer(1).open("code", b"row 7", &text[..place]).is_err());
    }
}

#[test]
fn other_texts_are_malformed() {
    let long = "v1.".repeat(100_000);
    for text in ["", "v1", "v1.", "v2.x.AAAA", "....", &long] {
        assert_eq!(
            sealer(1).open("code", b"", text).err(),
            Some(SealError::Malformed)
        );
    }
}

#[test]
fn older_keys_still_open_and_values_move_to_the_current_one() {
    let text = sealed();
    let rotated = Sealer::new(
        MasterKey::from_bytes(&[2; 32]),
        vec![MasterKey::from_bytes(&[1; 32])],
    );
    assert!(rotated.is_outdated(&text));
    let moved = rotated.rewrap("code", b"row 7", &text, [8; 24]).unwrap();
    assert!(!rotated.is_outdated(&moved));
    assert_eq!(
        sealer(2).open("code", b"row 7", &moved).unwrap().expose_secret(),
        b"hello"
    );
    assert_eq!(
        rotated.rewrap("csrf", b"row 7", &text, [8; 24]),
        Err(SealError::Forged)
    );
}

#[test]
fn nonces_keep_equal_values_apart() {
    let one = sealer(1).seal("code", b"", b"same", [1; 24]).unwrap();
    let mut nonce = [1; 24];
    nonce[0] = 2;
    let two = sealer(1).seal("code", b"", b"same", nonce).unwrap();
    assert_ne!(
        one[one.len() - 20..],
        two[two.len() - 20..],
        "the first half of the nonce changes the key"
    );
}

#[test]
fn sealed_json_ends_at_its_expiry() {
    let sealer = sealer(1);
    let value = Sealed {
        expires_at_ms: 1_000,
        value: json!({"client": "crm"}),
    };
    let text = sealer.seal_json("step", b"", &value, [3; 24]).unwrap();
    let open = |now| sealer.open_json::<serde_json::Value>("step", b"", &text, now);
    assert_eq!(open(999), Ok(value.value.clone()));
    assert_eq!(open(1_000), Err(SealError::Expired));
    assert_eq!(
        sealer.open_json::<u8>("step", b"", &text, 0),
        Err(SealError::Malformed)
    );
}

#[test]
fn codes_differ_by_purpose_and_by_master_key() {
    assert_eq!(sealer(1).hmac("audit", b"x"), sealer(1).hmac("audit", b"x"));
    assert_ne!(sealer(1).hmac("audit", b"x"), sealer(1).hmac("csrf", b"x"));
    assert_ne!(sealer(1).hmac("audit", b"x"), sealer(2).hmac("audit", b"x"));
    let rotated = Sealer::new(
        MasterKey::from_bytes(&[2; 32]),
        vec![MasterKey::from_bytes(&[1; 32])],
    );
    let old = rotated.mac_key_of(sealer(1).current_key_id(), "audit");
    assert_eq!(
        old.unwrap().sign(&[b"x"]),
        sealer(1).hmac("audit", b"x"),
        "an older key still proves what it chained"
    );
    assert!(rotated.mac_key_of("unknown", "audit").is_none());
}

proptest::proptest! {
    #[test]
    fn any_bytes_come_back_and_any_text_is_survived(
        content: Vec<u8>,
        context: Vec<u8>,
        text: String,
        nonce: [u8; 24],
    ) {
        let sealed = sealer(1).seal("p", &context, &content, nonce).unwrap();
        let opened = sealer(1).open("p", &context, &sealed).unwrap();
        proptest::prop_assert_eq!(opened.expose_secret(), content);
        proptest::prop_assert!(sealer(1).open("p", &context, &text).is_err());
        let text = format!("v1.{text}");
        proptest::prop_assert!(sealer(1).open("p", &context, &text).is_err());
    }
}
