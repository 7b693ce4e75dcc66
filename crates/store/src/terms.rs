//! Terms of use and who accepted which.

use std::collections::BTreeMap;

use latchkey_domain::id::{AccountId, TermsId, UserId};
use latchkey_domain::terms::{Acceptance, Terms};
use latchkey_domain::time::Timestamp;

use crate::sql::{Tx, sql};
use crate::{Result, row};

struct Head {
    id: TermsId,
    account_id: Option<AccountId>,
    version: String,
    required: bool,
    effective_at: Timestamp,
}

row!(Head {
    id,
    account_id,
    version,
    required,
    effective_at
});

struct Text {
    language: String,
    body: String,
}

row!(Text { language, body });

struct Accepted {
    user_id: UserId,
    terms_id: TermsId,
    language: String,
    digest: String,
    accepted_at: Timestamp,
    address: Option<String>,
}

row!(Accepted {
    user_id,
    terms_id,
    language,
    digest,
    accepted_at,
    address
});

/// Publishes a version in one language; the same version in a further language adds a text.
pub async fn publish(tx: &mut Tx, terms: &Terms, language: &str, digest: &str, now: Timestamp) -> Result<()> {
    tx.execute(
        sql(
            "INSERT INTO terms (id, account_id, version, required, effective_at, created_at)
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO NOTHING",
        )
        .bind(&terms.id)
        .bind(terms.account.as_ref())
        .bind(terms.version.as_str())
        .bind(terms.required)
        .bind(terms.effective_at)
        .bind(now),
    )
    .await?;
    tx.execute(
        sql("INSERT INTO terms_text (terms_id, language, body, digest) VALUES ($1, $2, $3, $4)")
            .bind(&terms.id)
            .bind(language)
            .bind(terms.texts.get(language).map(String::as_str))
            .bind(digest),
    )
    .await?;
    Ok(())
}

/// The terms of the installation and, where one is named, of an account.
pub async fn applicable(tx: &mut Tx, account: Option<&AccountId>) -> Result<Vec<Terms>> {
    let heads: Vec<Head> = tx
        .all(
            sql("SELECT id, account_id, version, required, effective_at FROM terms
                 WHERE account_id IS NULL OR account_id = $1 ORDER BY effective_at, id")
            .bind(account),
        )
        .await?;
    let mut found = Vec::with_capacity(heads.len());
    for head in heads {
        found.push(with_texts(tx, head).await?);
    }
    Ok(found)
}

/// As [`applicable`], without the texts: enough to tell what is outstanding.
pub async fn heads(tx: &mut Tx, account: Option<&AccountId>) -> Result<Vec<Terms>> {
    let heads: Vec<Head> = tx
        .all(
            sql("SELECT id, account_id, version, required, effective_at FROM terms
                 WHERE account_id IS NULL OR account_id = $1 ORDER BY effective_at, id")
            .bind(account),
        )
        .await?;
    Ok(heads
        .into_iter()
        .map(|head| of_head(head, BTreeMap::new()))
        .collect())
}

/// Which versions a person has accepted.
pub async fn accepted(tx: &mut Tx, user: &UserId) -> Result<Vec<TermsId>> {
    tx.all(sql("SELECT terms_id FROM terms_acceptance WHERE user_id = $1").bind(user))
        .await
}

fn of_head(head: Head, texts: BTreeMap<String, String>) -> Terms {
    Terms {
        id: head.id,
        account: head.account_id,
        version: head.version,
        required: head.required,
        effective_at: head.effective_at,
        texts,
    }
}

/// The terms of this version, of the installation or of an account.
pub async fn by_version(tx: &mut Tx, account: Option<&AccountId>, version: &str) -> Result<Option<Terms>> {
    let head: Option<Head> = tx
        .optional(
            sql("SELECT id, account_id, version, required, effective_at FROM terms
                 WHERE account_id IS NOT DISTINCT FROM $1 AND version = $2")
            .bind(account)
            .bind(version),
        )
        .await?;
    match head {
        Some(head) => Ok(Some(with_texts(tx, head).await?)),
        None => Ok(None),
    }
}

async fn with_texts(tx: &mut Tx, head: Head) -> Result<Terms> {
    let texts: Vec<Text> = tx
        .all(sql("SELECT language, body FROM terms_text WHERE terms_id = $1").bind(&head.id))
        .await?;
    Ok(Terms {
        id: head.id,
        account: head.account_id,
        version: head.version,
        required: head.required,
        effective_at: head.effective_at,
        texts: texts
            .into_iter()
            .map(|it| (it.language, it.body))
            .collect::<BTreeMap<_, _>>(),
    })
}

/// What a person has accepted.
pub async fn acceptances(tx: &mut Tx, user: &UserId) -> Result<Vec<Acceptance>> {
    let rows: Vec<Accepted> = tx
        .all(
            sql(
                "SELECT user_id, terms_id, language, digest, accepted_at, address FROM terms_acceptance
                 WHERE user_id = $1 ORDER BY accepted_at",
            )
            .bind(user),
        )
        .await?;
    Ok(rows
        .into_iter()
        .map(|it| Acceptance {
            user: it.user_id,
            terms: it.terms_id,
            language: it.language,
            digest: it.digest,
            accepted_at: it.accepted_at,
            address: it.address,
        })
        .collect())
}

/// Records an acceptance; the first one of a version stands.
pub async fn accept(tx: &mut Tx, acceptance: &Acceptance) -> Result<()> {
    tx.execute(
        sql(
            "INSERT INTO terms_acceptance (user_id, terms_id, language, digest, accepted_at, address)
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (user_id, terms_id) DO NOTHING",
        )
        .bind(&acceptance.user)
        .bind(&acceptance.terms)
        .bind(acceptance.language.as_str())
        .bind(acceptance.digest.as_str())
        .bind(acceptance.accepted_at)
        .bind(acceptance.address.as_deref()),
    )
    .await?;
    Ok(())
}
