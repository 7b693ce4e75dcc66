//! Part 6: an administrator changes what a member may do; the next tokens say so.

use serde_json::Value;

use super::EMAIL;
use super::walk::{self, expect_permissions};
use crate::player::browser::Browser;
use crate::player::phone::{self, Tokens};
use crate::player::play::Play;
use crate::player::wrong::{OrWrong as _, Seen, ensure};

const MANAGER: &str = "marco@acme.example";
const STANDARD: &str = "stan@acme.example";
pub(super) const NOTE: &str = "covers the northern desk until spring";

pub(super) async fn by_the_manager(play: &mut Play, tokens: Tokens, browser: &mut Browser) -> Seen<Tokens> {
    play.step("6.1 Marco grants her the export of reports");
    member(play, &["grant", EMAIL, "crm/reports:export"], &["--note", NOTE]).await?;
    play.promises.permission(EMAIL, "crm/reports:export", true);
    let tokens = phone::refresh(play, &tokens).await?;
    let page = walk::refresh(play, browser).await?;
    ensure!(
        tokens.may("reports:export") && page.html.has_id("export-report"),
        "after the refresh: {:?}, {}",
        tokens.permissions(),
        page.brief()
    );
    play.seen("in the phone's token and on the CRM's page").await?;

    play.step("6.2 Marco takes the change of contacts from her");
    member(play, &["deny", EMAIL, "crm/contacts:edit"], &[]).await?;
    play.promises.permission(EMAIL, "crm/contacts:edit", false);
    let tokens = phone::refresh(play, &tokens).await?;
    let page = walk::refresh(play, browser).await?;
    ensure!(
        !tokens.may("contacts:edit") && !page.html.has_id("edit-ada"),
        "after the refresh: {:?}, {}",
        tokens.permissions(),
        page.brief()
    );
    play.seen("not in the token; no Edit in the CRM").await?;

    refusals(play).await?;
    why(play).await?;

    play.step("6.5 Marco assigns her the permission set Sales desk");
    member(play, &["assign", EMAIL, "Sales desk"], &[]).await?;
    let tokens = phone::refresh(play, &tokens).await?;
    let page = walk::refresh(play, browser).await?;
    expect_permissions(&page, &["contacts:view", "deals:view", "reports:export"])?;
    let names = tokens.claims.get("entitlements");
    ensure!(
        names == Some(&serde_json::json!(["Sales desk"])),
        "the token's entitlements are {names:?}"
    );
    play.promises.token(&tokens.access, true, tokens.until);
    play.seen("the set, the grant, without what was taken").await?;

    batch(play).await?;
    Ok(tokens)
}

/// `latchkey member VERB … --account acme --as Marco`.
async fn member(play: &Play, what: &[&str], further: &[&str]) -> Seen {
    let arguments = with_account(what, MANAGER, further);
    play.command(&arguments).await.map(|_| ())
}

fn with_account<'a>(what: &[&'a str], actor: &'a str, further: &[&'a str]) -> Vec<&'a str> {
    let mut arguments = vec!["member"];
    arguments.extend(what);
    arguments.extend(["--account", "acme", "--as", actor]);
    arguments.extend(further);
    arguments
}

async fn refusals(play: &mut Play) -> Seen {
    play.step("6.3 nobody gives what they may not give");
    let grant = |permission| ["grant", EMAIL, permission];
    let attempts = [
        (STANDARD, grant("crm/settings:manage")),
        (MANAGER, grant("crm/invoices:view")),
        (MANAGER, ["role", EMAIL, "owner"]),
        (MANAGER, ["grant", MANAGER, "crm/contacts:edit"]),
        (MANAGER, ["role", "olivia@acme.example", "standard"]),
    ];
    let mut reasons = Vec::new();
    for (actor, what) in &attempts {
        let arguments = with_account(what, actor, &[]);
        reasons.push(play.refused(&arguments).await?);
    }
    for permission in ["crm/settings:manage", "crm/invoices:view"] {
        let explained = explain(play, EMAIL, permission).await?;
        ensure!(!explained.is_allowed, "a refused grant was made");
    }
    let first = reasons.first().cloned().unwrap_or_default();
    play.seen(&format!("{} refusals: {first}", reasons.len())).await
}

/// Why somebody has a permission or not.
pub(in crate::player) struct Explained {
    pub is_allowed: bool,
    pub reasons: Vec<String>,
}

/// What `latchkey explain` says of one permission of a member of Acme.
pub(in crate::player) async fn explain(play: &Play, email: &str, permission: &str) -> Seen<Explained> {
    let done = play
        .command(&["explain", email, permission, "--account", "acme", "--json"])
        .await?;
    let answer: Value = serde_json::from_str(&done.output)?;
    let is_it = |it: &&Value| {
        let found = it.get("permission").and_then(Value::as_str);
        found.is_some_and(|found| permission.ends_with(found) || found == permission)
    };
    let list = match &answer {
        Value::Array(list) => list.iter().find(is_it),
        one => Some(one),
    };
    let one = list.or_wrong(|| format!("{permission} is not explained: {answer}"))?;
    let allowed = one.get("allowed").and_then(Value::as_bool);
    let because = one.get("because").and_then(Value::as_array);
    Ok(Explained {
        is_allowed: allowed.or_wrong(|| format!("allowed or not? {one}"))?,
        reasons: because.into_iter().flatten().map(Value::to_string).collect(),
    })
}

async fn why(play: &mut Play) -> Seen {
    play.step("6.4 explain says why");
    let expected = [
        ("crm/reports:export", true, "Marco"),
        ("crm/contacts:edit", false, "Marco"),
        ("crm/deals:edit", true, ""),
        ("crm/invoices:view", false, ""),
    ];
    for (permission, is_allowed, named) in expected {
        let explained = explain(play, EMAIL, permission).await?;
        let reasons = explained.reasons.join(" ");
        ensure!(
            explained.is_allowed == is_allowed && !reasons.is_empty() && reasons.contains(named),
            "{permission}: allowed {}, because {reasons}",
            explained.is_allowed
        );
    }
    let explained = explain(play, EMAIL, "crm/reports:export").await?;
    let reasons = explained.reasons.join(" ");
    ensure!(
        reasons.contains(NOTE),
        "the note is not among the reasons: {reasons}"
    );
    play.seen("who, when and with which note").await
}

/// The nightly job acts for Acme by its service member.
async fn batch(play: &mut Play) -> Seen {
    play.step("6.6 the CRM's nightly job gets a token for Acme");
    let fields = [
        ("grant_type", "client_credentials"),
        ("scope", "account roles permissions"),
    ];
    let url = format!("{}/oauth2/token", play.issuer);
    let answer = play.as_client("crm-batch", &url, &fields).await?;
    let body = answer.json()?;
    let token = body.get("access_token").and_then(Value::as_str);
    let token = token.or_wrong(|| format!("no token: {}", answer.brief()))?;
    let claims = phone::payload(token)?;
    ensure!(
        claims.get("role") == Some(&Value::from("standard"))
            && claims.pointer("/account/slug") == Some(&Value::from("acme")),
        "the job's token says {claims}"
    );
    play.seen("role standard in Acme Ltd").await
}
