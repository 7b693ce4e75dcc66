//! Which schemas a kind of resource has, and what a name means on it (RFC 7643 section 6).

use super::{
    ACCESS, Attribute, ENTERPRISE_USER, GROUP, INVITATION, PERMISSION_SET, Schema, USER, by_id, common,
};
use crate::name::AttributePath;

/// A kind of resource.
#[derive(Debug, Clone, Copy)]
pub struct ResourceType {
    /// The name, as `meta.resourceType` has it.
    pub name: &'static str,
    /// The path below the base URL, such as `/Users`.
    pub endpoint: &'static str,
    /// What the resources are.
    pub description: &'static str,
    /// The URN of the core schema.
    pub core: &'static str,
    /// The URNs of the extensions, none of them required.
    pub extensions: &'static [&'static str],
}

/// A member of the token's account.
pub const USERS: ResourceType = ResourceType {
    name: "User",
    endpoint: "/Users",
    description: "The members of the account that the token belongs to.",
    core: USER,
    extensions: &[ENTERPRISE_USER, ACCESS, INVITATION],
};

/// A group of the account.
pub const GROUPS: ResourceType = ResourceType {
    name: "Group",
    endpoint: "/Groups",
    description: "The groups of the account that the token belongs to.",
    core: GROUP,
    extensions: &[],
};

/// A permission set of the account.
pub const PERMISSION_SETS: ResourceType = ResourceType {
    name: "PermissionSet",
    endpoint: "/PermissionSets",
    description: "The permission sets of the account that the token belongs to.",
    core: PERMISSION_SET,
    extensions: &[],
};

/// What a name means.
#[derive(Debug, Clone, Copy)]
pub enum Target<'a> {
    /// A whole extension.
    Extension(&'a Schema),
    /// An attribute or sub-attribute.
    Attribute(Resolved<'a>),
}

/// An attribute that a name means.
#[derive(Debug, Clone, Copy)]
pub struct Resolved<'a> {
    /// The extension that it belongs to; none for the core schema and the common attributes.
    pub extension: Option<&'a Schema>,
    /// The attribute at the top level of the schema.
    pub attribute: &'a Attribute,
    /// The sub-attribute, where one is named.
    pub sub: Option<&'a Attribute>,
}

impl<'a> Resolved<'a> {
    /// The attribute that holds the value: the sub-attribute where one is named.
    #[must_use]
    pub fn leaf(&self) -> &'a Attribute {
        self.sub.unwrap_or(self.attribute)
    }

    /// The canonical spelling, with the extension's URN where it belongs to one.
    #[must_use]
    pub fn path(&self) -> String {
        let mut path = spelled(self.extension, self.attribute);
        if let Some(sub) = self.sub {
            path.push('.');
            path.push_str(&sub.name);
        }
        path
    }
}

pub(crate) fn spelled(extension: Option<&Schema>, attribute: &Attribute) -> String {
    match extension {
        Some(schema) => format!("{}:{}", schema.id, attribute.name),
        None => attribute.name.clone(),
    }
}

impl ResourceType {
    /// The members of the account.
    #[must_use]
    pub fn users() -> &'static Self {
        &USERS
    }

    /// The core schema.
    #[must_use]
    pub fn core_schema(&self) -> Option<&'static Schema> {
        by_id(self.core)
    }

    /// The extensions' schemas.
    pub fn extension_schemas(&self) -> impl Iterator<Item = &'static Schema> {
        self.extensions.iter().filter_map(|id| by_id(id))
    }

    /// The extension with that URN, in any case.
    #[must_use]
    pub fn extension(&self, id: &str) -> Option<&'static Schema> {
        self.extension_schemas()
            .find(|schema| schema.id.eq_ignore_ascii_case(id))
    }

    /// The attribute of the core schema or common to all resources, in any case.
    #[must_use]
    pub fn core_attribute(&self, name: &str) -> Option<&'static Attribute> {
        self.core_schema()
            .and_then(|schema| schema.attribute(name))
            .or_else(|| common().attribute(name))
    }

    /// What the name means on these resources; none if there is no such attribute.
    #[must_use]
    pub fn resolve(&self, path: &AttributePath) -> Option<Target<'static>> {
        if let Some(schema) = path.as_urn().and_then(|urn| self.extension(&urn)) {
            return Some(Target::Extension(schema));
        }
        self.attribute(path).map(Target::Attribute)
    }

    /// The attribute that the name means; none if there is no such attribute or it is an extension.
    #[must_use]
    pub fn attribute(&self, path: &AttributePath) -> Option<Resolved<'static>> {
        let (extension, attribute) = match &path.schema {
            Some(urn) if !urn.eq_ignore_ascii_case(self.core) => {
                let schema = self.extension(urn)?;
                (Some(schema), schema.attribute(&path.attribute)?)
            }
            _ => (None, self.core_attribute(&path.attribute)?),
        };
        let sub = match &path.sub {
            Some(name) => Some(attribute.sub(name)?),
            None => None,
        };
        Some(Resolved {
            extension,
            attribute,
            sub,
        })
    }

    /// Every attribute with the extension it belongs to: common, core, extensions.
    pub fn attributes(&self) -> impl Iterator<Item = (Option<&'static Schema>, &'static Attribute)> {
        let core = self.core_schema().into_iter();
        let plain = std::iter::once(common())
            .chain(core)
            .flat_map(|schema| schema.attributes.iter().map(|attribute| (None, attribute)));
        let extended = self
            .extension_schemas()
            .flat_map(|schema| schema.attributes.iter().map(move |a| (Some(schema), a)));
        plain.chain(extended)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path_of(text: &str) -> Option<String> {
        match USERS.resolve(&AttributePath::parse(text).unwrap())? {
            Target::Extension(schema) => Some(schema.id.clone()),
            Target::Attribute(resolved) => Some(resolved.path()),
        }
    }

    #[test]
    fn names_are_found_in_any_case_with_and_without_their_urn() {
        assert_eq!(path_of("USERNAME").as_deref(), Some("userName"));
        assert_eq!(path_of("Name.GIVENNAME").as_deref(), Some("name.givenName"));
        assert_eq!(path_of("meta.LastModified").as_deref(), Some("meta.lastModified"));
        assert_eq!(
            path_of("URN:ietf:params:scim:schemas:CORE:2.0:User:userName").as_deref(),
            Some("userName")
        );
    }

    #[test]
    fn an_extension_is_found_as_a_whole_and_by_its_attributes() {
        assert_eq!(path_of(ENTERPRISE_USER).as_deref(), Some(ENTERPRISE_USER));
        let manager = format!("{ENTERPRISE_USER}:manager.value");
        assert_eq!(path_of(&manager.to_lowercase()), Some(manager));
    }

    #[test]
    fn an_extension_attribute_without_its_urn_is_not_found() {
        assert_eq!(path_of("department"), None);
        assert_eq!(path_of("urn:example:nothing:userName"), None);
        assert_eq!(path_of("userName.value"), None);
        assert_eq!(path_of("emails.nothing"), None);
    }
}
