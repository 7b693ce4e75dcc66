use super::*;

const PAGE: &str = r#"<!doctype html>
<html lang="en"><head><title>Sign in &#38; go – X</title>
<script type="module" src="/a.js"></script></head>
<body><main><h1>Sign in to <b>Sample</b> CRM</h1>
<!-- <form><input name="ghost"></form> -->
<form method="post" action="/sign-in" novalidate data-once>
<input type="hidden" name="csrf" value="c&amp;&#x3d;"><input type="hidden" name="request" value='r"1'>
<div><label for="username">Email address</label>
<input id="username" name="username" type="email" value="stan@acme.example" required></div>
<input id="password" name="password" type="password" required>
<input type="checkbox" id="accept_terms" name="accept_terms" value="2026-11"><label for="accept_terms">I accept</label>
<button class="primary" id="sign-in" name="choice" value="sign-in">Sign in</button>
<button id="bare">No name</button>
</form>
<ul id="list"><li><code>a:view</code></li><li><code>b:edit</code></li></ul>
<a id="forgot-password" href="/password/forgot?a=1&amp;b=2">Forgot?</a> 1 < 2
</main></body></html>"#;

#[test]
fn a_form_is_sent_with_what_is_typed_ticked_and_pressed() {
    let form = Html::parse(PAGE).form_of("sign-in").unwrap();
    assert_eq!((form.method.as_str(), form.action.as_str()), ("post", "/sign-in"));
    let form = form.fill("password", "a b&c").unwrap();
    assert_eq!(
        form.body(),
        "csrf=c%26%3D&request=r%221&username=stan%40acme.example&password=a+b%26c&choice=sign-in"
    );
    let ticked = form.tick("accept_terms").unwrap();
    assert!(ticked.body().contains("&accept_terms=2026-11&"));
}

#[test]
fn a_button_without_a_name_sends_nothing_of_its_own() {
    let body = Html::parse(PAGE).form_of("bare").unwrap().body();
    assert!(!body.contains("choice"), "{body}");
}

#[test]
fn what_a_person_cannot_see_is_not_typed_into() {
    let form = Html::parse(PAGE).form_of("sign-in").unwrap();
    assert!(form.clone().fill("csrf", "x").is_none());
    assert!(form.clone().fill("ghost", "x").is_none());
    assert!(form.tick("username").is_none());
}

#[test]
fn text_links_and_lists_are_read() {
    let html = Html::parse(PAGE);
    assert_eq!(html.text_of("h1").unwrap(), "Sign in to Sample CRM");
    assert_eq!(html.text_of("title").unwrap(), "Sign in & go – X");
    assert_eq!(html.texts_in("list", "code"), ["a:view", "b:edit"]);
    assert_eq!(
        html.attribute_by_id("forgot-password", "href").unwrap(),
        "/password/forgot?a=1&b=2"
    );
    assert!(html.text().ends_with("Forgot? 1 < 2"), "{}", html.text());
    assert_eq!(html.attribute_of("html", "lang"), Some("en"));
}

#[test]
fn a_field_without_a_label_is_found_out() {
    assert_eq!(Html::parse(PAGE).unlabelled(), ["password"]);
}

#[test]
fn inline_code_is_found_out() {
    assert!(!Html::parse(PAGE).has_inline_code());
    for bad in [
        "<script>alert(1)</script>",
        "<style>a{}</style>",
        "<p style='x'>",
        "<button onclick=go()>Go</button>",
    ] {
        assert!(Html::parse(bad).has_inline_code(), "{bad}");
    }
}

#[test]
fn broken_pages_end_somewhere() {
    for text in [
        "<",
        "<a",
        "<a href=",
        "<!--",
        "</",
        "<script>",
        "&#x110000;",
        "&;",
        "<a b='",
    ] {
        Html::parse(text).text();
    }
}
