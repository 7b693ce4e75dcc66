//! Members by the million, through the store, in statements that both databases read.

use latchkey_domain::id::AccountId;
use latchkey_store::account;
use latchkey_store::db::Db;
use latchkey_store::sql::{DbError, sql};

use crate::failure::{Failure, Outcome};

/// Members a transaction.
const CHUNK: i64 = 100_000;

/// Members of account `$1` with the numbers from `$2` to `$3`.
const FILL: &str = "
    WITH RECURSIVE number (n) AS (
        SELECT CAST($2 AS BIGINT) UNION ALL SELECT n + 1 FROM number WHERE n < $3
    ), name (n, digits) AS (
        SELECT n, SUBSTR('0000000' || CAST(n AS TEXT), LENGTH(CAST(n AS TEXT)) + 1) FROM number
    )
    INSERT INTO member (account_id, id, kind, role, hr_active, mobile_access, email_reminders, user_name,
        user_name_folded, email, email_folded, given_name, family_name, sort_name_folded, profile, version,
        created_at, updated_at)
    SELECT $1, '01970000-0000-7000-8000-00000' || digits, 'person', 'standard', TRUE, FALSE, FALSE,
        'm' || digits || '@bench.example', 'm' || digits || '@bench.example', 'm' || digits || '@bench.example',
        'm' || digits || '@bench.example', 'Mara', digits, 'mara ' || digits, '{}', 1, 1790000000000, 1790000000000
    FROM name";

/// Fills an account up to so many members, named `m0000001@bench.example` and on.
pub async fn members(db: &Db, slug: &str, count: i64) -> Outcome {
    let found = db.read(async |tx| account::by_slug(tx, slug).await).await?;
    let account = found.ok_or_else(|| Failure::new(format!("there is no account {slug}")))?;
    let mut from = 1;
    while from <= count {
        let to = count.min(from + CHUNK - 1);
        fill(db, &account.id, from, to).await?;
        from = to + 1;
    }
    Ok(())
}

/// The members with these numbers, in one transaction.
async fn fill(db: &Db, account: &AccountId, from: i64, to: i64) -> Result<(), DbError> {
    db.write(async |tx| {
        let statement = sql(FILL).bind(account).bind(from).bind(to);
        tx.execute(statement).await?;
        Ok::<_, DbError>(())
    })
    .await
}

/// Tells the database to look at how much there is of everything, as it does by itself in time.
pub async fn analyze(db: &Db) -> Outcome {
    db.write(async |tx| tx.execute(sql("ANALYZE")).await)
        .await?;
    Ok(())
}

/// The name of the member with this number.
pub fn user_name(number: i64) -> String {
    format!("m{number:07}@bench.example")
}

#[cfg(test)]
mod tests {
    use latchkey_store::member;
    use latchkey_testkit::on_both_databases;

    use super::*;
    use crate::rows_of_member;

    on_both_databases!(members_are_made_and_found_by_name, async |db| {
        rows_of_member::make_account(db).await.unwrap();
        let account = AccountId::new(rows_of_member::ACCOUNT);
        fill(db, &account, 1, 120).await.unwrap();
        fill(db, &account, 121, 150).await.unwrap();
        analyze(db).await.unwrap();
        let counted = db.read(async |tx| member::count(tx, &account).await).await;
        assert_eq!(counted, Ok(150));
        let name = user_name(150);
        let found = db
            .read(async |tx| member::by_user_name(tx, &account, &name).await)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(found.id.as_str(), "01970000-0000-7000-8000-000000000150");
    });

    on_both_databases!(the_rows_of_one_member_fit_the_schema, async |db| {
        rows_of_member::make_account(db).await.unwrap();
        for number in 1..=3 {
            rows_of_member::write(db, number).await.unwrap();
        }
        let account = AccountId::new(rows_of_member::ACCOUNT);
        let counted = db.read(async |tx| member::count(tx, &account).await).await;
        assert_eq!(counted, Ok(3));
    });
}
