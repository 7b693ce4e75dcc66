//! Mobile Access: the account's switch, the member's switch, the device. Docs: "Mobile Access".

use std::cmp::Ordering;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::account::Account;
use crate::member::Member;

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

/// What of a device is too old or not said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Requirement {
    /// The version of the application.
    AppVersion,
    /// Which platform it is.
    Platform,
    /// The version of the platform.
    PlatformVersion,
}

/// Why a member is refused on a mobile device.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum MobileRefusal {
    /// The account allows no mobile use.
    #[error("mobile access is switched off for this account")]
    AccountOff,
    /// The member has no Mobile Access.
    #[error("mobile access is not switched on for this user")]
    MemberOff,
    /// The device does not meet the account's requirements.
    #[error("{}", requirement_text(*.what, .least.as_deref(), .found.as_deref()))]
    Requirement {
        /// What is too old or not said.
        what: Requirement,
        /// What it must at least be.
        least: Option<String>,
        /// What the device said.
        found: Option<String>,
    },
}

fn requirement_text(what: Requirement, least: Option<&str>, found: Option<&str>) -> String {
    let thing = match what {
        Requirement::AppVersion => "version of the app",
        Requirement::Platform => "device platform",
        Requirement::PlatformVersion => "version of the device's system",
    };
    match (least, found) {
        (Some(least), Some(found)) => {
            format!("this account requires {thing} {least} or later; this device has {found}")
        }
        (Some(least), None) => {
            format!("this account requires {thing} {least} or later; this device did not say its own")
        }
        (None, _) => format!("this account requires to know the {thing}, which was not said"),
    }
}

/// Whether the member may use a native client on this device: the account's switch, then the
/// member's, then the requirements.
///
/// # Errors
/// [`MobileRefusal`] says which of the three it is.
pub fn may_use_mobile(account: &Account, member: &Member, device: &Device) -> Result<(), MobileRefusal> {
    if !account.settings.mobile_access {
        return Err(MobileRefusal::AccountOff);
    }
    if !member.mobile_access {
        return Err(MobileRefusal::MemberOff);
    }
    account.settings.mobile_requirements.check(device)
}

impl MobileRequirements {
    /// Whether the device meets the requirements of its platform. Where there are any, a device
    /// must say which platform it is.
    ///
    /// # Errors
    /// [`MobileRefusal::Requirement`] for the first that is not met.
    pub fn check(&self, device: &Device) -> Result<(), MobileRefusal> {
        if self.0.is_empty() {
            return Ok(());
        }
        let Some(platform) = &device.platform else {
            return Err(MobileRefusal::Requirement {
                what: Requirement::Platform,
                least: None,
                found: None,
            });
        };
        let Some(required) = self.0.get(&platform.trim().to_lowercase()) else {
            return Ok(());
        };
        at_least(
            Requirement::AppVersion,
            required.app_version.as_deref(),
            device.app_version.as_deref(),
        )?;
        at_least(
            Requirement::PlatformVersion,
            required.platform_version.as_deref(),
            device.platform_version.as_deref(),
        )
    }
}

fn at_least(what: Requirement, least: Option<&str>, found: Option<&str>) -> Result<(), MobileRefusal> {
    let Some(least) = least else {
        return Ok(());
    };
    match found {
        Some(found) if compare_versions(found, least) != Ordering::Less => Ok(()),
        _ => Err(MobileRefusal::Requirement {
            what,
            least: Some(least.to_owned()),
            found: found.map(str::to_owned),
        }),
    }
}

/// Compares versions number by number; missing numbers are zeros; what follows a hyphen makes it
/// earlier (`2.0-beta` < `2.0`), what follows a plus does not count (Semantic Versioning 2.0.0,
/// sections 10 and 11).
pub fn compare_versions(a: &str, b: &str) -> Ordering {
    let (a_numbers, a_early) = parts(a);
    let (b_numbers, b_early) = parts(b);
    let longest = a_numbers.len().max(b_numbers.len());
    let at = |numbers: &[u64], index| numbers.get(index).copied().unwrap_or(0);
    (0..longest)
        .map(|index| at(&a_numbers, index).cmp(&at(&b_numbers, index)))
        .find(|it| it.is_ne())
        .unwrap_or_else(|| b_early.cmp(&a_early))
}

