//! A person's own view: where they belong, where they are signed in. Docs: "Words", "Member status".

use latchkey_domain::account::{Account, AccountStatus};
use latchkey_domain::audit::{Action, Actor};
use latchkey_domain::id::{AccountId, ApplicationId, SessionId, UserId};
use latchkey_domain::member::{Member, MemberStatus};
pub use latchkey_store::session::Session;
use latchkey_store::sql::Tx;
pub use latchkey_store::user::User;
use latchkey_store::{access, account, application, client, member};
use serde_json::Value;
use url::Url;

use crate::session::SignedIn;
use crate::{App, Caller, Error, Result, audit, sign_out};

/// A person's place in an account.
#[derive(Debug, Clone)]
pub struct Place {
    /// The account.
    pub account: Account,
    /// The person's member in it.
    pub member: Member,
    /// The key of the role.
    pub role_key: String,
    /// The name of the role, where it is the account's own.
    pub role_name: Option<String>,
}

impl Place {
    /// Whether the person can go there now.
    pub fn is_open(&self) -> bool {
        self.member.is_active()
    }
}

/// The person's places in accounts that are in use, by the account's name; only those whose
/// account has the application, where one is named. Suspended members are among them, invited
/// ones are not.
///
/// # Errors
/// [`Error::Unavailable`] without the database.
pub async fn places(app: &App, user: &UserId, of: Option<&ApplicationId>) -> Result<Vec<Place>> {
    let mut found = app
        .db
        .read(async |tx| load_places(app, tx, user, of).await)
        .await?;
    found.sort_by_key(|it| it.account.name.to_lowercase());
    Ok(found)
}

async fn load_places(
    app: &App,
    tx: &mut Tx,
    user: &UserId,
    of: Option<&ApplicationId>,
) -> Result<Vec<Place>> {
    let mut places = Vec::new();
    for member in member::of_user(tx, user).await? {
        if !matches!(member.status(), MemberStatus::Active | MemberStatus::Suspended) {
            continue;
        }
        let account = account::find(tx, &member.account).await?.ok_or(Error::NotFound)?;
        if account.status != AccountStatus::Active {
            continue;
        }
        if let Some(application) = of
            && !crate::access::scene(app, tx, &account.id, application)
                .await?
                .enabled
        {
            continue;
        }
        places.push(place(tx, account, member).await?);
    }
    Ok(places)
}

async fn place(tx: &mut Tx, account: Account, member: Member) -> Result<Place> {
    if member.is_owner(&account) {
        return Ok(Place {
            account,
            member,
            role_key: "owner".to_owned(),
            role_name: None,
        });
    }
    let role_key = member.role.as_str().to_owned();
    let role_name = match member.role.built_in() {
        Some(_) => None,
        None => access::role(tx, &account.id, &member.role)
            .await?
            .map(|it| it.name),
    };
    Ok(Place {
        account,
        member,
        role_key,
        role_name,
    })
}

/// Which place an application's request leads to.
#[derive(Debug, Clone, Copy)]
pub enum Entrance<'a> {
    /// This one: there is no other.
    One(&'a Place),
    /// The person has to choose.
    Several,
    /// None is open, this one is suspended.
    Suspended(&'a Place),
    /// None at all.
    Nowhere,
}

/// Which place a request leads to; `wanted` is the id or slug of the account that it names.
pub fn entrance<'a>(places: &'a [Place], wanted: Option<&str>) -> Entrance<'a> {
    let mut open = places.iter().filter(|it| is_wanted(it, wanted) && it.is_open());
    match (open.next(), open.next()) {
        (Some(only), None) => Entrance::One(only),
        (Some(_), Some(_)) => Entrance::Several,
        (None, _) => match places.iter().find(|it| is_wanted(it, wanted)) {
            Some(suspended) => Entrance::Suspended(suspended),
            None => Entrance::Nowhere,
        },
    }
}

/// Whether a place is in the account that a request names by id or slug, if it names one.
pub fn is_wanted(place: &Place, wanted: Option<&str>) -> bool {
    wanted.is_none_or(|it| place.account.id.as_str() == it || place.account.slug == it)
}

/// An application of an account, and where one enters it.
#[derive(Debug, Clone)]
pub struct Door {
    /// The application's name.
    pub name: String,
    /// Where a sign-in to it starts, if it says so.
    pub path: Option<String>,
}

/// The applications that an account has, with where one enters them.
///
/// # Errors
/// [`Error::Unavailable`] without the database.
pub async fn doors(app: &App, id: &AccountId) -> Result<Vec<Door>> {
    app.db
        .read(async |tx| {
            let mut doors = Vec::new();
            for it in application::of_account(tx, id).await? {
                doors.push(Door {
                    path: door(app, tx, &it.id).await?,
                    name: it.name,
                });
            }
            Ok(doors)
        })
        .await
}

/// Where a sign-in to an application starts: the `initiate_login_uri` of the first of its clients
/// that has one, with the issuer (OpenID Connect Core 1.0 §4).
///
/// # Errors
/// [`Error::Unavailable`] without the database.
pub async fn door(app: &App, tx: &mut Tx, id: &ApplicationId) -> Result<Option<String>> {
    let clients = client::of_application(tx, id).await?;
    Ok(clients
        .iter()
        .find_map(|it| initiate_login(&it.metadata, app.issuer.as_str())))
}

