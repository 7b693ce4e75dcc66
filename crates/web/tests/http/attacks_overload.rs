//! What an attacker would try to keep the service busy for everybody else.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody};
use http::Request;
use hyper::body::Frame;
use latchkey_app::Settings;
use latchkey_app::settings::LimitSettings;
use latchkey_testkit::answer::Answer;
use latchkey_testkit::installation::{TestApp, request};
use latchkey_testkit::on_both_databases;
use tower::ServiceExt as _;

/// A body that begins and never comes to its end.
struct Dripping(Option<Bytes>);

impl HttpBody for Dripping {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<std::io::Result<Frame<Bytes>>>> {
        match self.0.take() {
            Some(beginning) => Poll::Ready(Some(Ok(Frame::data(beginning)))),
            None => Poll::Pending,
        }
    }
}

async fn node(it: &TestApp, limits: LimitSettings) -> TestApp {
    let settings = Settings {
        limits,
        ..it.app.settings.clone()
    };
    TestApp::start_with(it.app.db.clone(), settings).await
}

fn dripping(path: &str, media_type: &str) -> Request<Body> {
    let body = Body::new(Dripping(Some(Bytes::from_static(b"a"))));
    let token = "Bearer lk_scim_acme-Tq4mZ8rVw1Yc6Kd3Nf9Bj2Hs7Lx5Pg0Qa";
    let builder = request("POST", path)
        .header("content-type", media_type)
        .header("authorization", token);
    builder
        .header("cookie", format!("__Host-latchkey_browser={}", "b".repeat(43)))
        .body(body)
        .unwrap()
}

async fn ask(node: &TestApp, request: Request<Body>) -> Answer {
    let router = latchkey_web::router(&node.web);
    Answer::read(router.oneshot(request).await.unwrap()).await
}

on_both_databases!(a_body_that_drips_is_given_up, installed, async |it| {
    let limits = LimitSettings {
        body_seconds: 1,
        ..LimitSettings::default()
    };
    let node = node(it, limits).await;
    let form = "application/x-www-form-urlencoded";
    let paths = [
        ("/oauth2/token", form),
        ("/oauth2/authorize", form),
        ("/sign-in", form),
        ("/scim/v2/Users", "application/json"),
    ];
    let [token, authorize, page, scim] = paths.map(|(path, kind)| ask(&node, dripping(path, kind)));
    let (token, authorize, page, scim) = tokio::join!(token, authorize, page, scim);
    for answer in [token, authorize, page, scim] {
        let answer = answer.expect(408);
        assert_eq!(answer.header("connection"), "close");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
    }
});

on_both_databases!(
    a_busy_service_says_so_at_once_and_still_says_that_it_lives,
    installed,
    async |it| {
        let limits = LimitSettings {
            requests: 1,
            ..LimitSettings::default()
        };
        let node = node(it, limits).await;
        let form = "application/x-www-form-urlencoded";
        let mut held = Box::pin(ask(&node, dripping("/oauth2/token", form)));
        tokio::select! {
            biased;
            answer = &mut held => panic!("it is answered before its end: {}", answer.status),
            () = std::future::ready(()) => {}
        }
        for path in ["/sign-in", "/oauth2/jwks", "/scim/v2/Users"] {
            let answer = node.get(path).await.expect(503);
            assert_eq!(answer.header("retry-after"), "1");
            assert_eq!(answer.header("cache-control"), "no-store");
        }
        node.get("/healthz").await.expect(200);
        node.get("/readyz").await.expect(200);
        drop(held);
        node.get("/sign-in").await.expect(200);
    }
);

on_both_databases!(
    an_address_that_is_too_long_is_not_looked_at,
    installed,
    async |it| {
        let answer = it
            .get(&format!("/sign-in?x={}", "a".repeat(17_000)))
            .await
            .expect(414);
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert!(
            answer
                .header("content-security-policy")
                .contains("default-src 'none'")
        );
    }
);
