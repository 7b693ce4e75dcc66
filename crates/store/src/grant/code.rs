//! Authorization codes that were redeemed. A code itself is sealed and kept nowhere; what is kept
//! is that it was used, and what it gave (RFC 9700 section 4.5).

use std::collections::HashMap;
use std::sync::LazyLock;

use latchkey_domain::id::GrantId;
use latchkey_domain::time::Timestamp;

use crate::sql::many::Many;
use crate::sql::{DbError, Tx};
use crate::{Result, row};

/// The use of a code.
#[derive(Debug, Clone)]
pub struct Use {
    /// The code.
    pub code_id: String,
    /// What it gave.
    pub grant_id: GrantId,
    /// When nothing needs to be known of it any more.
    pub expires_at: Timestamp,
}

struct Used {
    code_id: String,
    grant_id: GrantId,
}

row!(Used { code_id, grant_id });

static USED: LazyLock<Many> = LazyLock::new(|| {
    Many::new(1, |codes| {
        format!("SELECT code_id, grant_id FROM code_use WHERE code_id IN ({codes})")
    })
});

/// Which of these codes were redeemed before, each with the grant that it gave.
pub async fn used(tx: &mut Tx, codes: &[&str]) -> Result<HashMap<String, GrantId>> {
    let mut found = HashMap::new();
    for (statement, some) in USED.of(codes) {
        let statement = some
            .iter()
            .fold(statement, |statement, code| statement.bind(*code));
        let rows: Vec<Used> = tx.all(statement).await?;
        found.extend(rows.into_iter().map(|it| (it.code_id, it.grant_id)));
    }
    Ok(found)
}

static MARK: LazyLock<Many> = LazyLock::new(|| {
    Many::new(3, |rows| {
        format!(
            "INSERT INTO code_use (code_id, grant_id, expires_at) VALUES {rows} ON CONFLICT (code_id) DO NOTHING"
        )
    })
});

/// Marks codes as redeemed, none of which was when this transaction looked. Of two transactions
/// at the same time, PostgreSQL has the second wait for the first here and run again, since it
/// can't see what it runs into.
///
/// # Errors
/// [`DbError::Other`] where one was redeemed all the same.
pub async fn mark(tx: &mut Tx, uses: &[Use]) -> Result<()> {
    for (statement, some) in MARK.of(uses) {
        let statement = some.iter().fold(statement, |statement, it| {
            statement.bind(&it.code_id).bind(&it.grant_id).bind(it.expires_at)
        });
        if tx.execute(statement).await? != some.len() as u64 {
            return Err(DbError::Other(
                "a code was used in the middle of its redemption".to_owned(),
            ));
        }
    }
    Ok(())
}
