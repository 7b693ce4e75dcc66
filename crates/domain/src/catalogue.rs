//! Permission catalogues: the areas and permissions of one application. Docs: "Words".

mod changes;
mod latchkey;
mod permission;

pub use changes::{Changes, Fault};
pub use latchkey::{LATCHKEY, is_of_the_installation, latchkey, latchkey_id};
pub use permission::{Class, NotAPermission, PermissionId, QualifiedPermission};

use serde::{Deserialize, Serialize};

use crate::id::ApplicationId;

/// A screen or feature a person would recognise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Area {
    /// The part before the colon of its permissions, such as `contacts`.
    pub id: String,
    /// Its name for people.
    pub label: String,
    /// What it is, for people.
    #[serde(default)]
    pub description: String,
}

/// A named operation of an application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Permission {
    /// `area:action`.
    pub id: PermissionId,
    /// The area it belongs to.
    pub area: String,
    /// Its name for people.
    pub label: String,
    /// What it lets one do, for people.
    #[serde(default)]
    pub description: String,
    /// Which roles get it by default, and which may hold it.
    pub class: Class,
}

/// All areas and permissions of one application, in the order in which they are shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Catalogue {
    /// The application that owns it.
    pub application: ApplicationId,
    /// The areas.
    pub areas: Vec<Area>,
    /// The permissions.
    pub permissions: Vec<Permission>,
}

impl Catalogue {
    /// The permission of this id.
    pub fn permission(&self, id: &PermissionId) -> Option<&Permission> {
        self.permissions.iter().find(|it| &it.id == id)
    }

    /// The permission, if it is one of this application's.
    pub fn qualified(&self, permission: &QualifiedPermission) -> Option<&Permission> {
        if permission.application == self.application {
            self.permission(&permission.permission)
        } else {
            None
        }
    }

    /// The area of this id.
    pub fn area(&self, id: &str) -> Option<&Area> {
        self.areas.iter().find(|it| it.id == id)
    }

    /// The permission's id with this application before it.
    pub fn qualify(&self, id: &PermissionId) -> QualifiedPermission {
        QualifiedPermission {
            application: self.application.clone(),
            permission: id.clone(),
        }
    }

    /// The permissions of one area, in order.
    pub fn of_area<'a>(&'a self, area: &'a str) -> impl Iterator<Item = &'a Permission> {
        self.permissions.iter().filter(move |it| it.area == area)
    }
}
