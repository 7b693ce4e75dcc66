//! Whether a catalogue is sound, and what a new one changes.

use std::collections::BTreeSet;

use serde::Serialize;

use super::permission::is_name;
use super::{Catalogue, Class, PermissionId};

/// The most areas and the most permissions of one catalogue.
const MOST: usize = 2_000;
/// The longest label, in characters.
const LONGEST_LABEL: usize = 200;

/// What is wrong with a catalogue.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The application's id can't stand before a permission.
    #[error("{0:?} is no application id: 1 to 64 lower-case letters, digits, _, - and ., a letter first")]
    Application(String),
    /// An area's id is malformed.
    #[error("{0:?} is no area id: 1 to 64 lower-case letters, digits, _, - and ., a letter first")]
    AreaId(String),
    /// Two areas have the same id.
    #[error("the area {0:?} is there twice")]
    AreaTwice(String),
    /// Two permissions have the same id.
    #[error("the permission {0} is there twice")]
    PermissionTwice(PermissionId),
    /// A permission's area is not declared, or is not the part before the colon.
    #[error("the permission {0} is not of the area {1:?}")]
    Area(PermissionId, String),
    /// A label is empty or longer than 200 characters.
    #[error("the label of {0:?} is empty or longer than 200 characters")]
    Label(String),
    /// More than 2,000 areas or permissions.
    #[error("a catalogue has at most 2000 areas and 2000 permissions")]
    TooMany,
}

/// What a new version of a catalogue changes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Changes {
    /// Permissions that were not there.
    pub added: BTreeSet<PermissionId>,
    /// Permissions that are no longer there; refused while in use, unless forced.
    pub removed: BTreeSet<PermissionId>,
    /// Permissions of another class than before: who gets them changes.
    pub reclassed: Vec<Reclassed>,
    /// Permissions and areas with other words for people.
    pub reworded: BTreeSet<String>,
}

/// A permission whose class changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reclassed {
    /// Which permission.
    pub permission: PermissionId,
    /// Its class before.
    pub from: Class,
    /// Its class from now on.
    pub to: Class,
}

impl Changes {
    /// Whether nothing changes at all.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether nobody's access can change by this.
    pub fn leaves_access_alone(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty() && self.reclassed.is_empty()
    }
}

impl Catalogue {
    /// Whether ids are well formed and unique and every permission is of a declared area.
    ///
    /// # Errors
    /// The first [`Fault`] found.
    pub fn validate(&self) -> Result<(), Fault> {
        if !is_name(self.application.as_str()) {
            return Err(Fault::Application(self.application.to_string()));
        }
        if self.areas.len() > MOST || self.permissions.len() > MOST {
            return Err(Fault::TooMany);
        }
        let mut areas = BTreeSet::new();
        for area in &self.areas {
            if !is_name(&area.id) {
                return Err(Fault::AreaId(area.id.clone()));
            }
            if !is_label(&area.label) {
                return Err(Fault::Label(area.id.clone()));
            }
            if !areas.insert(area.id.as_str()) {
                return Err(Fault::AreaTwice(area.id.clone()));
            }
        }
        let mut permissions = BTreeSet::new();
        for permission in &self.permissions {
            let area = permission.area.as_str();
            if !areas.contains(area) || permission.id.area() != area {
                return Err(Fault::Area(permission.id.clone(), area.to_owned()));
            }
            if !is_label(&permission.label) {
                return Err(Fault::Label(permission.id.to_string()));
            }
            if !permissions.insert(&permission.id) {
                return Err(Fault::PermissionTwice(permission.id.clone()));
            }
        }
        Ok(())
    }

    /// What replacing this catalogue by `new` changes.
    pub fn changes(&self, new: &Self) -> Changes {
        let mut changes = Changes::default();
        for permission in &new.permissions {
            match self.permission(&permission.id) {
                None => {
                    changes.added.insert(permission.id.clone());
                }
                Some(old) if old.class != permission.class => changes.reclassed.push(Reclassed {
                    permission: permission.id.clone(),
                    from: old.class,
                    to: permission.class,
                }),
                Some(old) if old != permission => {
                    changes.reworded.insert(permission.id.to_string());
                }
                Some(_) => {}
            }
        }
        for permission in &self.permissions {
            if new.permission(&permission.id).is_none() {
                changes.removed.insert(permission.id.clone());
            }
        }
        let all_areas = self.areas.iter().chain(&new.areas);
        for area in all_areas {
            if self.area(&area.id) != new.area(&area.id) {
                changes.reworded.insert(area.id.clone());
            }
        }
        changes
    }
}

fn is_label(label: &str) -> bool {
    !label.trim().is_empty() && label.chars().count() <= LONGEST_LABEL
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::{Area, Permission, latchkey};
    use crate::id::ApplicationId;

    fn crm() -> Catalogue {
        let permission = |id: &str, class| Permission {
            id: PermissionId::new(id).unwrap(),
            area: "contacts".to_owned(),
            label: id.to_owned(),
            description: String::new(),
            class,
        };
        Catalogue {
            application: ApplicationId::new("crm"),
            areas: vec![Area {
                id: "contacts".to_owned(),
                label: "Contacts".to_owned(),
                description: String::new(),
            }],
            permissions: vec![
                permission("contacts:view", Class::View),
                permission("contacts:edit", Class::Edit),
            ],
        }
    }

    #[test]
    fn the_same_catalogue_changes_nothing() {
        assert!(crm().changes(&crm()).is_empty());
        assert!(latchkey().changes(&latchkey()).is_empty());
    }

    #[test]
    fn added_removed_reclassed_and_reworded_are_told_apart() {
        let (old, mut new) = (crm(), crm());
        new.permissions[0].class = Class::Manage;
        new.permissions[1].id = PermissionId::new("contacts:export").unwrap();
        new.areas[0].label = "People".to_owned();
        let changes = old.changes(&new);
        assert_eq!(
            changes.added,
            BTreeSet::from([PermissionId::new("contacts:export").unwrap()])
        );
        assert_eq!(
            changes.removed,
            BTreeSet::from([PermissionId::new("contacts:edit").unwrap()])
        );
        assert_eq!(changes.reclassed[0].to, Class::Manage);
        assert_eq!(changes.reworded, BTreeSet::from(["contacts".to_owned()]));
        assert!(!changes.leaves_access_alone());
    }

    #[test]
    fn a_permission_outside_its_area_is_refused() {
        let mut catalogue = crm();
        catalogue.permissions[1].id = PermissionId::new("deals:edit").unwrap();
        assert!(matches!(catalogue.validate(), Err(Fault::Area(..))));
    }

    #[test]
    fn the_same_id_twice_is_refused() {
        let mut catalogue = crm();
        catalogue.permissions[1] = catalogue.permissions[0].clone();
        assert!(matches!(catalogue.validate(), Err(Fault::PermissionTwice(_))));
        let mut catalogue = crm();
        catalogue.areas.push(catalogue.areas[0].clone());
        assert!(matches!(catalogue.validate(), Err(Fault::AreaTwice(_))));
    }

    #[test]
    fn an_empty_label_is_refused() {
        let mut catalogue = crm();
        catalogue.permissions[0].label = " ".to_owned();
        assert!(matches!(catalogue.validate(), Err(Fault::Label(_))));
    }
}
