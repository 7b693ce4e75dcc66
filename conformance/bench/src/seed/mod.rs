//! Members by the million, through the store, in statements that both databases read.

mod statements;

use latchkey_crypto::encoding::sha256_base64url;
use latchkey_crypto::token::digest;
use latchkey_domain::id::{AccountId, SessionId, UserId};
use latchkey_domain::time::Timestamp;
use latchkey_store::db::{Db, Kind};
use latchkey_store::session::{self, Session};
use latchkey_store::sql::{DbError, sql};
use latchkey_store::{account, user};
use statements::{DIRECTORY, PASSWORDS, PEOPLE, PLACES, TENANT_OWNERS, TENANT_PLACES, TENANTS};

use crate::declared::EMAIL;
use crate::failure::{Failure, Outcome};

/// Members a transaction.
const CHUNK: i64 = 100_000;
/// The first number.
const FIRST: i64 = 1;

/// Fills an account up to so many members, named `m0000001@bench.example` and on.
pub async fn members(db: &Db, slug: &str, count: i64) -> Outcome {
    let account = account(db, slug).await?;
    let mut from = 1;
    while from <= count {
        let to = count.min(from + CHUNK - 1);
        fill(db, &account, from, to).await?;
        from = to + 1;
    }
    Ok(())
}

async fn fill(db: &Db, account: &AccountId, from: i64, to: i64) -> Result<(), DbError> {
    db.write(async |tx| {
        let statement = sql(DIRECTORY).bind(from).bind(to).bind(account);
        tx.execute(statement).await?;
        Ok::<_, DbError>(())
    })
    .await
}

/// People with places in an account, who all have the password of the declared person.
pub async fn people(db: &Db, slug: &str, count: i64) -> Outcome {
    let account = account(db, slug).await?;
    let hash = password_hash(db).await?;
    place(db, &account, &hash, count).await?;
    Ok(())
}

/// Accounts `tenant-0000001` and on with fifty people each.
pub async fn tenants(db: &Db, count: i64) -> Outcome {
    let like = account(db, "bench").await?;
    let hash = password_hash(db).await?;
    make_tenants(db, &like, &hash, count).await?;
    Ok(())
}

/// The number of the person who is at this place among the fifty of a tenant; both count from 1.
pub fn tenant_person(tenant: usize, place: usize) -> usize {
    999_950 + tenant * 50 + place
}

async fn make_tenants(db: &Db, like: &AccountId, hash: &str, count: i64) -> Result<(), DbError> {
    let mut from = FIRST;
    while from <= count {
        let to = count.min(from + CHUNK / 50 - 1);
        let (first, last) = (from * 50 + 999_951, to * 50 + 1_000_000);
        db.write(async |tx| {
            tx.execute(sql(TENANTS).bind(from).bind(to).bind(like)).await?;
            for statement in PEOPLE {
                tx.execute(sql(statement).bind(first).bind(last)).await?;
            }
            tx.execute(sql(PASSWORDS).bind(first).bind(last).bind(hash))
                .await?;
            tx.execute(sql(TENANT_PLACES).bind(first).bind(last)).await?;
            tx.execute(sql(TENANT_OWNERS).bind(from).bind(to)).await?;
            Ok::<_, DbError>(())
        })
        .await?;
        from = to + 1;
    }
    Ok(())
}

/// A session for each of these people, as if they had just signed in; answers their cookies.
pub async fn sessions(db: &Db, slug: &str, people: &[usize]) -> Outcome<Vec<String>> {
    // The account was made a moment ago, so its time is near enough to now.
    let now: Timestamp = db
        .read(async |tx| {
            tx.one(sql("SELECT created_at FROM account WHERE slug = $1").bind(slug))
                .await
        })
        .await?;
    let made: Vec<(String, Session)> = people.iter().map(|&it| session_of(it, now)).collect();
    for some in made.chunks(1_000) {
        db.write(async |tx| {
            for (_, session) in some {
                session::insert(tx, session).await?;
            }
            Ok::<_, DbError>(())
        })
        .await?;
    }
    let cookie = |(secret, _)| format!("latchkey_session={secret}");
    Ok(made.into_iter().map(cookie).collect())
}

fn session_of(person: usize, now: Timestamp) -> (String, Session) {
    let secret = sha256_base64url(format!("the session of person {person}"));
    let session = Session {
        id: SessionId::new(format!("01970005-0000-7000-8000-{person:012}")),
        user_id: UserId::new(format!("01970001-0000-7000-8000-{person:012}")),
        secret_hash: digest(&secret),
        auth_time: now,
        amr: "pwd".to_owned(),
        provider: None,
        authority: "installation".to_owned(),
        user_agent: None,
        address: None,
        created_at: now,
        last_seen_at: now,
        expires_at: now.plus(std::time::Duration::from_secs(86_400)),
        ended_at: None,
    };
    (secret, session)
}

async fn place(db: &Db, account: &AccountId, hash: &str, count: i64) -> Result<(), DbError> {
    db.write(async |tx| {
        for statement in PEOPLE {
            tx.execute(sql(statement).bind(FIRST).bind(count)).await?;
        }
        tx.execute(sql(PASSWORDS).bind(FIRST).bind(count).bind(hash))
            .await?;
        tx.execute(sql(PLACES).bind(FIRST).bind(count).bind(account))
            .await?;
        Ok::<_, DbError>(())
    })
    .await
}

async fn account(db: &Db, slug: &str) -> Outcome<AccountId> {
    let found = db.read(async |tx| account::by_slug(tx, slug).await).await?;
    found
        .map(|account| account.id)
        .ok_or_else(|| Failure::new(format!("there is no account {slug}")))
}

async fn password_hash(db: &Db) -> Outcome<String> {
    let found = db.read(async |tx| {
        let Some(person) = user::by_address(tx, EMAIL).await? else {
            return Ok::<_, DbError>(None);
        };
        user::password_hash(tx, &person.id).await
    });
    found
        .await?
        .ok_or_else(|| Failure::new(format!("{EMAIL} has no password")))
}

/// Tells PostgreSQL to look at how much there is of everything, as it does by itself in time. `SQLite`
/// never does, and neither does the service.
pub async fn analyze(db: &Db) -> Outcome {
    if db.kind() == Kind::Postgres {
        db.write(async |tx| tx.execute(sql("ANALYZE")).await).await?;
    }
    Ok(())
}

/// The address of the person with this number.
pub fn address(number: usize) -> String {
    format!("p{number:07}@bench.example")
}

/// The name of the member with this number.
pub fn user_name(number: i64) -> String {
    format!("m{number:07}@bench.example")
}

#[cfg(test)]
mod tests;
