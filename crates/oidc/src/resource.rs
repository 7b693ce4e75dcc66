//! Resource indicators (RFC 8707).

use std::fmt;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::params::Params;

/// The most resources that one request may name.
pub const MAX_RESOURCES: usize = 8;
/// The longest resource indicator, in bytes.
pub const MAX_RESOURCE: usize = 512;

/// A resource indicator: an absolute URI without a fragment, compared byte for byte (RFC 8707 §2).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Resource(String);

/// Why a `resource` is refused with `invalid_target`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ResourceError {
    /// It is no absolute URI without a fragment.
    #[error("resource must be an absolute URI without a fragment")]
    NotUri,
    /// There are more than [`MAX_RESOURCES`].
    #[error("the request names more than {MAX_RESOURCES} resources")]
    TooMany,
}

impl Resource {
    /// Reads one resource indicator.
    ///
    /// # Errors
    /// [`ResourceError::NotUri`].
    pub fn parse(text: &str) -> Result<Self, ResourceError> {
        let is_plain = text.len() <= MAX_RESOURCE
            && text.bytes().all(|byte| byte.is_ascii_graphic())
            && !text.contains('#');
        if is_plain && Url::parse(text).is_ok() {
            Ok(Self(text.to_owned()))
        } else {
            Err(ResourceError::NotUri)
        }
    }

    /// Reads every `resource` of a request, each kept once.
    ///
    /// # Errors
    /// [`ResourceError`].
    pub fn from_params(params: &Params) -> Result<Vec<Self>, ResourceError> {
        let mut resources = Vec::new();
        for text in params.all("resource") {
            let resource = Self::parse(text)?;
            if resources.contains(&resource) {
                continue;
            }
            if resources.len() == MAX_RESOURCES {
                return Err(ResourceError::TooMany);
            }
            resources.push(resource);
        }
        Ok(resources)
    }

    /// The URI.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Resource {
    type Error = ResourceError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<Resource> for String {
    fn from(resource: Resource) -> Self {
        resource.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absolute_uris_without_fragment_are_resources() {
        for good in [
            "https://crm.example/api",
            "urn:example:crm",
            "https://crm.example/api?v=1",
        ] {
            assert_eq!(Resource::parse(good).unwrap().as_str(), good);
        }
        for bad in [
            "",
            "/api",
            "crm",
            "https://crm.example/#a",
            "https://crm.example/#",
            "urn:é",
        ] {
            assert_eq!(Resource::parse(bad), Err(ResourceError::NotUri), "{bad}");
        }
    }

    #[test]
    fn several_are_read_each_once_and_bounded() {
        let params = Params::parse("resource=urn:a&resource=urn:b&resource=urn:a").unwrap();
        assert_eq!(Resource::from_params(&params).unwrap().len(), 2);
        let many: Vec<_> = (0..=MAX_RESOURCES).map(|n| format!("resource=urn:{n}")).collect();
        let params = Params::parse(many.join("&")).unwrap();
        assert_eq!(Resource::from_params(&params), Err(ResourceError::TooMany));
    }
}
