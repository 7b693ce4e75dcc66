//! What `bench.toml` declares, as the load generator needs it.

/// A confidential client.
pub const WEB: Client = Client {
    id: "bench",
    secret: Some("bench-web-4mJ8sKq2Zx6Vt0Yr9LpWc3HdGf7Nb5Ua1EoRiTy"),
    redirect_uri: "http://127.0.0.1:9/callback",
};

/// A public client, whose refresh tokens rotate.
pub const SPA: Client = Client {
    id: "bench-spa",
    secret: None,
    redirect_uri: "http://127.0.0.1:9/spa",
};

/// A service client with a place in the account.
pub const BATCH: Client = Client {
    id: "bench-batch",
    secret: Some("bench-batch-Zq7Wm3Xc9Vb1Nl5Kj8Hg2Fd6Sa4Po0IuYtRe"),
    redirect_uri: "",
};

/// Who signs in.
pub const EMAIL: &str = "person@bench.example";
/// Their password.
pub const PASSWORD: &str = "eleven owls by the old kiln";

/// SCIM tokens, by account.
pub const SCIM_BENCH: &str = "bench-hr-Uy6Tr2Ew8Qa4Sd0Fg7Hj3Kl9Zx5Cv1Bn6MqWeRt";
pub const SCIM_SMALL: &str = "small-hr-Pl0Ok9Ij8Uh7Yg6Tf5Rd4Es3Wa2Qz1XcVbNmAsDf";
pub const SCIM_LARGE: &str = "large-hr-Mn1Bv2Cx3Zl4Kj5Hg6Fd7Sa8Po9Iu0YtReWqLkJh";

/// A declared client.
#[derive(Clone, Copy)]
pub struct Client {
    pub id: &'static str,
    pub secret: Option<&'static str>,
    pub redirect_uri: &'static str,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_declares_what_is_used() {
        let file = include_str!("../bench.toml");
        let secrets = [WEB.secret, BATCH.secret].map(Option::unwrap);
        let others = [
            WEB.redirect_uri,
            SPA.redirect_uri,
            EMAIL,
            PASSWORD,
            SCIM_BENCH,
            SCIM_SMALL,
            SCIM_LARGE,
        ];
        for text in secrets.iter().chain(&others) {
            assert!(file.contains(&format!("\"{text}\"")), "{text}");
        }
    }
}
