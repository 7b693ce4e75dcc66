use super::*;

const EN: Language<'_> = Language {
    tag: "en",
    sources: &[
        "greeting = Hello { $name }\nonly-english = Only here\nitems = { $count ->\n    [one] one item\n   *[other] { $count } items\n}\n",
    ],
};
const DE: Language<'_> = Language {
    tag: "de",
    sources: &[
        "greeting = Hallo { $name }\nitems = { $count ->\n    [one] ein Eintrag\n   *[other] { $count } Einträge\n}\n",
    ],
};

fn texts() -> Texts {
    Texts::new(&[EN, DE]).unwrap()
}

#[test]
fn a_regional_range_finds_its_language() {
    assert_eq!(texts().language(&["de-CH", "en"]).tag(), "de");
    assert_eq!(texts().language(&["DE_at"]).tag(), "de");
    assert_eq!(texts().language(&["de-x-old"]).tag(), "de");
}

#[test]
fn the_first_wanted_language_that_is_there_wins() {
    assert_eq!(texts().language(&["fr", "de", "en"]).tag(), "de");
    assert_eq!(texts().language(&["fr"]).tag(), "en");
    assert_eq!(texts().language::<&str>(&[]).tag(), "en");
    assert_eq!(texts().language(&["", "-", "d"]).tag(), "en");
}

#[test]
fn values_are_set_in_without_isolation_marks() {
    let lang = texts().language(&["de"]);
    assert_eq!(lang.text_with("greeting", &[("name", "Ada")]), "Hallo Ada");
}

#[test]
fn a_number_chooses_the_plural_form() {
    let lang = texts().language(&["de"]);
    assert_eq!(lang.text_with("items", &[("count", 1)]), "ein Eintrag");
    assert_eq!(lang.text_with("items", &[("count", 1200)]), "1200 Einträge");
}

#[test]
fn a_missing_key_is_answered_in_english_then_with_itself() {
    let lang = texts().language(&["de"]);
    assert_eq!(lang.text("only-english"), "Only here");
    assert!(!lang.has("only-english"));
    assert_eq!(lang.text("no-such-key"), "no-such-key");
}

#[test]
fn broken_texts_are_refused_with_the_language_named() {
    let broken = Language {
        tag: "en",
        sources: &["greeting = { $"],
    };
    let error = Texts::new(&[broken]).unwrap_err();
    assert!(error.to_string().contains("\"en\""), "{error}");
    let twice = Language {
        tag: "en",
        sources: &["a = 1\n", "a = 2\n"],
    };
    assert!(matches!(Texts::new(&[twice]), Err(TextsError::Twice { .. })));
    assert!(matches!(Texts::new(&[]), Err(TextsError::NoLanguage)));
}

#[test]
fn accept_language_is_ordered_by_weight() {
    assert_eq!(
        accept_language("en;q=0.5, de-CH, fr;q=0.9, *;q=0.1, it;q=0"),
        ["de-CH", "fr", "en"]
    );
    assert!(accept_language("de;q=2, en;q=x, <script>, ;").is_empty());
}

#[test]
fn arabic_is_written_from_right_to_left() {
    let arabic = Language {
        tag: "ar-EG",
        sources: &[],
    };
    let texts = Texts::new(&[EN, arabic]).unwrap();
    assert_eq!(texts.language(&["ar-EG"]).direction(), "rtl");
    assert_eq!(texts.language(&["en"]).direction(), "ltr");
}

#[test]
fn the_check_names_missing_unused_and_undefined_keys() {
    let code = r#"lang.text_with("greeting", &[]); lang.text("gone"); "items""#;
    assert_eq!(
        missing_keys(&[EN, DE], &[code]),
        [
            "de: only-english is missing",
            "only-english is not used",
            "gone is used and not defined"
        ]
    );
}

#[test]
fn the_check_sees_values_that_differ_between_languages() {
    let other = Language {
        tag: "fr",
        sources: &["greeting = Bonjour { $person }\nonly-english = x\nitems = { $count }\n"],
    };
    assert_eq!(
        missing_keys(&[EN, other], &[r#""greeting" "only-english" "items""#]),
        ["greeting: fr and en take different values"]
    );
}