fn parts(version: &str) -> (Vec<u64>, bool) {
    let version = version.trim().trim_start_matches(['v', 'V']);
    let release = version.split('+').next().unwrap_or(version);
    let (numbers, early) = match release.split_once('-') {
        Some((numbers, _)) => (numbers, true),
        None => (release, false),
    };
    // A part that is no number counts as zero: what can't be read is never newer.
    let read = |part: &str| {
        let digits: String = part.chars().take_while(char::is_ascii_digit).collect();
        match digits.as_str() {
            "" => 0,
            digits => digits.parse().unwrap_or(u64::MAX),
        }
    };
    (numbers.split('.').map(read).collect(), early)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples::{acme, member};

    fn phone(app: &str, platform: &str, version: &str) -> Device {
        Device {
            app_version: Some(app.to_owned()),
            platform: Some(platform.to_owned()),
            platform_version: Some(version.to_owned()),
        }
    }

    fn demanding() -> Account {
        let mut account = acme();
        account.settings.mobile_access = true;
        let required = MobileRequirement {
            app_version: Some("2.10".to_owned()),
            platform_version: Some("17".to_owned()),
        };
        account.settings.mobile_requirements =
            MobileRequirements(BTreeMap::from([("ios".to_owned(), required)]));
        account
    }

    #[test]
    fn both_switches_must_be_on() {
        let (mut account, mut member) = (acme(), member("m1", "standard"));
        let device = Device::default();
        assert_eq!(
            may_use_mobile(&account, &member, &device),
            Err(MobileRefusal::AccountOff)
        );
        member.mobile_access = true;
        assert_eq!(
            may_use_mobile(&account, &member, &device),
            Err(MobileRefusal::AccountOff)
        );
        account.settings.mobile_access = true;
        assert_eq!(may_use_mobile(&account, &member, &device), Ok(()));
        member.mobile_access = false;
        assert_eq!(
            may_use_mobile(&account, &member, &device),
            Err(MobileRefusal::MemberOff)
        );
    }

    #[test]
    fn a_device_must_be_new_enough() {
        let (account, mut member) = (demanding(), member("m1", "standard"));
        member.mobile_access = true;
        let of = |device| may_use_mobile(&account, &member, &device);
        assert_eq!(of(phone("2.10", "iOS", "17.0")), Ok(()));
        assert_eq!(of(phone("3", "ios", "18")), Ok(()));
        assert_eq!(
            of(phone("1.0", "android", "5")),
            Ok(()),
            "no requirement for this platform"
        );
        let old = of(phone("2.9", "ios", "17")).unwrap_err();
        assert_eq!(
            old.to_string(),
            "this account requires version of the app 2.10 or later; this device has 2.9"
        );
        let old = of(phone("2.10", "ios", "16.9")).unwrap_err();
        assert!(matches!(
            old,
            MobileRefusal::Requirement {
                what: Requirement::PlatformVersion,
                ..
            }
        ));
    }

    #[test]
    fn what_a_device_does_not_say_is_not_met() {
        let (account, mut member) = (demanding(), member("m1", "standard"));
        member.mobile_access = true;
        let silent = may_use_mobile(&account, &member, &Device::default()).unwrap_err();
        assert!(matches!(
            silent,
            MobileRefusal::Requirement {
                what: Requirement::Platform,
                ..
            }
        ));
        let device = Device {
            app_version: None,
            ..phone("", "ios", "18")
        };
        assert!(may_use_mobile(&account, &member, &device).is_err());
    }

    #[test]
    fn versions_compare_by_number() {
        for (a, b, order) in [
            ("2.10", "2.9", Ordering::Greater),
            ("2", "2.0.0", Ordering::Equal),
            ("v2.1", "2.1", Ordering::Equal),
            ("2.0-beta", "2.0", Ordering::Less),
            ("2.0-beta", "1.9", Ordering::Greater),
            ("2.0+5", "2.0", Ordering::Equal),
            ("latest", "1", Ordering::Less),
            ("99999999999999999999999", "2", Ordering::Greater),
        ] {
            assert_eq!(compare_versions(a, b), order, "{a} {b}");
        }
    }
}
