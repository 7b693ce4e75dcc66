//! Redirect URIs: which may be registered, and when one in a request is a registered one (RFC 6749 §3.1.2,
//! RFC 8252 §7 and §8.4, RFC 9700 §2.1).

use url::Url;

use crate::issuer::is_loopback;
use crate::metadata::{ClientKind, ClientMetadata};

/// The longest redirect URI, in bytes.
pub const MAX_REDIRECT_URI: usize = 2048;

/// Parameters that an answer adds, so that no registered URI may carry them.
const ANSWER_PARAMETERS: &[&str] = &["code", "state", "iss", "error", "error_description"];

/// Why a redirect URI can't be registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RedirectUriError {
    /// It is not an absolute URI of printable ASCII.
    #[error("it must be an absolute URI of at most {MAX_REDIRECT_URI} printable ASCII characters")]
    NotUri,
    /// It has a fragment (RFC 6749 §3.1.2).
    #[error("it must have no fragment")]
    Fragment,
    /// It has a `*`: wildcards are not a thing, and a URI that looks like one misleads.
    #[error("it must have no wildcard: redirect URIs are compared as they are")]
    Wildcard,
    /// It has a user name or password.
    #[error("it must have no user name or password")]
    Credentials,
    /// Its scheme does not fit the client's kind.
    #[error("it must be https, or http on a loopback host")]
    WebScheme,
    /// Its scheme does not fit a native client.
    #[error(
        "it must be https, http on a loopback host, or a scheme that is a reversed domain name with a path, \
         such as com.example.app:/callback"
    )]
    NativeScheme,
    /// A service has none.
    #[error("a client of kind service has no redirect URIs")]
    Service,
    /// Its query has a parameter that answers use.
    #[error("its query must have none of the parameters that an answer adds")]
    AnswerParameter,
}

/// Checks whether a URI may be registered for a client of this kind.
///
/// # Errors
/// [`RedirectUriError`] with the first rule broken.
pub fn validate(kind: ClientKind, uri: &str) -> Result<(), RedirectUriError> {
    if kind == ClientKind::Service {
        return Err(RedirectUriError::Service);
    }
    // A browser reads a backslash as a slash, which would make two readings of one text.
    let is_plain =
        uri.len() <= MAX_REDIRECT_URI && uri.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if !is_plain {
        return Err(RedirectUriError::NotUri);
    }
    let url = Url::parse(uri).map_err(|_| RedirectUriError::NotUri)?;
    if uri.contains('#') {
        return Err(RedirectUriError::Fragment);
    }
    if uri.contains('*') {
        return Err(RedirectUriError::Wildcard);
    }
    if !url.host_str().unwrap_or_default().bytes().all(is_host_byte) {
        return Err(RedirectUriError::NotUri);
    }
    if !url.username().is_empty() || url.password().is_some() || has_at_in_authority(uri) {
        return Err(RedirectUriError::Credentials);
    }
    if !has_fitting_scheme(kind, uri, &url) {
        return Err(match kind {
            ClientKind::Native => RedirectUriError::NativeScheme,
            _ => RedirectUriError::WebScheme,
        });
    }
    if url
        .query_pairs()
        .any(|(name, _)| ANSWER_PARAMETERS.contains(&name.as_ref()))
    {
        return Err(RedirectUriError::AnswerParameter);
    }
    Ok(())
}

/// The registered URI of the client that a request's URI is, compared byte for byte; only a native client's
/// loopback URI may differ, in its port (RFC 8252 §7.3).
#[must_use]
pub(crate) fn is_registered(kind: ClientKind, metadata: &ClientMetadata, requested: &str) -> bool {
    metadata.redirect_uris.iter().any(|registered| {
        // What is stored is checked again: a rule that came later holds for older clients too.
        validate(kind, registered).is_ok()
            && (registered == requested
                || (kind == ClientKind::Native && differ_in_loopback_port(registered, requested)))
    })
}

/// The origin of a URI as CSP's `form-action` and CORS write it: `https://host:port`, or `scheme:` for a
/// scheme of an app's own.
#[must_use]
pub fn origin(uri: &str) -> Option<String> {
    let url = Url::parse(uri).ok()?;
    Some(match url.scheme() {
        "http" | "https" => url.origin().ascii_serialization(),
        scheme => format!("{scheme}:"),
    })
}

