//! An account with its owner and members, for tests of repositories.

use latchkey_domain::account::{Account, AccountSettings, AccountStatus};
use latchkey_domain::id::{AccountId, MemberId};
use latchkey_domain::member::{Member, MemberKind, Profile, Standing};
use latchkey_domain::role::BuiltInRole;
use latchkey_domain::time::Timestamp;
use latchkey_store::db::Db;
use latchkey_store::{account, member};

/// When everything in these tests happens.
pub const NOW: Timestamp = Timestamp(1_790_000_000_000);

/// A member, not kept yet.
pub fn new_member(account: &AccountId, id: &str) -> Member {
    Member {
        account: account.clone(),
        id: MemberId::new(id),
        kind: MemberKind::Person,
        user: None,
        client: None,
        role: BuiltInRole::Manager.key(),
        standing: Standing::accepted(NOW),
        mobile_access: false,
        email_reminders: false,
        profile: Profile {
            user_name: format!("{id}@acme.example"),
            email: Some(format!("{id}@acme.example")),
            given_name: "Ada".to_owned(),
            family_name: "Quist".to_owned(),
            display_name: None,
            document: "{}".to_owned(),
        },
        version: 1,
        created_at: NOW,
        updated_at: NOW,
    }
}

/// Keeps an account whose first member owns it, and answers it.
pub async fn account_of(db: &Db, slug: &str, members: &[&str]) -> Account {
    let new = Account {
        id: AccountId::new(format!("account-{slug}")),
        slug: slug.to_owned(),
        name: slug.to_owned(),
        status: AccountStatus::Active,
        owner: MemberId::new(*members.first().unwrap()),
        settings: AccountSettings::default(),
        version: 1,
    };
    db.write(async |tx| {
        account::insert(tx, &new, NOW).await?;
        for id in members {
            member::insert(tx, &new_member(&new.id, id)).await?;
        }
        account::set_owner(tx, &new.id, &new.owner, NOW).await
    })
    .await
    .unwrap();
    let found = db
        .read(async |tx| account::find(tx, &new.id).await)
        .await
        .unwrap();
    assert_eq!(found.as_ref(), Some(&new));
    new
}
