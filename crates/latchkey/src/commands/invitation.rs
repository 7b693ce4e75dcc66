//! `latchkey invitation VERB …`

use latchkey_app::administration::invitation::{self, Invite};
use latchkey_app::administration::{At, InvitationView};
use latchkey_app::{App, Result};

use super::place;
use crate::cli::{self, Invitation, InvitationVerb};
use crate::config::Config;
use crate::output::{Refusal, answer};
use crate::start;

/// Lists, sends, confirms or takes back invitations.
pub async fn run(config: &Config, wanted: &Invitation, json: bool) -> Result<(), Refusal> {
    let at = place::global(&wanted.place)?;
    let app = match wanted.verb {
        InvitationVerb::List => start::app_as_it_stands(config).await?,
        _ => start::app(config).await?,
    };
    let outcome = carry_out(&app, &at, &wanted.verb).await;
    app.db.close().await;
    answer(&outcome?, json, |all| {
        if all.is_empty() {
            "no invitation waits for an answer".to_owned()
        } else {
            all.iter().map(line).collect::<Vec<_>>().join("\n")
        }
    });
    Ok(())
}

async fn carry_out(app: &App, at: &At, verb: &InvitationVerb) -> Result<Vec<InvitationView>> {
    Ok(match verb {
        InvitationVerb::List => invitation::list(app, at).await?,
        InvitationVerb::Send(invite) => vec![invitation::send(app, at, &wanted(invite)).await?],
        InvitationVerb::Resend { member } => vec![invitation::resend(app, at, member).await?],
        InvitationVerb::Confirm { member } => vec![invitation::confirm(app, at, member).await?],
        InvitationVerb::Delete { member } => vec![invitation::revoke(app, at, member).await?],
    })
}

fn wanted(invite: &cli::Invite) -> Invite {
    Invite {
        given_name: invite.given_name.clone(),
        family_name: invite.family_name.clone(),
        email: invite.email.clone(),
        role: invite.role.clone(),
        permission_sets: invite.permission_sets.clone(),
        mobile_access: invite.mobile_access,
        email_reminders: invite.email_reminders,
        message: invite.message.clone(),
        language: invite.language.clone(),
        application: invite.application.clone(),
    }
}

fn line(it: &InvitationView) -> String {
    format!(
        "{:9} {:12} {:32} by {}, expires {}",
        it.status, it.role, it.address, it.inviter, it.expires_at
    )
}
