//! Accounts and their settings. Docs: "Words", "Mobile Access", "Roles".

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::id::{AccountId, MemberId};
use crate::mobile::MobileRequirements;
use crate::role::RoleKey;

/// Whether an account is in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountStatus {
    /// In use.
    Active,
    /// Closed: its members have no access to anything.
    Closed,
}

impl AccountStatus {
    /// The stored word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Closed => "closed",
        }
    }

    /// Reads the stored word.
    pub fn from_key(word: &str) -> Option<Self> {
        [Self::Active, Self::Closed]
            .into_iter()
            .find(|it| it.as_str() == word)
    }
}

/// What becomes of a member whom the HR system makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Provisioning {
    /// They are invited and must accept.
    Invite,
    /// They are active at once where the address is in a domain the account has proven.
    Activate,
}

impl Provisioning {
    /// The stored word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Invite => "invite",
            Self::Activate => "activate",
        }
    }

    /// Reads the stored word.
    pub fn from_key(word: &str) -> Option<Self> {
        [Self::Invite, Self::Activate]
            .into_iter()
            .find(|it| it.as_str() == word)
    }
}

/// What an account may set for itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountSettings {
    /// Whether mobile use is allowed in this account at all.
    pub mobile_access: bool,
    /// What a device must at least be, per platform.
    pub mobile_requirements: MobileRequirements,
    /// Whether everyone but the owner must have a permission set.
    pub require_permission_set: bool,
    /// The role of a member for whom nobody named one.
    pub default_role: RoleKey,
    /// How long an invitation is good for, in days.
    pub invitation_days: u32,
    /// What becomes of members whom the HR system makes.
    pub provisioning: Provisioning,
    /// The language of its mails and pages where a person chose none (BCP 47).
    pub language: Option<String>,
    /// Its accent color, `#rrggbb`.
    pub brand_color: Option<String>,
}

impl Default for AccountSettings {
    fn default() -> Self {
        Self {
            mobile_access: false,
            mobile_requirements: MobileRequirements::default(),
            require_permission_set: false,
            default_role: crate::role::BuiltInRole::Standard.key(),
            invitation_days: 7,
            provisioning: Provisioning::Invite,
            language: None,
            brand_color: None,
        }
    }
}

/// Why settings can't be so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SettingsFault {
    /// Not 1 to 90 days.
    #[error("an invitation is good for 1 to 90 days")]
    InvitationDays,
    /// The default role is the owner's.
    #[error("nobody becomes owner by default")]
    OwnerByDefault,
    /// Not `#rrggbb`.
    #[error("a color is written #rrggbb")]
    BrandColor,
}

impl AccountSettings {
    /// How long an invitation is good for.
    pub fn invitation_lifetime(&self) -> Duration {
        Duration::from_secs(u64::from(self.invitation_days) * 24 * 60 * 60)
    }

    /// Whether the settings can be so.
    ///
    /// # Errors
    /// The first [`SettingsFault`].
    pub fn validate(&self) -> Result<(), SettingsFault> {
        if !(1..=90).contains(&self.invitation_days) {
            return Err(SettingsFault::InvitationDays);
        }
        if self.default_role.as_str() == "owner" {
            return Err(SettingsFault::OwnerByDefault);
        }
        match &self.brand_color {
            Some(color) if !is_color(color) => Err(SettingsFault::BrandColor),
            _ => Ok(()),
        }
    }
}

fn is_color(text: &str) -> bool {
    text.strip_prefix('#')
        .is_some_and(|hex| hex.len() == 6 && hex.chars().all(|c| c.is_ascii_hexdigit()))
}

/// A customer of the applications.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// Its short name in addresses, unique in the installation.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Whether it is in use.
    pub status: AccountStatus,
    /// Its one owner, as the ownership row says.
    pub owner: MemberId,
    /// What it set for itself.
    pub settings: AccountSettings,
    /// Counts its changes.
    pub version: i64,
}

