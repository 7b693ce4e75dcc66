use axum::body::{Body, to_bytes};
use axum::http::StatusCode;
use tower::ServiceExt as _;

use super::*;

/// A CRM whose provider nobody runs.
fn crm() -> Router {
    router(CrmSettings {
        issuer: "http://127.0.0.1:9".to_owned(),
        base_url: "http://127.0.0.1:8081".to_owned(),
        client_id: "crm".to_owned(),
        client_secret: "secret".to_owned(),
        allow_loopback: true,
    })
    .unwrap()
}

async fn answer(method: &str, path: &str, body: &'static str) -> (StatusCode, String, Response) {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .body(Body::from(body))
        .unwrap();
    let mut response = crm().oneshot(request).await.unwrap();
    let body = std::mem::take(response.body_mut());
    let bytes = to_bytes(body, 1 << 20).await.unwrap();
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    (response.status(), text, response)
}

#[tokio::test]
async fn a_stranger_is_offered_to_sign_in_under_a_strict_policy() {
    let (status, text, response) = answer("GET", "/", "").await;
    assert_eq!(status, StatusCode::OK);
    assert!(text.contains("id=\"sign-in\" href=\"/login\""));
    let policy = response.headers()[header::CONTENT_SECURITY_POLICY]
        .to_str()
        .unwrap();
    assert!(policy.starts_with("default-src 'none'"), "{policy}");
    assert!(
        policy.contains("form-action 'self' http://127.0.0.1:9;"),
        "{policy}"
    );
}

#[tokio::test]
async fn a_sign_in_for_another_issuer_is_not_begun() {
    let path = "/login?iss=https%3A%2F%2Felsewhere.example&target_link_uri=https%3A%2F%2Fx.example";
    let (status, text, _) = answer("GET", path, "").await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(text.contains("<h1>That did not come from us</h1>"));
}

#[tokio::test]
async fn a_provider_that_does_not_answer_is_told_in_words() {
    let (status, text, _) = answer("GET", "/login", "").await;
    assert_eq!(status, StatusCode::BAD_GATEWAY);
    assert!(text.contains("Try again in a"));
}

#[tokio::test]
async fn an_answer_that_was_not_asked_for_is_refused() {
    for path in ["/callback", "/callback?code=c&state=s", "/callback?state="] {
        let (status, ..) = answer("GET", path, "").await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{path}");
    }
}

#[tokio::test]
async fn whoever_is_not_signed_in_is_sent_to_sign_in() {
    for (method, path) in [
        ("GET", "/contacts/ada"),
        ("POST", "/contacts/ada"),
        ("POST", "/refresh"),
        ("POST", "/sign-out"),
        ("GET", "/billing"),
        ("GET", "/reports.csv"),
        ("GET", "/claims"),
    ] {
        let (status, _, response) = answer(method, path, "csrf=").await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{path}");
        assert_eq!(response.headers()[header::LOCATION], "/login", "{path}");
    }
}

#[tokio::test]
async fn an_unknown_page_says_so() {
    let (status, text, _) = answer("GET", "/nothing", "").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert!(text.contains("There is nothing here"));
}

#[test]
fn an_issuer_that_is_no_url_is_refused_at_the_start() {
    let settings = CrmSettings {
        issuer: "not a URL".to_owned(),
        base_url: "http://127.0.0.1:8081".to_owned(),
        client_id: String::new(),
        client_secret: String::new(),
        allow_loopback: false,
    };
    assert!(matches!(router(settings), Err(CrmError::Url(_))));
}
