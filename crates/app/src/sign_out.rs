//! Signing out: ends a session, and what was given within it.

use latchkey_domain::audit::{Action, Actor};
use latchkey_domain::id::SessionId;
use latchkey_store::sql::Tx;
use latchkey_store::{grant, session};

use crate::session::SignedIn;
use crate::{App, Caller, Result, audit};

/// Signs a person out of this browser.
///
/// # Errors
/// [`crate::Error::Unavailable`] without the database.
pub async fn sign_out(app: &App, person: &SignedIn, address: Option<String>) -> Result<()> {
    let caller = Caller {
        actor: Actor::User {
            user: person.user.id.clone(),
            name: person.name(),
        },
        address,
    };
    app.db
        .write(async |tx| {
            end(app, tx, &person.session.id).await?;
            audit::Entry::new(&caller, Action::SignedOut)
                .target("session", &person.session.id)
                .write(app, tx)
                .await
        })
        .await
}

/// Ends a session, each account's part in it and the grants that hang on them; those for when the
/// person is away (`offline_access`) stay (OpenID Connect Core 1.0 §11).
///
/// # Errors
/// [`crate::Error::Unavailable`] without the database.
pub async fn end(app: &App, tx: &mut Tx, id: &SessionId) -> Result<()> {
    let now = app.now();
    for part in session::parts(tx, id).await? {
        grant::revoke_of_sid(tx, &part.sid, true, "signed out", now).await?;
    }
    Ok(session::end(tx, id, now).await?)
}
