use latchkey_domain::id::{AccountId, MemberId};
use latchkey_domain::invitation::Inviter;
use latchkey_domain::member::{MemberKind, Profile, Standing};
use latchkey_domain::overrides::Effect;
use latchkey_scim::put;
use latchkey_scim::resource::{Policy, canonicalize};

use super::*;
use crate::invitation::DeliveryState;

const NOW: Timestamp = Timestamp(1_793_577_600_000);
const BASE: &str = "https://id.example/scim/v2";

fn member() -> Member {
    Member {
        account: AccountId::new("acme"),
        id: MemberId::new("m1"),
        kind: MemberKind::Person,
        user: None,
        client: None,
        role: BuiltInRole::Standard.key(),
        standing: Standing::invited(),
        mobile_access: true,
        email_reminders: false,
        profile: Profile {
            user_name: "ana".to_owned(),
            email: None,
            given_name: "Ana".to_owned(),
            family_name: "Lima".to_owned(),
            display_name: None,
            document: json!({ ENTERPRISE_USER: {"manager": {"value": "m2"}} }).to_string(),
        },
        version: 3,
        created_at: NOW,
        updated_at: NOW,
    }
}

fn beside() -> Beside {
    Beside {
        external_id: Some("e1".to_owned()),
        role: Role::built_in(BuiltInRole::Standard),
        sets: vec![Assignment {
            set_id: "s1".to_owned().into(),
            name: "Sales desk".to_owned(),
            assigned_by: "hr".to_owned(),
            assigned_at: NOW,
            expires_at: None,
        }],
        overrides: vec![Override {
            permission: "crm/deals:edit".parse().unwrap(),
            effect: Effect::Deny,
            note: Some("left the pilot".to_owned()),
            by: None,
            at: NOW,
            expires_at: None,
            dormant: false,
        }],
        groups: vec![("g1".to_owned().into(), "EMEA".to_owned())],
        last_sign_in: None,
        invitation: None,
        belongs_here: false,
        manager: Some("Max Power".to_owned()),
        effective: None,
    }
}

fn invited(state: InvitationState) -> (Invitation, Vec<Delivery>) {
    let invitation = Invitation {
        account: AccountId::new("acme"),
        id: "i1".to_owned().into(),
        member: MemberId::new("m1"),
        address: "ana@x.example".to_owned(),
        state,
        inviter: Inviter::Operator { label: String::new() },
        message: None,
        language: None,
        application: None,
        created_at: NOW,
        sent_at: Some(NOW),
        expires_at: Timestamp(NOW.millis() + 1),
        accepted_at: None,
        revoked_at: None,
        resends: 0,
        awaiting_confirmation: false,
        version: 1,
    };
    let failed = Delivery {
        state: DeliveryState::Failed,
        at: NOW,
        server_said: Some("550 no".to_owned()),
    };
    (invitation, vec![failed])
}

#[test]
fn a_member_is_shown_with_all_that_belongs_to_it() {
    let shown = rendered(&member(), &beside(), BASE, NOW).to_json();
    assert_eq!(
        shown["roles"],
        json!([{"value": "standard", "display": "Standard", "primary": true}])
    );
    assert_eq!(
        shown["entitlements"],
        json!([{"value": "s1", "display": "Sales desk"}])
    );
    assert_eq!(
        shown["groups"],
        json!([{"value": "g1", "display": "EMEA", "type": "direct"}])
    );
    assert_eq!(
        (&shown["externalId"], &shown["active"]),
        (&json!("e1"), &json!(true))
    );
    assert_eq!(
        shown[ENTERPRISE_USER]["manager"],
        json!({"value": "m2", "displayName": "Max Power", "$ref": "https://id.example/scim/v2/Users/m2"})
    );
    assert_eq!(
        shown[ACCESS],
        json!({
            "permissionSets": [{"value": "s1", "display": "Sales desk"}],
            "overrides": [{"permission": "crm/deals:edit", "effect": "deny", "note": "left the pilot"}],
            "mobileAccess": true, "emailReminders": false, "status": "invited",
        })
    );
    assert_eq!(shown["meta"]["version"], "W/\"3\"");
    assert_eq!(shown["meta"]["location"], "https://id.example/scim/v2/Users/m1");
    assert_eq!(shown["schemas"].as_array().unwrap().len(), 4);
}

#[test]
fn the_status_says_why_nothing_was_sent() {
    let status = |member: &Member| {
        rendered(member, &beside(), BASE, NOW).to_json()[INVITATION]["status"]
            .as_str()
            .map(str::to_owned)
    };
    assert_eq!(
        status(&member()).as_deref(),
        Some("not sent: the user has no email address")
    );
    let mut inactive = member();
    inactive.standing.hr_active = false;
    assert_eq!(
        status(&inactive).as_deref(),
        Some("not sent: the user is not active")
    );
    let mut unsent = member();
    unsent.profile.email = Some("ana@x.example".to_owned());
    unsent.profile.document = json!({ INVITATION: {"send": false} }).to_string();
    assert_eq!(status(&unsent).as_deref(), Some("not sent: send is false"));
    let known = Member {
        profile: Profile {
            email: Some("ana@x.example".to_owned()),
            ..member().profile
        },
        ..member()
    };
    let here = Beside {
        belongs_here: true,
        ..beside()
    };
    let shown = rendered(&known, &here, BASE, NOW).to_json();
    assert_eq!(
        shown[INVITATION]["status"],
        "not sent: the address belongs to a member of this account already"
    );
    let accepted = Member {
        standing: Standing::accepted(NOW),
        ..member()
    };
    assert_eq!(status(&accepted), None);
}

#[test]
fn an_invitation_is_shown_with_what_became_of_its_mail() {
    let beside = Beside {
        invitation: Some(invited(InvitationState::Pending)),
        ..beside()
    };
    let shown = rendered(&member(), &beside, BASE, NOW).to_json();
    assert_eq!(
        shown[INVITATION]["deliveries"],
        json!([{"recipient": "ana@x.example", "status": "failed", "at": NOW.rfc3339(), "detail": "550 no"}])
    );
    assert_eq!(shown[INVITATION]["status"], "pending");
    let late = rendered(&member(), &beside, BASE, Timestamp(NOW.millis() + 1)).to_json();
    assert_eq!(late[INVITATION]["status"], "expired");
}

#[test]
fn what_is_read_can_be_put_back_and_changes_nothing() {
    let mut unsent = member();
    unsent.profile.email = Some("ana@x.example".to_owned());
    unsent.profile.document =
        json!({ INVITATION: {"send": false, "message": "Hi"}, "title": "Clerk" }).to_string();
    let current = rendered(&unsent, &beside(), BASE, NOW);
    let Value::Object(mut body) = current.to_json() else {
        panic!()
    };
    // Nobody reads `send`, so nobody sends it back.
    body.get_mut(INVITATION)
        .unwrap()
        .as_object_mut()
        .unwrap()
        .remove("send");
    let incoming = canonicalize(body, &USERS, &Policy::default()).unwrap();
    let after = put::replace(&current, &incoming, &USERS).unwrap();
    let kept = directory::kept(&after, None).unwrap();
    assert_eq!(kept, directory::kept(&current, None).unwrap());
    assert_eq!(
        directory::difference((&unsent.profile, &kept), (&current, &after)),
        None
    );
    assert_eq!(user::access(&after).permission_sets, Some(vec!["s1".to_owned()]));
}
