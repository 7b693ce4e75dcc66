//! What a mobile app says of itself (docs: "Mobile Access").

use serde::{Deserialize, Serialize};

use crate::params::Params;

/// The longest of the three values, in characters.
pub const MAX_DEVICE_VALUE: usize = 64;

/// The app and platform that a native client runs on, by its own word, at authorize and token.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// The version of the app, such as `4.2.0`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app_version: Option<String>,
    /// The platform, such as `ios` or `android`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
    /// The version of the platform, such as `17.1`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform_version: Option<String>,
}

/// A value is too long or not printable ASCII.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0} must be at most {MAX_DEVICE_VALUE} printable ASCII characters")]
pub struct DeviceError(pub &'static str);

impl Device {
    /// Reads `app_version`, `platform` and `platform_version`.
    ///
    /// # Errors
    /// [`DeviceError`] names the parameter, told to the client as `invalid_request`.
    pub fn from_params(params: &Params) -> Result<Self, DeviceError> {
        let read = |name: &'static str| match params.get(name) {
            Some(value) if is_plain(value) => Ok(Some(value.to_owned())),
            Some(_) => Err(DeviceError(name)),
            None => Ok(None),
        };
        Ok(Self {
            app_version: read("app_version")?,
            platform: read("platform")?,
            platform_version: read("platform_version")?,
        })
    }
}

fn is_plain(value: &str) -> bool {
    value.len() <= MAX_DEVICE_VALUE && value.bytes().all(|byte| (0x20..=0x7E).contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_app_says_what_it_runs_on() {
        let params = Params::parse("app_version=4.2&platform=ios&platform_version=17.1").unwrap();
        let device = Device::from_params(&params).unwrap();
        assert_eq!(device.app_version.as_deref(), Some("4.2"));
        assert_eq!(device.platform.as_deref(), Some("ios"));
        assert_eq!(device.platform_version.as_deref(), Some("17.1"));
    }

    #[test]
    fn long_or_unprintable_values_are_refused() {
        let params = Params::parse(format!("platform={}", "x".repeat(65))).unwrap();
        assert_eq!(Device::from_params(&params), Err(DeviceError("platform")));
        let params = Params::parse("app_version=%E2%80%AE1").unwrap();
        assert_eq!(Device::from_params(&params), Err(DeviceError("app_version")));
    }
}
