//! POST: a new member, and the invitation.

use latchkey_domain::access::AssignedSet;
use latchkey_domain::audit::Action;
use latchkey_domain::authority::{Target, check_required_set};
use latchkey_domain::id::MemberId;
use latchkey_domain::member::{Member, MemberKind, Standing};
use latchkey_domain::permission_set::PermissionSet;
use latchkey_domain::role::Role;
use latchkey_scim::Resource;
use latchkey_store::access::{self as kept, Assignment};
use latchkey_store::sql::Tx;
use serde_json::json;

use super::inviting::{self, Outcome};
use super::render::{Beside, Viewer, invited, manager_name};
use super::wanted::{Wanted, refusal};
use super::work::Work;
use crate::access::Facts;
use crate::provisioning::Result;

impl Work<'_> {
    /// Makes the member that a resource describes, and answers it with what is shown beside it;
    /// true where an invitation was posted.
    ///
    /// # Errors
    /// 409 for a name that is taken, 403 for what the token may not give, 400 for what there is
    /// not.
    pub(super) async fn create(
        &self,
        tx: &mut Tx,
        id: &MemberId,
        resource: &Resource,
        effective: bool,
    ) -> Result<(Member, Beside, bool)> {
        // There is nothing yet that could be sent again.
        let wanted = Wanted {
            resend: false,
            ..Wanted::read(resource, None)?
        };
        let role = wanted.role(tx, &self.account).await?;
        let sets = wanted.sets(tx, &self.account).await?;
        let member = self.new_member(id, &wanted, &role);
        self.check_invitable(&member, &role, &sets)?;
        inviting::check_application(tx, &self.account, (None, resource)).await?;
        // A name that is taken is refused by its unique index.
        latchkey_store::member::insert(tx, &member).await?;
        if let Some(external_id) = &wanted.external_id {
            latchkey_store::member::set_external_id(tx, &self.by.client, &member, Some(external_id)).await?;
        }
        let sets: Vec<Assignment> = sets.iter().map(|it| self.assignment(it)).collect();
        for set in &sets {
            kept::assign(tx, &self.account.id, id, set).await?;
        }
        self.record(tx, &member, &wanted, &sets).await?;
        let outcome = self.invite(tx, (None, &member), &wanted, resource).await?;
        let sent = outcome == Outcome::Sent;
        // Of somebody new nothing has to be read but what was just sent.
        let viewer = Viewer {
            app: self.app,
            by: self.by,
            effective,
        };
        let beside = Beside {
            external_id: wanted.external_id,
            role,
            sets,
            overrides: Vec::new(),
            groups: Vec::new(),
            last_sign_in: None,
            invitation: if sent { invited(tx, &member).await? } else { None },
            belongs_here: outcome == Outcome::BelongsHere,
            manager: manager_name(tx, &member).await?,
            effective: viewer.effective_permissions(tx, &self.account, &member).await?,
        };
        Ok((member, beside, sent))
    }

    async fn record(&self, tx: &mut Tx, member: &Member, wanted: &Wanted, sets: &[Assignment]) -> Result<()> {
        let sets: Vec<&str> = sets.iter().map(|it| it.name.as_str()).collect();
        self.entry(Action::MemberCreated, &member.id)
            .after(json!({
                "user_name": member.profile.user_name,
                "name": member.name(),
                "email": member.profile.email,
                "external_id": wanted.external_id,
                "role": member.role,
                "permission_sets": sets,
                "mobile_access": member.mobile_access,
                "email_reminders": member.email_reminders,
                "active": member.standing.hr_active,
            }))
            .write(self.app, tx)
            .await?;
        Ok(())
    }

    fn new_member(&self, id: &MemberId, wanted: &Wanted, role: &Role) -> Member {
        Member {
            account: self.account.id.clone(),
            id: id.clone(),
            kind: MemberKind::Person,
            user: None,
            client: None,
            role: role.key.clone(),
            // Without a word it is true, as where there is no HR system.
            standing: Standing {
                hr_active: wanted.active.unwrap_or(true),
                ..Standing::invited()
            },
            mobile_access: wanted.mobile_access,
            email_reminders: wanted.email_reminders,
            profile: wanted.profile.clone(),
            version: 1,
            created_at: self.now,
            updated_at: self.now,
        }
    }

    /// Whether the token may bring someone of this role who is given these sets.
    fn check_invitable(&self, member: &Member, role: &Role, sets: &[PermissionSet]) -> Result<()> {
        let facts = Facts {
            account: self.account.clone(),
            member: member.clone(),
            role: role.clone(),
            direct_sets: sets.iter().map(|it| self.assigned(it)).collect(),
            group_sets: Vec::new(),
            overrides: Vec::new(),
            groups: Vec::new(),
            system_account: self.is_system_account,
        };
        let given = self.when_active(&facts);
        self.authority
            .may_invite(role, &given)
            .map_err(|why| refusal("roles", &why))?;
        for set in sets {
            self.authority
                .may_give(&set.permissions)
                .map_err(|why| refusal(PERMISSION_SETS, &why))?;
        }
        let target = Target {
            account: &self.account,
            member,
            role,
        };
        check_required_set(&target, sets.len()).map_err(|why| refusal(PERMISSION_SETS, &why))?;
        Ok(())
    }

    /// A set as it is about to be assigned.
    pub(super) fn assigned(&self, set: &PermissionSet) -> AssignedSet {
        AssignedSet {
            set: set.clone(),
            by: Some(self.by.name.clone()),
            at: Some(self.now),
            expires_at: None,
        }
    }

    /// The same, as it is kept.
    pub(super) fn assignment(&self, set: &PermissionSet) -> Assignment {
        Assignment {
            set_id: set.id.clone(),
            name: set.name.clone(),
            assigned_by: self.by.name.clone(),
            assigned_at: self.now,
            expires_at: None,
        }
    }
}

/// How errors name the attribute.
pub(super) const PERMISSION_SETS: &str =
    "urn:latchkey:params:scim:schemas:extension:access:1.0:User:permissionSets";
