use super::*;
use crate::resource::Resource;
use crate::schema::{ACCESS, ENTERPRISE_USER, INVITATION, USERS};
use proptest::prelude::*;
use serde_json::json;

fn ana() -> Resource {
    let value = json!({
        "id": "2819c223", "userName": "Ana.Lima@X.example", "externalId": "AbC", "active": true,
        "name": {"familyName": "O'Malley \"Q\"", "givenName": "Ana"}, "title": "Chef de Müsli",
        "emails": [
            {"value": "ana@x.example", "type": "work", "primary": true},
            {"value": "ana@home.example", "type": "home"},
        ],
        "meta": {"lastModified": "2026-05-13T04:42:34Z"},
        ENTERPRISE_USER: {"department": "Sales", "manager": {"value": "26118915"}},
        ACCESS: {"effectivePermissions": ["crm/contacts:view"]},
        INVITATION: {"send": true},
    });
    Resource::from(value.as_object().unwrap().clone())
}

fn holds(filter: &str) -> bool {
    let filter = Filter::parse(filter).unwrap();
    filter.check(&USERS).unwrap();
    matches(&filter, &ana(), &USERS)
}

fn refused(filter: &str) -> String {
    let error = Filter::parse(filter)
        .and_then(|filter| filter.check(&USERS))
        .unwrap_err();
    assert_eq!(error.status, 400, "{filter}");
    assert_eq!(error.scim_type, Some(crate::ScimType::InvalidFilter), "{filter}");
    error.detail
}

#[test]
fn every_operator_holds_and_fails_as_the_rfc_says() {
    for (yes, no) in [
        ("userName eq \"ana.lima@x.example\"", "userName eq \"ana\""),
        ("userName ne \"ana\"", "userName ne \"ANA.lima@x.example\""),
        ("userName co \"LIMA\"", "userName co \"lime\""),
        ("userName sw \"ana\"", "userName sw \"lima\""),
        ("userName ew \".example\"", "userName ew \"ana\""),
        ("title pr", "nickName pr"),
        ("userName gt \"ana\"", "userName gt \"b\""),
        ("userName ge \"ana.lima@x.example\"", "userName ge \"b\""),
        ("userName lt \"b\"", "userName lt \"ana\""),
        ("userName le \"ana.lima@x.example\"", "userName le \"ana\""),
        ("active eq true", "active eq false"),
        ("active ne false", "active ne true"),
        ("nickName eq null", "title eq null"),
        ("title ne null", "nickName ne null"),
    ] {
        assert!(holds(yes), "{yes}");
        assert!(!holds(no), "{no}");
    }
}

#[test]
fn operators_names_and_keywords_are_taken_in_any_case() {
    assert!(holds(
        "USERNAME Eq \"ana.lima@x.example\" AND NOT (Title EQ \"x\" Or nickname PR)"
    ));
    assert!(holds("active eq True"));
}

#[test]
fn upper_and_lower_case_differ_where_the_schema_says_so() {
    assert!(holds("externalId eq \"AbC\""));
    assert!(!holds("externalId eq \"abc\""));
    assert!(holds("title eq \"chef de MÜSLI\""));
    // The same letter in two parts (NFD) is the same letter.
    assert!(holds("title co \"mu\u{308}sli\""));
}

#[test]
fn dates_are_compared_as_moments() {
    assert!(holds("meta.lastModified eq \"2026-05-13T06:42:34+02:00\""));
    assert!(holds("meta.lastModified gt \"2026-05-13T04:42:33.9Z\""));
    assert!(!holds("meta.lastModified lt \"2011-05-13T04:42:34Z\""));
    assert!(refused("meta.lastModified gt \"yesterday\"").contains("date"));
}

#[test]
fn and_binds_tighter_than_or_and_parentheses_change_it() {
    assert!(holds("title pr or title pr and nickName pr"));
    assert!(!holds("(title pr or title pr) and nickName pr"));
}

