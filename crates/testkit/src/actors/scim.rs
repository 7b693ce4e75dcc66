//! An HR system that speaks SCIM with an account's token.

#![expect(
    clippy::expect_used,
    reason = "what an HR system needs and does not get fails the test"
)]

use http_body_util::Full;
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::installation::{TestApp, form_text, request};

/// An HR system.
#[derive(Clone, Copy)]
pub struct ScimClient<'a> {
    it: &'a TestApp,
    token: &'static str,
}

impl TestApp {
    /// The HR system of Acme.
    #[must_use]
    pub const fn hr(&self) -> ScimClient<'_> {
        self.hr_with("lk_scim_acme-Tq4mZ8rVw1Yc6Kd3Nf9Bj2Hs7Lx5Pg0Qa")
    }

    /// The HR system of Globex.
    #[must_use]
    pub const fn hr_of_globex(&self) -> ScimClient<'_> {
        self.hr_with("lk_scim_globex-Xk7pD2wNs9Fv4Ez1Rb6Gj3Mt8Lc5Yh0")
    }

    /// An HR system with this token.
    #[must_use]
    pub const fn hr_with(&self, token: &'static str) -> ScimClient<'_> {
        ScimClient { it: self, token }
    }
}

/// The SCIM user of somebody new, with nothing but what is needed.
#[must_use]
pub fn user(address: &str, given_name: &str, family_name: &str) -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "userName": address,
        "name": { "givenName": given_name, "familyName": family_name },
        "emails": [{ "value": address, "type": "work", "primary": true }],
        "roles": [{ "value": "standard" }],
    })
}

impl ScimClient<'_> {
    /// `GET` of a path below `/scim/v2`.
    pub async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, None).await
    }

    /// `POST` of a resource.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send("POST", path, Some(body)).await
    }

    /// `PUT` of a resource.
    pub async fn put(&self, path: &str, body: &Value) -> Answer {
        self.send("PUT", path, Some(body)).await
    }

    /// `PATCH` with these operations (RFC 7644 §3.5.2).
    pub async fn patch(&self, path: &str, operations: &Value) -> Answer {
        let body = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations": operations,
        });
        self.send("PATCH", path, Some(&body)).await
    }

    /// `DELETE` of a resource.
    pub async fn delete(&self, path: &str) -> Answer {
        self.send("DELETE", path, None).await
    }

    /// The users that a filter finds.
    pub async fn find(&self, filter: &str) -> Answer {
        let query = form_text(&[("filter", filter)]);
        self.get(&format!("/Users?{query}")).await
    }

    /// The id of the one user with this name.
    pub async fn id_of(&self, user_name: &str) -> String {
        let found = self
            .find(&format!("userName eq \"{user_name}\""))
            .await
            .expect(200);
        let id = found.json_text("/Resources/0/id");
        assert!(!id.is_empty(), "no user {user_name}: {}", found.text());
        id
    }

    /// Sets the word of HR about a user.
    pub async fn set_active(&self, id: &str, active: bool) -> Answer {
        self.patch(
            &format!("/Users/{id}"),
            &json!([{ "op": "replace", "path": "active", "value": active }]),
        )
        .await
    }

    /// Any request, with any header.
    pub async fn send(&self, method: &str, path: &str, body: Option<&Value>) -> Answer {
        let text = body.map(Value::to_string);
        self.send_raw(method, path, ("application/scim+json", text.unwrap_or_default()))
            .await
    }

    /// Any request with any body.
    pub async fn send_raw(&self, method: &str, path: &str, (media_type, body): (&str, String)) -> Answer {
        let mut builder = request(method, &format!("/scim/v2{path}"))
            .header("authorization", format!("Bearer {}", self.token))
            .header("accept", "application/scim+json");
        if !body.is_empty() {
            builder = builder.header("content-type", media_type);
        }
        self.it
            .send(builder.body(Full::from(body)).expect("a request"))
            .await
    }
}
