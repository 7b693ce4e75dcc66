use super::*;

fn normal() -> Normal {
    let places = [("127.0.0.1:41234".to_owned(), "127.0.0.1:8080".to_owned())];
    Normal::learn(&places, &[])
}

#[test]
fn ports_are_replaced_plain_and_encoded() {
    assert_eq!(
        normal().text("http://127.0.0.1:41234/?iss=http%3A%2F%2F127.0.0.1%3A41234"),
        "http://127.0.0.1:8080/?iss=http%3A%2F%2F127.0.0.1%3A8080"
    );
}

#[test]
fn tokens_ids_and_times_get_names_by_their_order() {
    let mut normal = normal();
    let one = "0193a4c8-1b2c-7d3e-8f40-112233445566";
    let other = "0193a4c8-1b2c-7d3e-8f40-112233445567";
    assert_eq!(
        normal.text(&format!("{one} {other} {one}")),
        "{id-1} {id-2} {id-1}"
    );
    let jwt = format!("eyJhbGciOiJFUzI1NiJ9.{}.{}", "a".repeat(30), "b".repeat(20));
    assert_eq!(normal.text(&format!("Bearer {jwt}")), "Bearer {jwt-1}");
    assert_eq!(normal.text("\"exp\":1795000000,"), "\"exp\":{time},");
    assert_eq!(
        normal.text("at 2026-11-24T20:19:43.123Z, until 1 December 2026, 20:19 UTC."),
        "at {time}, until {time}."
    );
    assert_eq!(
        normal.text("<time datetime=\"x\">tomorrow</time>"),
        "<time>{time}</time>"
    );
}

#[test]
fn words_of_people_and_protocols_stay() {
    for text in [
        "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig",
        "application/x-www-form-urlencoded",
        "stan@acme.example signed in on 3 October of 2026-11",
        "/.well-known/openid-configuration",
    ] {
        assert_eq!(normal().text(text), text);
    }
}

#[test]
fn a_secret_is_known_again_wherever_it_stands() {
    let exchange = Exchange {
        step: "1".to_owned(),
        request: Asked {
            method: "POST".to_owned(),
            url: "http://127.0.0.1:41234/callback?state=abcdefghijk&code=lmnopqrstuv".to_owned(),
            headers: BTreeMap::from([(
                "content-type".to_owned(),
                "application/x-www-form-urlencoded".to_owned(),
            )]),
            body: "username=stan&password=a+b%26c&csrf=ccccccccccc".to_owned(),
        },
        response: Answered {
            status: 303,
            headers: BTreeMap::from([(
                "set-cookie".to_owned(),
                "latchkey_session=ssssssssss; Path=/".to_owned(),
            )]),
            body: "<input value=\"ccccccccccc\">".to_owned(),
        },
    };
    let normal = Normal::learn(&[], std::slice::from_ref(&exchange));
    let written = normal.all(&[exchange]).remove(0);
    assert!(written.request.url.ends_with("?state={state-1}&code={code-1}"));
    assert_eq!(
        written.request.body,
        "username=stan&password={password}&csrf={csrf-1}"
    );
    assert_eq!(
        written.response.headers["set-cookie"],
        "latchkey_session={latchkey_session-1}; Path=/"
    );
    assert_eq!(written.response.body, "<input value=\"{csrf-1}\">");
}