fn initiate_login(metadata: &str, issuer: &str) -> Option<String> {
    let metadata: Value = serde_json::from_str(metadata).ok()?;
    let mut url = Url::parse(metadata.get("initiate_login_uri")?.as_str()?).ok()?;
    if !matches!(url.scheme(), "https" | "http") || url.host().is_none() {
        return None;
    }
    url.query_pairs_mut().append_pair("iss", issuer);
    Some(url.into())
}

/// The person's open sessions, the one used last first.
///
/// # Errors
/// [`Error::Unavailable`] without the database.
pub async fn sessions(app: &App, user: &UserId) -> Result<Vec<Session>> {
    let now = app.now();
    let mut found = app
        .db
        .read(async |tx| latchkey_store::session::open_of_user(tx, user).await)
        .await?;
    found.retain(|it| !crate::session::is_over(app, it, now));
    Ok(found)
}

/// Ends one of the person's own sessions.
///
/// # Errors
/// [`Error::NotFound`] where the person has no such session.
pub async fn end_session(
    app: &App,
    person: &SignedIn,
    address: Option<String>,
    id: &SessionId,
) -> Result<()> {
    let caller = caller(person, address);
    app.db
        .write(async |tx| {
            let found = latchkey_store::session::find(tx, id).await?;
            let theirs = found
                .filter(|it| it.user_id == person.user.id)
                .ok_or(Error::NotFound)?;
            end_and_note(app, tx, &caller, &theirs).await
        })
        .await
}

/// Ends all of the person's sessions but the one that asks.
///
/// # Errors
/// [`Error::Unavailable`] without the database.
pub async fn end_other_sessions(app: &App, person: &SignedIn, address: Option<String>) -> Result<()> {
    let caller = caller(person, address);
    app.db
        .write(async |tx| {
            for it in latchkey_store::session::open_of_user(tx, &person.user.id).await? {
                if it.id != person.session.id {
                    end_and_note(app, tx, &caller, &it).await?;
                }
            }
            Ok(())
        })
        .await
}

async fn end_and_note(app: &App, tx: &mut Tx, caller: &Caller, it: &Session) -> Result<()> {
    if it.ended_at.is_some() {
        return Ok(());
    }
    sign_out::end(app, tx, &it.id).await?;
    audit::Entry::new(caller, Action::SessionEnded)
        .target("session", &it.id)
        .write(app, tx)
        .await
}

fn caller(person: &SignedIn, address: Option<String>) -> Caller {
    Caller {
        actor: Actor::User {
            user: person.user.id.clone(),
            name: person.name(),
        },
        address,
    }
}

#[cfg(test)]
mod tests {
    use latchkey_domain::account::AccountSettings;
    use latchkey_domain::id::MemberId;
    use latchkey_domain::member::{MemberKind, Profile, Standing};
    use latchkey_domain::role::BuiltInRole;
    use latchkey_domain::time::Timestamp;

    use super::*;

    fn place_in(slug: &str, hr_active: bool) -> Place {
        let account = Account {
            id: AccountId::new(format!("id-of-{slug}")),
            slug: slug.to_owned(),
            name: slug.to_uppercase(),
            status: AccountStatus::Active,
            owner: MemberId::new("owner"),
            settings: AccountSettings::default(),
            version: 1,
        };
        let member = Member {
            account: account.id.clone(),
            id: MemberId::new("m"),
            kind: MemberKind::Person,
            user: Some(UserId::new("ana")),
            client: None,
            role: BuiltInRole::Standard.key(),
            standing: Standing {
                hr_active,
                ..Standing::accepted(Timestamp(0))
            },
            mobile_access: false,
            email_reminders: false,
            profile: Profile {
                user_name: "ana".to_owned(),
                email: None,
                given_name: "Ana".to_owned(),
                family_name: "Lima".to_owned(),
                display_name: None,
                document: "{}".to_owned(),
            },
            version: 1,
            created_at: Timestamp(0),
            updated_at: Timestamp(0),
        };
        Place {
            account,
            member,
            role_key: "standard".to_owned(),
            role_name: None,
        }
    }

    #[test]
    fn the_only_open_place_is_entered_and_several_are_chosen_from() {
        let places = [place_in("acme", true), place_in("blue", false)];
        assert!(matches!(entrance(&places, None), Entrance::One(it) if it.account.slug == "acme"));
        let places = [place_in("acme", true), place_in("blue", true)];
        assert!(matches!(entrance(&places, None), Entrance::Several));
        for wanted in ["blue", "id-of-blue"] {
            assert!(
                matches!(entrance(&places, Some(wanted)), Entrance::One(it) if it.account.slug == "blue")
            );
        }
    }

    #[test]
    fn a_suspended_place_is_told_apart_from_none() {
        let places = [place_in("acme", true), place_in("blue", false)];
        assert!(matches!(entrance(&places, Some("blue")), Entrance::Suspended(_)));
        assert!(matches!(entrance(&places, Some("other")), Entrance::Nowhere));
        assert!(matches!(entrance(&[], None), Entrance::Nowhere));
    }

    #[test]
    fn a_sign_in_starts_where_the_client_says_with_the_issuer() {
        let metadata = r#"{"initiate_login_uri": "https://crm.example/login?tenant=1"}"#;
        assert_eq!(
            initiate_login(metadata, "https://login.example").as_deref(),
            Some("https://crm.example/login?tenant=1&iss=https%3A%2F%2Flogin.example")
        );
        for uri in ["javascript:alert(1)", "data:text/html,x", "/login", ""] {
            let metadata = format!(r#"{{"initiate_login_uri": "{uri}"}}"#);
            assert_eq!(initiate_login(&metadata, "x"), None, "{uri}");
        }
        assert_eq!(initiate_login("{}", "x"), None);
    }
}