/// A text that can't be the slug of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SlugFault {
    /// Not 2 to 40 characters.
    #[error("a slug has 2 to 40 characters")]
    Length,
    /// A character that is none of `a-z`, `0-9`, `-`, or a hyphen at an end or twice in a row.
    #[error("a slug has lower-case letters, digits and single hyphens between them")]
    Characters,
    /// Looks like an id, which the `account` parameter takes as well.
    #[error("a slug must not look like an id")]
    LooksLikeAnId,
    /// A word that means something else in addresses.
    #[error("this slug is reserved")]
    Reserved,
}

const RESERVED_SLUGS: [&str; 14] = [
    "account", "accounts", "admin", "api", "console", "dev", "healthz", "latchkey", "oauth2", "readyz",
    "scim", "sign-in", "sign-out", "terms",
];

/// Whether the text may be an account's slug.
///
/// # Errors
/// The first [`SlugFault`].
pub fn check_slug(slug: &str) -> Result<(), SlugFault> {
    if !(2..=40).contains(&slug.chars().count()) {
        return Err(SlugFault::Length);
    }
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let hyphens_stand_between = !slug.starts_with('-') && !slug.ends_with('-') && !slug.contains("--");
    if !slug.chars().all(allowed) || !hyphens_stand_between {
        return Err(SlugFault::Characters);
    }
    let hexadecimal = slug.chars().all(|c| c.is_ascii_hexdigit() || c == '-');
    if slug.len() == 36 && hexadecimal {
        return Err(SlugFault::LooksLikeAnId);
    }
    if RESERVED_SLUGS.contains(&slug) {
        return Err(SlugFault::Reserved);
    }
    Ok(())
}

/// Whether the text may be an account's name: something, at most 100 characters, nothing hidden.
///
/// # Errors
/// What [`crate::text::check_title`] finds.
pub fn check_name(name: &str) -> Result<(), crate::text::TextFault> {
    crate::text::check_title(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_is_plain_words_with_hyphens() {
        for good in ["acme", "acme-2", "a1", "globex-north-america"] {
            assert_eq!(check_slug(good), Ok(()), "{good}");
        }
        for bad in ["-acme", "acme-", "ac--me", "Acme", "ac_me", "äcme", "a b"] {
            assert_eq!(check_slug(bad), Err(SlugFault::Characters), "{bad}");
        }
        assert_eq!(check_slug("a"), Err(SlugFault::Length));
        assert_eq!(check_slug(&"a".repeat(41)), Err(SlugFault::Length));
        assert_eq!(check_slug("scim"), Err(SlugFault::Reserved));
    }

    #[test]
    fn a_slug_is_never_taken_for_an_id() {
        let id = "0190a2b4-7c11-7def-8a00-1234567890ab";
        assert_eq!(check_slug(id), Err(SlugFault::LooksLikeAnId));
    }

    #[test]
    fn the_usual_settings_are_sound() {
        let settings = AccountSettings::default();
        assert_eq!(settings.validate(), Ok(()));
        assert_eq!(settings.default_role.as_str(), "standard");
        assert_eq!(settings.invitation_lifetime().as_secs(), 604_800);
    }

    #[test]
    fn nobody_becomes_owner_by_default() {
        let settings = AccountSettings {
            default_role: RoleKey::new("owner").unwrap(),
            ..AccountSettings::default()
        };
        assert_eq!(settings.validate(), Err(SettingsFault::OwnerByDefault));
    }

    #[test]
    fn a_color_that_is_none_is_refused() {
        for color in ["red", "#12345", "#12345g", "123456", "#12345é"] {
            let settings = AccountSettings {
                brand_color: Some(color.to_owned()),
                ..AccountSettings::default()
            };
            assert_eq!(settings.validate(), Err(SettingsFault::BrandColor), "{color}");
        }
    }
}
