//! Part 2: the HR system makes a member over SCIM, who is thereby invited.

use axum::http::{Method, header};
use serde_json::{Value, json};

use super::EMAIL;
use crate::player::mail::{self, Mail};
use crate::player::play::Play;
use crate::player::wrong::{OrWrong as _, Seen, ensure};
use crate::state::Scim;

pub(super) const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
pub(super) const ACCESS: &str = "urn:latchkey:params:scim:schemas:extension:access:1.0:User";
pub(super) const INVITATION: &str = "urn:latchkey:params:scim:schemas:extension:invitation:1.0:User";

/// A member just made, and the invitation's link.
pub(super) struct Hired {
    pub hr: Scim,
    pub id: String,
    pub link: String,
}

/// Acme's HR system makes Nadia.
pub(super) async fn by_acme(play: &mut Play) -> Seen<Hired> {
    let hr = play.hr("acme")?;

    play.step("2.1 Acme's HR makes Nadia over SCIM");
    let id = create(play, &hr, "hr-1001").await?;
    play.promises.member(&hr, &id, &status(), Value::from("invited"));
    play.promises
        .member(&hr, &id, &access("mobileAccess"), Value::from(false));
    play.promises
        .member(&hr, &id, &access("emailReminders"), Value::from(true));
    play.seen("201, the member is invited").await?;

    play.step("2.2 the same person is not made twice");
    let answer = play
        .scim(&hr, Method::POST, "/Users", Some(&person("hr-1002")))
        .await?;
    let body = answer.json()?;
    ensure!(
        answer.status == 409 && body.get("scimType") == Some(&Value::from("uniqueness")),
        "409 uniqueness was expected, not {}",
        answer.brief()
    );
    play.seen("409 uniqueness").await?;

    play.step("2.3 the invitation is mailed");
    let mail = mail::wait_for(play, EMAIL, "/invitation/", "").await?;
    let link = mail.link(&play.issuer, "/invitation/")?;
    ensure!(
        mail.text.contains("Acme Ltd") && mail.html.contains("Acme Ltd"),
        "the mail does not say who invites"
    );
    let what = format!("“{}” to {}, text and HTML", mail.subject, mail.to);
    play.promises.mail(mail);
    play.seen(&what).await?;
    Ok(Hired { hr, id, link })
}

/// Makes Nadia in an account and answers the member's id.
pub(super) async fn create(play: &Play, hr: &Scim, external_id: &str) -> Seen<String> {
    let body = person(external_id);
    let answer = play.scim(hr, Method::POST, "/Users", Some(&body)).await?;
    ensure!(answer.status == 201, "201 was expected, not {}", answer.brief());
    let member = answer.json()?;
    let id = member.get("id").and_then(Value::as_str);
    let id = id.or_wrong(|| "the member has no id".to_owned())?;
    let location = answer.header(header::LOCATION).unwrap_or_default();
    ensure!(
        location == format!("{}/Users/{id}", hr.url),
        "the Location is {location:?}"
    );
    let etag = answer.header(header::ETAG).unwrap_or_default();
    ensure!(etag.starts_with("W/"), "the ETag is {etag:?}");
    let found = member.pointer(&status());
    ensure!(
        found == Some(&Value::from("invited")),
        "the member's status is {found:?}: {member}"
    );
    Ok(id.to_owned())
}

/// The mail that invites Nadia to an account of this name.
pub(super) async fn invited_to(play: &Play, account: &str) -> Seen<Mail> {
    mail::wait_for(play, EMAIL, "/invitation/", account).await
}

fn person(external_id: &str) -> Value {
    json!({
        "schemas": [USER, ACCESS, INVITATION],
        "userName": EMAIL,
        "externalId": external_id,
        "name": {"givenName": "Nadia", "familyName": "Novak"},
        "emails": [{"value": EMAIL, "type": "work", "primary": true}],
        "roles": [{"value": "standard"}],
        "active": true,
        ACCESS: {"mobileAccess": false, "emailReminders": true},
        INVITATION: {"application": "crm", "language": "en"},
    })
}

/// The JSON pointer of an attribute of the access extension.
pub(super) fn access(attribute: &str) -> String {
    format!("/{ACCESS}/{attribute}")
}

pub(super) fn status() -> String {
    access("status")
}
