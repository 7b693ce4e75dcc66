//! Identifiers: one newtype per noun, so that one kind of id is never passed for another.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! identifiers {
    ($($(#[$meta:meta])* $name:ident;)*) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Takes the text as the id.
            pub fn new(id: impl Into<String>) -> Self {
                Self(id.into())
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl From<String> for $name {
            fn from(id: String) -> Self {
                Self(id)
            }
        }

        impl From<&str> for $name {
            fn from(id: &str) -> Self {
                Self(id.to_owned())
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }
    )*};
}

identifiers! {
    /// A customer of the applications: a tenant.
    AccountId;
    /// A person who can sign in; the `sub` of tokens, never used again for another person.
    UserId;
    /// A place in one account; the `id` of the SCIM `User` (RFC 7643 section 3.1).
    MemberId;
    /// What people use: the owner of one permission catalogue.
    ApplicationId;
    /// An OAuth client (RFC 6749 section 2.2).
    ClientId;
    /// An account's own named selection of permissions.
    PermissionSetId;
    /// A group of members of one account.
    GroupId;
    /// An invitation to become a member.
    InvitationId;
    /// One version of the terms of use.
    TermsId;
    /// A person's session with this installation.
    SessionId;
    /// What a person gave a client: user, member, account, client, scopes, resources.
    GrantId;
    /// A system that maintains members over SCIM; several tokens may belong to it.
    ProvisioningClientId;
    /// One bearer token of a provisioning client.
    ScimTokenId;
    /// An audit record.
    AuditId;
    /// An account's own role.
    RoleId;
    /// A transfer of ownership.
    TransferId;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_shows_the_text_it_was_made_of() {
        let id = MemberId::new("0190-a");
        assert_eq!(id.as_str(), "0190-a");
        assert_eq!(id.to_string(), "0190-a");
        assert_eq!(String::from(id), "0190-a");
    }
}
