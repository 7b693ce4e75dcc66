//! Mobile Access: the account's switch, the member's switch, the device. Docs: "Mobile Access".

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What a device of one platform must at least be.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MobileRequirement {
    /// The least version of the application.
    #[serde(default)]
    pub app_version: Option<String>,
    /// The least version of the platform.
    #[serde(default)]
    pub platform_version: Option<String>,
}

/// Requirements per platform (`ios`, `android`, …), keys in lower case; a platform that is not
/// named has none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MobileRequirements(pub BTreeMap<String, MobileRequirement>);

/// What a native client says of the device it runs on, at authorize and token.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// The `app_version` parameter.
    pub app_version: Option<String>,
    /// The `platform` parameter.
    pub platform: Option<String>,
    /// The `platform_version` parameter.
    pub platform_version: Option<String>,
}
