//! `latchkey member VERB …`

use latchkey_app::administration::member::{self, Remark};
use latchkey_app::administration::{At, MemberView};
use latchkey_app::{App, Result};

use super::place;
use crate::cli::{Member, MemberVerb, Switch};
use crate::config::Config;
use crate::output::{Refusal, answer};
use crate::start;

/// Looks at members or changes one.
pub async fn run(config: &Config, wanted: &Member, json: bool) -> Result<(), Refusal> {
    let at = place::global(&wanted.place)?;
    let remark = Remark {
        note: wanted.note.as_deref(),
        until: wanted.until,
    };
    let app = match wanted.verb {
        MemberVerb::List | MemberVerb::Show { .. } => start::app_as_it_stands(config).await?,
        _ => start::app(config).await?,
    };
    let outcome = match &wanted.verb {
        MemberVerb::List => list(&app, &at).await.map(Found::All),
        verb => one(&app, &at, verb, &remark)
            .await
            .map(|it| Found::One(Box::new(it))),
    };
    app.db.close().await;
    match outcome? {
        Found::All(members) => answer(&members, json, |all| {
            all.iter().map(line).collect::<Vec<_>>().join("\n")
        }),
        Found::One(member) => answer(&member, json, |it| words(it)),
    }
    Ok(())
}

enum Found {
    All(Vec<MemberView>),
    One(Box<MemberView>),
}

async fn list(app: &App, at: &At) -> Result<Vec<MemberView>> {
    let mut all: Vec<MemberView> = Vec::new();
    loop {
        let after = all.last().map_or_else(String::new, |it| it.id.clone());
        let page = member::list(app, at, &after).await?;
        if page.is_empty() {
            return Ok(all);
        }
        all.extend(page);
    }
}

async fn one(app: &App, at: &At, verb: &MemberVerb, remark: &Remark<'_>) -> Result<MemberView> {
    match verb {
        MemberVerb::List => Err(latchkey_app::Error::bug("a list is not one member")),
        MemberVerb::Show { member } => member::show(app, at, member).await,
        MemberVerb::Role { member, role } => member::role(app, at, member, role).await,
        MemberVerb::Assign { member, set } => member::assign(app, at, member, set, remark).await,
        MemberVerb::Unassign { member, set } => member::unassign(app, at, member, set).await,
        MemberVerb::Grant { member, permission } => member::grant(app, at, member, permission, remark).await,
        MemberVerb::Deny { member, permission } => member::deny(app, at, member, permission, remark).await,
        MemberVerb::Clear { member, permission } => member::clear(app, at, member, permission).await,
        MemberVerb::Confirm { member, permission } => member::confirm(app, at, member, permission).await,
        MemberVerb::Hold { member } => {
            let reason = remark
                .note
                .ok_or_else(|| latchkey_app::Error::invalid("note", "a hold needs a reason: --note TEXT"))?;
            member::hold(app, at, member, reason).await
        }
        MemberVerb::Release { member } => member::release(app, at, member).await,
        MemberVerb::Mobile { member, switch } => {
            member::mobile_access(app, at, member, *switch == Switch::On).await
        }
        MemberVerb::Reminders { member, switch } => {
            member::email_reminders(app, at, member, *switch == Switch::On).await
        }
        MemberVerb::Remove { member } => member::remove(app, at, member).await,
    }
}

fn line(it: &MemberView) -> String {
    let email = it.email.as_deref().unwrap_or("-");
    format!("{:9} {:12} {:32} {}", it.status, it.role, email, it.name)
}

fn words(it: &MemberView) -> String {
    let switch = |on: bool| if on { "on" } else { "off" };
    let mut lines = vec![
        format!("{} <{}>", it.name, it.email.as_deref().unwrap_or("-")),
        format!("  id               {}", it.id),
        format!("  status           {}", it.status),
        format!("  role             {} ({})", it.role_name, it.role),
        format!("  mobile access    {}", switch(it.mobile_access)),
        format!("  email reminders  {}", switch(it.email_reminders)),
    ];
    if let Some(hold) = &it.hold {
        lines.push(format!(
            "  on hold          by {} on {}: {}",
            hold.by, hold.at, hold.reason
        ));
    }
    lines.extend(it.permission_sets.iter().map(|set| {
        let end = end(set.until.as_deref(), set.ended);
        format!("  permission set   {}{end}", set.name)
    }));
    lines.extend(it.overrides.iter().map(|o| {
        let asleep = if o.dormant {
            ", cut by a change of role"
        } else {
            ""
        };
        let end = end(o.until.as_deref(), o.ended);
        format!("  {:16} {}{end}{asleep}", o.effect.as_str(), o.permission)
    }));
    lines.join("\n")
}

/// Until when something counts, or that it no longer does.
fn end(until: Option<&str>, ended: bool) -> String {
    match until {
        Some(at) if ended => format!(", ended {at}: counts for nothing"),
        Some(at) => format!(", until {at}"),
        None => String::new(),
    }
}