#[test]
fn a_value_path_wants_one_value_for_which_all_holds() {
    assert!(holds("emails[type eq \"work\" and value co \"@x.\"]"));
    assert!(!holds("emails[type eq \"work\" and value co \"@home\"]"));
    assert!(holds("emails.type eq \"work\" and emails.value co \"@home\""));
    assert!(holds("emails[not (type eq \"work\")]"));
    assert!(holds("emails co \"home.example\""));
}

#[test]
fn names_with_a_urn_reach_core_and_extension() {
    assert!(holds(
        "urn:ietf:params:scim:schemas:core:2.0:User:userName sw \"A\""
    ));
    assert!(holds(&format!("{ENTERPRISE_USER}:department eq \"sales\"")));
    assert!(holds(&format!("{ENTERPRISE_USER}:manager eq \"26118915\"")));
    assert!(holds(&format!("{ENTERPRISE_USER} pr")));
    assert!(holds(&format!(
        "{ACCESS}:effectivePermissions eq \"crm/contacts:view\""
    )));
}

#[test]
fn strings_have_the_escapes_of_json() {
    assert!(holds(r#"name.familyName eq "O'Malley \"Q\"""#));
    assert!(holds(r#"title co "M\u00fcsli""#));
    assert!(refused(r#"title eq "\x""#).contains("JSON string"));
    assert!(refused(r#"title eq "a\u0000""#).contains("NUL"));
    assert!(refused(r#"title eq "a"#).contains("closing quote"));
}

#[test]
fn an_unknown_attribute_matches_nothing() {
    assert!(!holds("nothing eq \"x\""));
    assert!(!holds("nothing pr"));
    assert!(!holds("department eq \"Sales\""));
    assert!(!holds("nothing[type eq \"x\"]"));
}

#[test]
fn what_is_never_returned_can_not_be_found_out_by_a_filter() {
    assert!(!holds(&format!("{INVITATION}:send eq true")));
    assert!(!holds(&format!("{INVITATION}:send pr")));
}

#[test]
fn comparisons_without_meaning_are_refused() {
    for filter in [
        "active gt true",
        "active co \"x\"",
        "active eq \"yes\"",
        "active eq 1",
        "userName eq 5",
        "userName eq true",
        "userName gt null",
        "userName[type eq \"x\"]",
        "emails[primary gt true]",
        "meta.created eq 5",
    ] {
        refused(filter);
    }
}

#[test]
fn what_is_no_filter_is_refused() {
    for filter in [
        "",
        " ",
        "userName",
        "userName eq",
        "eq \"x\"",
        "userName xx \"x\"",
        "userName eq x",
        "userName eq 'x'",
        "(userName pr",
        "userName pr)",
        "not userName pr",
        "userName pr and",
        "or userName pr",
        "userName pr userName pr",
        "emails[type eq \"a\"",
        "emails[]",
        "emails[emails[type eq \"a\"]]",
        "userName eq \"a\" \"b\"",
        "a.b.c pr",
        "userName = \"x\"",
        "\"x\" eq userName",
        "userName eq (\"x\")",
        "1 eq 1",
        "userName eq 1.2.3",
        "x'; DROP TABLE member; --",
        "userName eq \"a\"; x pr",
        "ü pr",
    ] {
        refused(filter);
    }
}

#[test]
fn filters_too_long_or_too_deep_are_refused() {
    let long = format!("userName eq \"{}\"", "x".repeat(MAX_LENGTH));
    assert!(refused(&long).contains("bytes"));
    let nested = |n: usize| format!("{}title pr{}", "(".repeat(n), ")".repeat(n));
    assert!(Filter::parse(&nested(MAX_DEPTH - 1)).is_ok());
    assert!(refused(&nested(MAX_DEPTH)).contains("deep"));
    let nots = format!("{}title pr{}", "not (".repeat(600), ")".repeat(600));
    assert!(refused(&nots).contains("deep"));
}

/// Entra ID: `emails[type eq "work"].value eq "x"`.
#[test]
fn a_comparison_after_the_brackets_is_one_within_them() {
    let filter = Filter::parse("emails[type eq \"work\"].value eq \"a\"").unwrap();
    assert_eq!(filter.to_string(), "emails[type eq \"work\" and value eq \"a\"]");
    assert!(holds("emails[type eq \"work\"].value eq \"ANA@x.example\""));
    assert!(!holds("emails[type eq \"home\"].value eq \"ana@x.example\""));
}

/// Entra ID: `roles[primary eq "True"]`.
#[test]
fn a_boolean_may_be_compared_with_the_words_true_and_false() {
    assert!(holds("emails[primary eq \"True\" and value sw \"ana@x\"]"));
    assert!(holds("active eq \"True\""));
    assert!(!holds("active eq \"False\""));
}

fn names() -> impl Strategy<Value = AttributePath> {
    let word = "[a-zA-Z][a-zA-Z0-9_-]{0,8}";
    let urn = proptest::option::of(Just(ENTERPRISE_USER.to_owned()));
    (urn, word, proptest::option::of(word)).prop_map(|(schema, attribute, sub)| AttributePath {
        schema,
        attribute,
        sub,
    })
}

fn literals() -> impl Strategy<Value = Literal> {
    prop_oneof![
        "[^\0]{0,12}".prop_map(Literal::String),
        any::<i64>().prop_map(|n| Literal::Number(n.into())),
        any::<bool>().prop_map(Literal::Boolean),
        Just(Literal::Null),
    ]
}

fn operators() -> impl Strategy<Value = Operator> {
    proptest::sample::select(vec![
        Operator::Eq,
        Operator::Ne,
        Operator::Co,
        Operator::Sw,
        Operator::Ew,
        Operator::Gt,
        Operator::Ge,
        Operator::Lt,
        Operator::Le,
    ])
}

fn filters(with_value_paths: bool) -> BoxedStrategy<Filter> {
    let leaf = prop_oneof![
        (names(), operators(), literals()).prop_map(|(path, operator, value)| {
            Filter::Compare(Comparison {
                path,
                operator,
                value,
            })
        }),
        names().prop_map(Filter::Present),
    ];
    let leaf = if with_value_paths {
        let inner = filters(false);
        let path = (names(), inner).prop_map(|(p, f)| Filter::ValuePath(p, Box::new(f)));
        prop_oneof![4 => leaf, 1 => path].boxed()
    } else {
        leaf.boxed()
    };
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 2..4).prop_map(Filter::And),
            proptest::collection::vec(inner.clone(), 2..4).prop_map(Filter::Or),
            inner.prop_map(|filter| Filter::Not(Box::new(filter))),
        ]
    })
    .boxed()
}

proptest! {
    #[test]
    fn a_printed_filter_reads_as_the_same_tree(filter in filters(true)) {
        let text = filter.to_string();
        prop_assume!(text.len() <= MAX_LENGTH);
        prop_assert_eq!(Filter::parse(&text).unwrap(), filter);
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in any::<String>()) {
        let _ = Filter::parse(&text);
    }

    #[test]
    fn no_text_of_filter_words_makes_anything_panic(
        words in proptest::collection::vec(
            proptest::sample::select(vec![
                "userName", "emails", "[", "]", "(", ")", "eq", "pr", "not", "and", "or", ".value",
                "\"x\"", "\"", "\\", "true", "null", "1e5", "active", "gt", "meta.created", "é",
            ]),
            0..12,
        )
    ) {
        if let Ok(filter) = Filter::parse(&words.join(" ")) {
            let _ = filter.check(&USERS);
            let _ = matches(&filter, &ana(), &USERS);
        }
        let _ = crate::path::PatchPath::parse(&words.concat());
    }
}