/// The URL standard allows more in a host, such as `;`, which would end a directive of a CSP that names it.
fn is_host_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b':' | b'[' | b']')
}

fn has_at_in_authority(uri: &str) -> bool {
    // An empty user name ("https://@host/") is not to be seen in the parsed URL.
    let rest = uri.split_once("//").map_or("", |(_, rest)| rest);
    rest.split(['/', '?'])
        .next()
        .is_some_and(|authority| authority.contains('@'))
}

fn has_fitting_scheme(kind: ClientKind, uri: &str, url: &Url) -> bool {
    match url.scheme() {
        // The text is asked too: the parser forgives "https:host" and "https:///host".
        "https" => is_written_with_host(uri, "https://"),
        "http" => is_written_with_host(uri, "http://") && is_loopback(url),
        scheme => {
            let after = uri.get(scheme.len() + 1..).unwrap_or_default();
            kind == ClientKind::Native && is_reversed_domain(scheme) && after.starts_with('/')
        }
    }
}

fn is_written_with_host(uri: &str, start: &str) -> bool {
    uri.strip_prefix(start)
        .is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'))
}

/// RFC 8252 §7.1: a private-use scheme is a reversed domain name, which also keeps `javascript:` and its like out.
fn is_reversed_domain(scheme: &str) -> bool {
    scheme.contains('.') && scheme.split('.').all(|label| !label.is_empty())
}

fn differ_in_loopback_port(registered: &str, requested: &str) -> bool {
    // Literal addresses only: what "localhost" resolves to is up to the machine (RFC 8252 §8.3).
    ["http://127.0.0.1", "http://[::1]"].iter().any(|start| {
        let after_host = |uri: &str| uri.strip_prefix(start).and_then(without_port).map(str::to_owned);
        match (after_host(registered), after_host(requested)) {
            (Some(registered), Some(requested)) => registered == requested,
            _ => false,
        }
    })
}

