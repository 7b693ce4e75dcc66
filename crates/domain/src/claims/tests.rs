use super::*;
use crate::examples::{acme, member, role};
use crate::role::RoleKey;

fn of(id: &str, role: &Role, permissions: &[&str], scope: &str, place: Place) -> AccessClaims {
    let (account, member) = (acme(), member(id, "manager"));
    let permissions = permissions
        .iter()
        .map(|it| PermissionId::new(*it).unwrap())
        .collect();
    let claimant = Claimant {
        account: &account,
        member: &member,
        role,
        permissions: &permissions,
        sets: &["Sales desk".to_owned()],
        groups: &["EMEA".to_owned()],
    };
    claims(&claimant, ClaimScopes::of(scope), place)
}

#[test]
fn without_the_scopes_nothing_is_said() {
    let standard = role(BuiltInRole::Standard);
    let none = of("m1", &standard, &["a:b"], "openid profile email", Place::Token);
    assert_eq!(none, AccessClaims::default());
}

#[test]
fn each_scope_gives_its_own_claims() {
    let standard = role(BuiltInRole::Standard);
    let account = of("m1", &standard, &["a:b"], "openid account", Place::Token);
    assert_eq!(account.account.unwrap().slug, "acme");
    assert_eq!(account.member.unwrap().as_str(), "m1");
    assert_eq!((account.role, account.permissions), (None, None));
    let permissions = of("m1", &standard, &["a:b"], "permissions", Place::Token);
    assert_eq!(permissions.permissions.unwrap(), ["a:b"]);
    assert_eq!(permissions.entitlements.unwrap(), ["Sales desk"]);
    assert_eq!(permissions.account, None);
    let groups = of("m1", &standard, &[], "groups", Place::Token);
    assert_eq!(groups.groups.unwrap(), ["EMEA"]);
}

#[test]
fn a_built_in_role_stands_alone_and_a_custom_one_with_its_base() {
    let standard = of("m1", &role(BuiltInRole::Standard), &[], "roles", Place::Token);
    assert_eq!(standard.role.as_deref(), Some("standard"));
    assert_eq!(standard.roles.unwrap(), ["standard"]);
    assert_eq!(standard.base_role, None);
    let lead = Role {
        key: RoleKey::new("sales_lead").unwrap(),
        name: "Sales lead".to_owned(),
        ..role(BuiltInRole::Standard)
    };
    let lead = of("m1", &lead, &[], "roles", Place::Token);
    assert_eq!(lead.role.as_deref(), Some("sales_lead"));
    assert_eq!(lead.roles.unwrap(), ["sales_lead", "standard"]);
    assert_eq!(lead.base_role.as_deref(), Some("standard"));
}

#[test]
fn only_the_accounts_word_makes_an_owner() {
    let owner = of("owner", &role(BuiltInRole::Manager), &[], "roles", Place::Token);
    assert_eq!(owner.role.as_deref(), Some("owner"));
    let pretender = of("m1", &role(BuiltInRole::Owner), &[], "roles", Place::Token);
    assert_eq!(pretender.role.as_deref(), Some("manager"));
}

#[test]
fn a_list_too_long_for_a_token_is_left_to_userinfo() {
    let standard = role(BuiltInRole::Standard);
    let many: Vec<String> = (0..400).map(|it| format!("area{it}:action")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let token = of("m1", &standard, &many, "permissions", Place::Token);
    assert_eq!((token.permissions, token.permissions_overage), (None, Some(true)));
    let info = of("m1", &standard, &many, "permissions", Place::UserInfo);
    assert_eq!(info.permissions.unwrap().len(), 400);
    assert_eq!(info.permissions_overage, None);
}

#[test]
fn the_limit_is_four_kibibytes_to_the_byte() {
    // 15 characters and 3 of JSON each, and one bracket more: 227 of them are 4,087 bytes.
    let of_length = |length: usize| "x".repeat(length);
    let mut list = vec![of_length(15); 227];
    assert_eq!(json_length(&list), 4_087);
    list.push(of_length(6));
    assert_eq!(json_length(&list), LONGEST_PERMISSIONS);
    assert_eq!(json_length(&[]), 2);
}
