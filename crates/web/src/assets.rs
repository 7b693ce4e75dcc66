//! The style sheet, scripts and icons of the pages, embedded in the binary and served under paths that carry a digest
//! of their content, so that a browser may keep them for good.

use std::sync::LazyLock;

use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

/// The `Cache-Control` of every asset: its path changes with its content.
pub const CACHE_CONTROL: &str = "public, max-age=31536000, immutable";

/// One embedded file.
#[derive(Debug, Clone)]
pub struct Asset {
    /// The file's name in `assets/`, such as `app.css`.
    pub name: &'static str,
    /// Where it is served, such as `/assets/app.0123456789abcdef.css`.
    pub path: String,
    /// The value of its `Content-Type`.
    pub content_type: &'static str,
    /// The content.
    pub bytes: &'static [u8],
    /// Its strong entity tag, in quotes (RFC 9110 §8.8.3).
    pub etag: String,
}

const CSS: &str = "text/css; charset=utf-8";
const JS: &str = "text/javascript; charset=utf-8";
const SVG: &str = "image/svg+xml";

const FILES: [(&str, &str, &[u8]); 5] = [
    ("app.css", CSS, include_bytes!("../assets/app.css")),
    ("form-post.js", JS, include_bytes!("../assets/form-post.js")),
    ("forms.js", JS, include_bytes!("../assets/forms.js")),
    ("icons.svg", SVG, include_bytes!("../assets/icons.svg")),
    ("strength.js", JS, include_bytes!("../assets/strength.js")),
];

static ASSETS: LazyLock<Vec<Asset>> = LazyLock::new(|| {
    FILES
        .iter()
        .map(|(name, content_type, bytes)| embed(name, content_type, bytes))
        .collect()
});

fn embed(name: &'static str, content_type: &'static str, bytes: &'static [u8]) -> Asset {
    let digest: String = Sha256::digest(bytes)
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    Asset {
        name,
        path: format!("/assets/{stem}.{digest}.{ending}"),
        content_type,
        bytes,
        etag: format!("\"{digest}\""),
    }
}

/// Every embedded file.
pub fn all() -> &'static [Asset] {
    &ASSETS
}

/// The file served at this path, if there is one.
pub fn find(path: &str) -> Option<&'static Asset> {
    ASSETS.iter().find(|asset| asset.path == path)
}

/// Where the file of this name is served; empty for a name that isn't embedded (a test renders every page and looks
/// for that).
pub fn asset_path(name: &str) -> &'static str {
    ASSETS
        .iter()
        .find(|asset| asset.name == name)
        .map_or("", |asset| &asset.path)
}

/// `GET /assets/{file}`: an embedded file, kept by browsers for good (RFC 9111 §5.2.2).
pub async fn serve(uri: Uri, headers: HeaderMap) -> Response {
    let Some(asset) = find(uri.path()) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let is_known = headers
        .get(header::IF_NONE_MATCH)
        .is_some_and(|it| it.as_bytes() == asset.etag.as_bytes());
    let facts = [
        (header::CONTENT_TYPE, asset.content_type),
        (header::CACHE_CONTROL, CACHE_CONTROL),
        (header::ETAG, asset.etag.as_str()),
    ];
    if is_known {
        (StatusCode::NOT_MODIFIED, facts).into_response()
    } else {
        (facts, asset.bytes).into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_asset_is_found_by_the_path_that_templates_write() {
        for (name, content_type, bytes) in FILES {
            let asset = find(asset_path(name)).unwrap();
            assert_eq!((asset.content_type, asset.bytes), (content_type, bytes));
            assert!(
                asset.etag.starts_with('"') && asset.etag.ends_with('"'),
                "{}",
                asset.etag
            );
        }
    }

    #[test]
    fn a_path_with_another_digest_is_not_served() {
        assert!(find("/assets/app.0000000000000000.css").is_none());
        assert!(find("/assets/app.css").is_none());
        assert_eq!(asset_path("../Cargo.toml"), "");
    }
}