/// What follows an optional, well-formed port; nothing if anything but a path or query follows.
fn without_port(rest: &str) -> Option<&str> {
    let rest = match rest.strip_prefix(':') {
        Some(port_on) => {
            let end = port_on
                .find(|c: char| !c.is_ascii_digit())
                .unwrap_or(port_on.len());
            let (port, rest) = port_on.split_at(end);
            let is_port = !port.starts_with('0') && port.parse::<u16>().is_ok();
            is_port.then_some(rest)?
        }
        None => rest,
    };
    (rest.is_empty() || rest.starts_with(['/', '?'])).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn registered(kind: ClientKind, uri: &str, requested: &str) -> bool {
        let metadata = ClientMetadata {
            redirect_uris: vec![uri.to_owned()],
            ..ClientMetadata::default()
        };
        is_registered(kind, &metadata, requested)
    }

    #[test]
    fn sites_and_browser_apps_use_https_or_loopback() {
        for kind in [ClientKind::Web, ClientKind::Spa] {
            for good in [
                "https://crm.example/cb",
                "https://crm.example/cb?tenant=1",
                "http://127.0.0.1:8081/callback",
                "http://localhost:3000/cb",
                "http://[::1]/cb",
            ] {
                assert_eq!(validate(kind, good), Ok(()), "{good}");
            }
            for bad in [
                "http://crm.example/cb",
                "com.example.crm:/cb",
                "http://localhost.evil.example/",
            ] {
                assert_eq!(validate(kind, bad), Err(RedirectUriError::WebScheme), "{bad}");
            }
        }
    }

    #[test]
    fn apps_use_a_scheme_of_their_own_or_loopback() {
        for good in [
            "com.example.crm:/callback",
            "com.example.crm://callback",
            "http://127.0.0.1/cb",
            "https://crm.example/app",
        ] {
            assert_eq!(validate(ClientKind::Native, good), Ok(()), "{good}");
        }
        for bad in [
            "javascript:alert(1)",
            "data:text/html,x",
            "crm:/cb",
            "com.example.crm:callback",
            "com..crm:/cb",
            "http://crm.example/cb",
            "file:///etc/passwd",
        ] {
            assert_eq!(
                validate(ClientKind::Native, bad),
                Err(RedirectUriError::NativeScheme),
                "{bad}"
            );
        }
    }

    #[test]
    fn misleading_uris_can_not_be_registered() {
        for (bad, why) in [
            ("https://crm.example/cb#x", RedirectUriError::Fragment),
            ("https://crm.example/cb#", RedirectUriError::Fragment),
            ("https://*.example/cb", RedirectUriError::Wildcard),
            ("https://crm.example/*", RedirectUriError::Wildcard),
            ("https://user@crm.example/", RedirectUriError::Credentials),
            ("https://@crm.example/", RedirectUriError::Credentials),
            ("https://crm.example\\@evil.example/", RedirectUriError::NotUri),
            ("https://crm.example/c b", RedirectUriError::NotUri),
            ("https://crm.exämple/", RedirectUriError::NotUri),
            ("/cb", RedirectUriError::NotUri),
            ("https://a;script-src/", RedirectUriError::NotUri),
            ("https://a,b/", RedirectUriError::NotUri),
            ("https:crm.example", RedirectUriError::WebScheme),
            ("https:///crm.example", RedirectUriError::WebScheme),
            (
                "https://crm.example/cb?state=1",
                RedirectUriError::AnswerParameter,
            ),
            (
                "https://crm.example/cb?c%6Fde=1",
                RedirectUriError::AnswerParameter,
            ),
        ] {
            assert_eq!(validate(ClientKind::Web, bad), Err(why), "{bad}");
        }
        assert_eq!(
            validate(ClientKind::Service, "https://crm.example/"),
            Err(RedirectUriError::Service)
        );
    }

    #[test]
    fn uris_are_compared_byte_for_byte() {
        let uri = "https://crm.example/cb";
        assert!(registered(ClientKind::Web, uri, uri));
        for look_alike in [
            "https://crm.example/cb/",
            "https://crm.example/cb?",
            "https://crm.example/cb#",
            "https://crm.example/cb?x=1",
            "https://crm.example/CB",
            "https://CRM.example/cb",
            "https://crm.example:443/cb",
            "https://crm.example/./cb",
            "https://crm.example/%63b",
            "https://crm.example.evil.example/cb",
            "https://crm.example@evil.example/cb",
            "http://crm.example/cb",
            " https://crm.example/cb",
            "",
        ] {
            assert!(!registered(ClientKind::Web, uri, look_alike), "{look_alike}");
        }
    }

    #[test]
    fn a_native_loopback_uri_may_vary_in_port_only() {
        let uri = "http://127.0.0.1/cb";
        for good in [
            "http://127.0.0.1/cb",
            "http://127.0.0.1:1/cb",
            "http://127.0.0.1:65535/cb",
        ] {
            assert!(registered(ClientKind::Native, uri, good), "{good}");
        }
        assert!(registered(
            ClientKind::Native,
            "http://[::1]:80/cb",
            "http://[::1]:5/cb"
        ));
        for bad in [
            "http://127.0.0.1:0/cb",
            "http://127.0.0.1:080/cb",
            "http://127.0.0.1:65536/cb",
            "http://127.0.0.1:/cb",
            "http://127.0.0.1:80@evil.example/cb",
            "http://127.0.0.1.evil.example/cb",
            "http://127.0.0.1:5/other",
            "http://127.0.0.2:5/cb",
            "http://localhost:5/cb",
            "https://127.0.0.1:5/cb",
            "http://[::1]:5/cb",
        ] {
            assert!(!registered(ClientKind::Native, uri, bad), "{bad}");
        }
    }

    #[test]
    fn no_other_kind_and_no_host_name_may_vary_in_port() {
        assert!(!registered(
            ClientKind::Web,
            "http://127.0.0.1/cb",
            "http://127.0.0.1:5/cb"
        ));
        assert!(!registered(
            ClientKind::Spa,
            "http://127.0.0.1/cb",
            "http://127.0.0.1:5/cb"
        ));
        assert!(!registered(
            ClientKind::Native,
            "http://localhost/cb",
            "http://localhost:5/cb"
        ));
    }

    #[test]
    fn a_stored_uri_that_breaks_the_rules_matches_nothing() {
        let wild = "https://*.example/cb";
        assert!(!registered(ClientKind::Web, wild, wild));
    }

    #[test]
    fn origins_are_written_for_csp_and_cors() {
        assert_eq!(
            origin("https://crm.example:8443/cb").unwrap(),
            "https://crm.example:8443"
        );
        assert_eq!(
            origin("https://crm.example:443/cb").unwrap(),
            "https://crm.example"
        );
        assert_eq!(origin("com.example.crm:/cb").unwrap(), "com.example.crm:");
    }
}
