//! Bytes of any kind, at every edge: nothing is ever our own fault.

use latchkey_testkit::installation::{form_text, request};
use latchkey_testkit::on_both_databases;

/// A small generator of numbers that repeats itself (xorshift, Marsaglia 2003).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(sides.max(1)).unwrap_or(1)).unwrap_or(0)
    }

    /// A text with a few bytes changed, left out, doubled or cut off.
    fn spoil(&mut self, text: &[u8]) -> Vec<u8> {
        let mut bytes = text.to_vec();
        for _ in 0..=self.roll(6) {
            let at = self.roll(bytes.len());
            match self.roll(5) {
                0 if !bytes.is_empty() => {
                    bytes.remove(at);
                }
                1 => bytes.truncate(at),
                2 => {
                    let again = bytes.get(at..).unwrap_or_default().to_vec();
                    bytes.extend(again);
                }
                3 => bytes.insert(at, u8::try_from(self.roll(256)).unwrap_or(0)),
                _ => {
                    let odd = [
                        b'"', b'\\', b'%', b'[', b'{', b'}', b'&', b'=', 0, 0xff, b'\'', b';',
                    ];
                    let byte = odd.get(self.roll(odd.len())).copied().unwrap_or(0);
                    bytes.insert(at, byte);
                }
            }
        }
        bytes
    }
}

on_both_databases!(
    spoiled_requests_are_answered_and_never_fail,
    installed,
    async |it| {
        let mut dice = Dice(0x1a7c_44ea_0b5e_55ed);
        let hr = "Bearer lk_scim_acme-Tq4mZ8rVw1Yc6Kd3Nf9Bj2Hs7Lx5Pg0Qa";
        let new = r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"nora","name":{"givenName":"Nora"},"emails":[{"value":"nora@acme.example","type":"work"}],"active":true}"#;
        let patch = r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","path":"emails[type eq \"work\"].display","value":"x"}]}"#;
        let rita = format!("/scim/v2/Users/{}", it.hr().id_of("rita@acme.example").await);
        let token = form_text(&[
            ("grant_type", "authorization_code"),
            ("code", "x"),
            ("client_id", "crm-board"),
        ]);
        let sign_in = "csrf=x&username=stan%40acme.example&password=y&request=z";
        let authorize = form_text(&it.crm().authorization("openid").pairs());
        let filter =
            "userName eq \"x\" and (emails[type eq \"work\" and value co \"@\"] or not (active eq true))";
        let (scim, form) = ("application/scim+json", "application/x-www-form-urlencoded");
        for round in 0..60 {
            for (method, path, kind, body) in [
                ("POST", "/scim/v2/Users", scim, new),
                ("PATCH", &rita, scim, patch),
                ("PUT", &rita, scim, new),
                ("POST", "/oauth2/token", form, &token),
                ("POST", "/oauth2/introspect", form, &token),
                ("POST", "/oauth2/revoke", form, &token),
                ("POST", "/oauth2/authorize", form, &authorize),
                ("POST", "/oauth2/end_session", form, &authorize),
                ("POST", "/sign-in", form, sign_in),
                ("POST", "/invitation/create", form, sign_in),
            ] {
                let body = dice.spoil(body.as_bytes());
                let call = request(method, path)
                    .header("content-type", kind)
                    .header("authorization", hr);
                let answer = it.call(call, body.clone()).await;
                let shown = String::from_utf8_lossy(&body).into_owned();
                assert!(
                    answer.status < 500,
                    "round {round}, {method} {path}: {shown}: {}",
                    answer.text()
                );
            }
            for text in [filter.as_bytes(), authorize.as_bytes()] {
                let spoiled = dice.spoil(text);
                let encoded: String = spoiled.iter().map(|byte| format!("%{byte:02x}")).collect();
                for path in [
                    "/scim/v2/Users?filter=",
                    "/oauth2/authorize?client_id=crm&redirect_uri=",
                    "/invitation/",
                    "/terms/",
                    "/sign-in?request=",
                ] {
                    let answer = it
                        .call(
                            request("GET", &format!("{path}{encoded}")).header("authorization", hr),
                            "",
                        )
                        .await;
                    assert!(
                        answer.status < 500,
                        "round {round}, {path}{encoded}: {}",
                        answer.text()
                    );
                }
            }
        }
    }
);
