//! The rows that provisioning one member leaves behind, written with nothing around them: the member,
//! the HR system's id for it, and the audit record with its values.

use latchkey_domain::id::{AccountId, MemberId, ProvisioningClientId};
use latchkey_domain::member::{Member, MemberKind, Profile, Standing};
use latchkey_domain::role::BuiltInRole;
use latchkey_domain::time::Timestamp;
use latchkey_store::audit::{self, Record, RecordValue};
use latchkey_store::db::Db;
use latchkey_store::member;
use latchkey_store::sql::{DbError, Tx, sql};

pub const ACCOUNT: &str = "00000000-0000-7000-8000-000000000001";
const CLIENT: &str = "00000000-0000-7000-8000-000000000002";
const NOW: Timestamp = Timestamp::from_millis(1_790_000_000_000);
/// The values that the audit record of a provisioned member has.
const VALUES: [&str; 4] = ["actor", "address", "after", "via"];

/// An id that looks like one, in the order of its number.
pub fn id(kind: i64, number: i64) -> String {
    format!("{kind:08x}-0000-7000-8000-{number:012x}")
}

/// The account and the provisioning client that the rows refer to.
pub async fn make_account(db: &Db) -> Result<(), DbError> {
    db.write(async |tx| {
        tx.execute(
            sql("INSERT INTO account (id, slug, name, status, mobile_access, mobile_requirements,
                     require_permission_set, default_role, invitation_days, provisioning, version, created_at)
                 VALUES ($1, 'reference', 'Reference', 'active', TRUE, '{}', FALSE, 'standard', 7, 'invite', 1, $2)
                 ON CONFLICT (id) DO NOTHING")
            .bind(ACCOUNT)
            .bind(NOW),
        )
        .await?;
        tx.execute(
            sql("INSERT INTO provisioning_client (account_id, id, name, created_at) VALUES ($1, $2, 'hr', $3)
                 ON CONFLICT (account_id, id) DO NOTHING")
            .bind(ACCOUNT)
            .bind(CLIENT)
            .bind(NOW),
        )
        .await?;
        Ok(())
    })
    .await
}

/// One member, in one transaction whose races nobody has to settle.
pub async fn write(db: &Db, number: i64) -> Result<(), DbError> {
    let member = made(number);
    let external_id = format!("hr-{number}");
    db.write_settled(async |tx| {
        member::insert(tx, &member).await?;
        member::set_external_id(
            tx,
            &ProvisioningClientId::new(CLIENT),
            &member,
            Some(&external_id),
        )
        .await?;
        append(tx, number).await
    })
    .await
}

async fn append(tx: &mut Tx, number: i64) -> Result<(), DbError> {
    let digest = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE";
    let values: Vec<RecordValue> = VALUES
        .iter()
        .map(|name| RecordValue {
            name: (*name).to_owned(),
            digest: digest.to_owned(),
            value: Some(document(number)),
        })
        .collect();
    let record = Record {
        id: id(4, number),
        chain: ACCOUNT.to_owned(),
        at: NOW,
        actor_kind: "provisioning".to_owned(),
        actor_id: Some(CLIENT.to_owned()),
        action: "member.created".to_owned(),
        target: Some("member".to_owned()),
        target_id: Some(id(3, number)),
        salt: "c2FsdCBzYWx0IHNhbHQgIQ".to_owned(),
        digest: digest.to_owned(),
        value_list: RecordValue::list(&values).map_err(|error| DbError::Other(error.to_string()))?,
        position: None,
        link: None,
    };
    audit::append(tx, &[record]).await
}

fn made(number: i64) -> Member {
    Member {
        account: AccountId::new(ACCOUNT),
        id: MemberId::new(id(3, number)),
        kind: MemberKind::Person,
        user: None,
        client: None,
        role: BuiltInRole::Standard.key(),
        standing: Standing::invited(),
        mobile_access: false,
        email_reminders: false,
        profile: Profile {
            user_name: format!("reference-{number}@bench.example"),
            email: Some(format!("reference-{number}@bench.example")),
            given_name: "Renate".to_owned(),
            family_name: format!("Reference {number}"),
            display_name: None,
            document: document(number),
        },
        version: 1,
        created_at: NOW,
        updated_at: NOW,
    }
}

fn document(number: i64) -> String {
    format!(
        r#"{{"emails":[{{"primary":true,"type":"work","value":"reference-{number}@bench.example"}}],"title":"Clerk"}}"#
    )
}
