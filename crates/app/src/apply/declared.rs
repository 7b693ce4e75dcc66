//! The forms of declared state: what an operator writes in TOML or JSON.

use std::collections::BTreeMap;
use std::path::PathBuf;

use latchkey_domain::catalogue::Class;
use latchkey_domain::mobile::MobileRequirements;
use latchkey_oidc::metadata::ClientKind;
use serde::Deserialize;
use serde_json::Value;

use crate::Secret;

/// All that is declared.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct State {
    /// Accounts with their owners.
    pub account: Vec<Account>,
    /// Applications with their catalogues, and one client each where client metadata stands beside.
    pub application: Vec<Application>,
    /// Further clients.
    pub client: Vec<Client>,
    /// What service clients are in accounts.
    pub service_member: Vec<ServiceMember>,
    /// Permission sets.
    pub permission_set: Vec<PermissionSet>,
    /// Members.
    pub member: Vec<Member>,
    /// Tokens of HR systems.
    pub scim_token: Vec<ScimToken>,
    /// Terms of use.
    pub terms: Vec<Terms>,
}

/// An account and its first owner.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// Its key in addresses and commands.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// The owner's address.
    pub owner: String,
    /// Whether it runs the installation.
    #[serde(default)]
    pub system: bool,
    /// Whether Mobile Access is allowed at all.
    pub mobile_access: Option<bool>,
    /// What phones must meet, by platform.
    pub mobile_requirements: Option<MobileRequirements>,
    /// Whether every member needs a permission set.
    pub require_permission_set: Option<bool>,
    /// The role of members that are declared or provisioned without one.
    pub default_role: Option<String>,
    /// How many days an invitation is good.
    pub invitation_days: Option<u32>,
    /// The language of its mails and pages.
    pub language: Option<String>,
    /// Its colour, `#rrggbb`.
    pub brand_color: Option<String>,
}

/// An application.
#[derive(Debug, Deserialize)]
pub struct Application {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Slugs of the accounts that have it; `*` for all.
    #[serde(default)]
    pub accounts: Vec<String>,
    /// The file of its catalogue.
    pub catalogue: Option<PathBuf>,
    /// The catalogue, read from that file.
    #[serde(skip)]
    pub areas: Option<Vec<Area>>,
    /// Its resource identifiers, the default first.
    pub resource: Option<Vec<String>>,
    /// Removes permissions from the catalogue even where they are in use.
    #[serde(default)]
    pub force: bool,
    /// The client of the same id, where any of its keys is there.
    #[serde(flatten)]
    pub client: ClientFields,
}

/// A client of an application.
#[derive(Debug, Deserialize)]
pub struct Client {
    /// The application.
    pub application: String,
    /// `client_id`.
    pub id: String,
    /// What is known of it.
    #[serde(flatten)]
    pub fields: ClientFields,
}

/// What is declared of a client.
#[derive(Debug, Default, Deserialize)]
pub struct ClientFields {
    /// `web`, `spa`, `native` or `service`.
    pub kind: Option<ClientKind>,
    /// Its secret; left out, one is made and shown once.
    pub client_secret: Option<Secret>,
    /// A file with its secret.
    pub client_secret_file: Option<PathBuf>,
    /// Whether it skips consent; so unless said otherwise.
    pub first_party: Option<bool>,
    /// Client metadata by the names of RFC 7591 and OpenID Connect registration.
    #[serde(flatten)]
    pub metadata: BTreeMap<String, Value>,
}

impl ClientFields {
    /// Whether a client is declared at all.
    pub fn is_declared(&self) -> bool {
        self.kind.is_some() || !self.metadata.is_empty()
    }
}

/// An area of a catalogue file, with its permissions.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Area {
    /// Its id.
    pub id: String,
    /// Its label.
    pub label: String,
    /// What it is.
    #[serde(default)]
    pub description: String,
    /// Its permissions.
    #[serde(default)]
    pub permissions: Vec<Permission>,
}

/// A permission of a catalogue file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Permission {
    /// `area:action`.
    pub id: String,
    /// Its label.
    pub label: String,
    /// What it allows.
    #[serde(default)]
    pub description: String,
    /// `view`, `edit`, `manage` or `billing`.
    pub class: Class,
}

/// A catalogue file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CatalogueFile {
    /// Its areas, in the order in which people see them.
    pub area: Vec<Area>,
}

/// A service member.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceMember {
    /// The account's slug.
    pub account: String,
    /// The service client.
    pub client: String,
    /// Its role.
    pub role: String,
}

/// A permission set.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PermissionSet {
    /// The account's slug.
    pub account: String,
    /// Its name.
    pub name: String,
    /// What it is for.
    #[serde(default)]
    pub description: String,
    /// `application/area:action` each.
    pub permissions: Vec<String>,
}

/// A member.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// The account's slug.
    pub account: String,
    /// The address invited.
    pub email: String,
    /// Given name.
    #[serde(default)]
    pub given_name: String,
    /// Family name.
    #[serde(default)]
    pub family_name: String,
    /// The role; the account's default where it is left out.
    pub role: Option<String>,
    /// Names of permission sets; all of them, where the key is there.
    pub permission_sets: Option<Vec<String>>,
    /// Permissions granted to this member; all of them, where the key is there.
    pub grant: Option<Vec<String>>,
    /// Permissions denied to this member; all of them, where the key is there.
    pub deny: Option<Vec<String>>,
    /// Mobile Access.
    pub mobile_access: Option<bool>,
    /// Email Reminders.
    pub email_reminders: Option<bool>,
    /// A password, only where passwords are allowed and only for a person who is new.
    pub password: Option<Secret>,
}

/// A token of an HR system.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScimToken {
    /// The account's slug.
    pub account: String,
    /// The provisioning client's name.
    pub name: String,
    /// The token; left out, one is made and shown once.
    pub token: Option<Secret>,
    /// The highest role it may give.
    #[serde(default = "manager")]
    pub highest_role: String,
    /// The permissions it may give; left out, what that role gives.
    pub permissions: Option<Vec<String>>,
}

fn manager() -> String {
    "manager".to_owned()
}

/// A version of the terms of use in one language.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// Its version.
    pub version: String,
    /// The Markdown file.
    pub file: PathBuf,
    /// The text, read from that file.
    #[serde(skip)]
    pub text: String,
    /// Its language.
    #[serde(default = "english")]
    pub language: String,
    /// From when on it holds; now where it is left out.
    pub effective_at: Option<String>,
    /// Whether it has to be accepted.
    #[serde(default = "yes")]
    pub required: bool,
    /// The account whose own terms these are; the installation's where it is left out.
    pub account: Option<String>,
}

fn english() -> String {
    "en".to_owned()
}

const fn yes() -> bool {
    true
}
