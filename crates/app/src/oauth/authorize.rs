//! The authorization endpoint: what a request needs before it is answered, and the answer
//! (RFC 6749 §4.1; OpenID Connect Core 1.0 §3.1.2; docs: "What tokens carry").

use std::sync::Arc;

use latchkey_domain::account::Account;
use latchkey_domain::audit::Action;
use latchkey_domain::id::{AccountId, ClientId};
use latchkey_domain::mobile::{self, MobileRefusal};
use latchkey_oidc::authorize::{
    AuthorizationRequest, AuthorizationResponse, AuthorizeError, AuthorizeErrorCode as Code, MAX_REQUEST,
    Prompt, ProvenRedirect, ShownError, UnprovenRequest,
};
use latchkey_oidc::scope::ScopeSet;
use latchkey_store::session as kept;
use latchkey_store::sql::Tx;

use super::eligible::described;
use super::place::{self, Place, Placed};
use super::{Refusal, access_token};
use crate::client::{self, Client};
use crate::session::SignedIn;
use crate::step::Step;
use crate::{App, Caller, Error, Result, audit, throttle};

mod answer;
mod person;

/// What comes next for a request.
#[derive(Debug)]
pub enum Next {
    /// The person signs in, or says that they go on as who they are.
    SignIn,
    /// The person chooses an account.
    ChooseAccount,
    /// The person accepts terms; the step names the account.
    Terms,
    /// The person allows what the application asks for.
    Consent,
    /// The person is told that it goes no further.
    Stopped(Stop),
    /// The person is told why the phone application is refused.
    MobileRefused(Box<MobileStop>),
    /// The application is answered.
    Respond(AuthorizationResponse),
}

/// Why it goes no further, told after a correct credential only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stop {
    /// The account of this name has suspended the person.
    Suspended(String),
    /// The person belongs to no account that has the application.
    NoAccess,
}

/// A phone that is refused, and what its application is told in the end.
#[derive(Debug)]
pub struct MobileStop {
    /// The account that refuses.
    pub account: Account,
    /// Which of the three it is.
    pub refusal: MobileRefusal,
    /// The platform, as the device calls it.
    pub platform: Option<String>,
    /// The answer for the application: `access_denied`.
    pub response: AuthorizationResponse,
}

/// Reads a request and proves its redirect URI. The step is not yet bound to any browser.
///
/// # Errors
/// [`AuthorizeError`], shown to the person or sent to the client.
pub async fn begin(app: &App, encoded: &[u8]) -> Result<Step, Refusal<AuthorizeError>> {
    let unproven = UnprovenRequest::parse(encoded)
        .map_err(AuthorizeError::from)
        .map_err(Refusal::Refused)?;
    let client = known(app, unproven.client_id()).await?;
    let redirect = unproven.prove(client.kind, &client.metadata)?;
    let mut request = unproven.read(&redirect, &client.metadata)?;
    if let Some(hint) = &request.id_token_hint {
        let Some(claims) = access_token::read_id_token_hint(app, hint) else {
            let why = "id_token_hint is not an ID token of this service";
            return Err(redirect.refuse(Code::InvalidRequest, why).into());
        };
        if !request.replace_hint(&claims.sub) {
            let why = "id_token_hint and claims name different users";
            return Err(redirect.refuse(Code::InvalidRequest, why).into());
        }
    }
    if !request.fits_an_address() {
        let why = format!("the request is longer than {MAX_REQUEST} bytes as a whole");
        return Err(redirect.refuse(Code::InvalidRequest, &why).into());
    }
    Ok(Step {
        authorization: Some(request),
        ..Step::default()
    })
}

async fn known<E>(app: &App, id: &str) -> Result<Arc<Client>, Refusal<E>>
where
    Refusal<E>: From<ShownError>,
{
    match client::find(app, &ClientId::new(id)).await {
        Ok(client) => Ok(client),
        Err(Error::NotFound) => Err(ShownError::UnknownClient.into()),
        Err(fault) => Err(fault.into()),
    }
}

/// The client of a step's request, its name and look for the pages.
///
/// # Errors
/// [`ShownError::UnknownClient`]; [`Error::Stale`] for a step without a request.
pub async fn client_of(app: &App, step: &Step) -> Result<Arc<Client>, Refusal<ShownError>> {
    let request = step.authorization.as_ref().ok_or(Error::Stale)?;
    known(app, &request.client_id).await
}

/// A request being decided.
struct Asked<'a> {
    app: &'a App,
    client: Arc<Client>,
    request: AuthorizationRequest,
    redirect: ProvenRedirect,
}

impl Asked<'_> {
    /// Whether nobody may be asked anything.
    fn is_silent(&self) -> bool {
        self.request.asks(Prompt::None)
    }

    fn refuse(&self, code: Code, why: &str) -> Next {
        Next::Respond(self.redirect.refuse(code, why).response(&self.app.issuer))
    }

    /// What comes next, or the refusal where nobody may be asked.
    fn or_refuse(&self, next: Next, code: Code, why: &str) -> Next {
        if self.is_silent() {
            self.refuse(code, why)
        } else {
            next
        }
    }

    /// What no person can help.
    fn unanswerable(&self) -> Option<Next> {
        let is_known = |resource: &str| self.client.resources.iter().any(|known| known == resource);
        if let Some(unknown) = self.request.resource.iter().find(|it| !is_known(it.as_str())) {
            let why = format!("the application has no resource {unknown}");
            return Some(self.refuse(Code::InvalidTarget, &why));
        }
        let acr = self.request.claims.id_token.get("acr");
        if acr.is_some_and(|it| it.essential && (it.value.is_some() || it.values.is_some())) {
            let why = "no authentication context of those that are essential can be reached here";
            return Some(self.refuse(Code::UnmetAuthenticationRequirements, why));
        }
        None
    }
}

/// Decides what comes next for the request of a step, and answers it once nothing is left to ask.
/// The step is changed where something must be remembered while the person is asked.
///
/// # Errors
/// [`ShownError`] where the client or its redirect URI are not good any more; [`Error::Stale`]
/// for a step without a request; [`Error::Unavailable`] without the database.
pub async fn decide(
    app: &App,
    caller: &Caller,
    step: &mut Step,
    who: Option<&SignedIn>,
) -> Result<Next, Refusal<ShownError>> {
    let request = step.authorization.clone().ok_or(Error::Stale)?;
    let client = known(app, &request.client_id).await?;
    let redirect = request.prove(client.kind, &client.metadata)?;
    let asked = Asked {
        app,
        client,
        request,
        redirect,
    };
    if let Some(next) = asked.unanswerable() {
        return Ok(next);
    }
    let Some(who) = who else {
        return Ok(asked.or_refuse(Next::SignIn, Code::LoginRequired, "the user is not signed in"));
    };
    if let Some(next) = person::settle(&asked, step, who) {
        return Ok(next);
    }
    let next = decide_place(&asked, caller, step, who).await?;
    note_refusal(app, caller, &next, who).await?;
    Ok(next)
}

/// What the database says of the person's place.
struct Found {
    placed: Placed,
    /// The account's part in the session.
    part: Part,
}

/// An account's part in a session, or why there is none.
enum Part {
    Open(String),
    NotYet,
    /// It was ended, by the person or by the account: only a sign-in begins another.
    Ended,
}

async fn decide_place(asked: &Asked<'_>, caller: &Caller, step: &mut Step, who: &SignedIn) -> Result<Next> {
    let found = look_up(asked, step, who).await?;
    let place = match found.placed {
        Placed::At(place) => place,
        Placed::Several => {
            let why = "the user belongs to several accounts; name one with the parameter account";
            return Ok(asked.or_refuse(Next::ChooseAccount, Code::AccountSelectionRequired, why));
        }
        Placed::Unknown => {
            let why = "the account is unknown, or the user is no member of it";
            if !asked.is_silent() {
                note(asked.app, caller, who, (None, "no account of that name")).await?;
            }
            return Ok(asked.refuse(Code::AccessDenied, why));
        }
        Placed::Suspended(account) => {
            let next = Next::Stopped(Stop::Suspended(account));
            return Ok(asked.or_refuse(next, Code::AccessDenied, "the account has suspended the user"));
        }
        Placed::Nowhere => {
            let why = "the user belongs to no account that has this application";
            return Ok(asked.or_refuse(Next::Stopped(Stop::NoAccess), Code::AccessDenied, why));
        }
    };
    step.account = Some(place.account().id.clone());
    let sid = match found.part {
        Part::Open(sid) => Some(sid),
        Part::NotYet => None,
        Part::Ended => {
            step.fresh_since.get_or_insert(asked.app.now());
            let why = "the user has signed out of this account and must sign in again";
            return Ok(asked.or_refuse(Next::SignIn, Code::LoginRequired, why));
        }
    };
    if place.owes_terms(asked.app.now()) {
        let why = "the user must accept the current terms of use";
        return Ok(asked.or_refuse(Next::Terms, Code::InteractionRequired, why));
    }
    if let Some(next) = mobile_stop(asked, &place) {
        return Ok(next);
    }
    let needs_consent = !asked.client.first_party || asked.request.asks(Prompt::Consent);
    if needs_consent && step.consented_by.as_ref() != Some(&who.user.id) {
        let why = "the user has not allowed what the application asks for";
        return Ok(asked.or_refuse(Next::Consent, Code::ConsentRequired, why));
    }
    answer::grant(asked, &place, who, sid).await.map(Next::Respond)
}

async fn look_up(asked: &Asked<'_>, step: &Step, who: &SignedIn) -> Result<Found> {
    let (app, client) = (asked.app, &*asked.client);
    let (named, chosen) = (asked.request.account.as_deref(), step.account.as_ref());
    // Whatever a code depends on is looked at again when it is redeemed.
    app.db
        .look_up(async |tx| {
            let placed = place::choose(app, tx, (client, who), named, chosen).await?;
            let part = match &placed {
                Placed::At(place) => part_of(tx, place, who).await?,
                _ => Part::NotYet,
            };
            Ok::<_, Error>(Found { placed, part })
        })
        .await
}

async fn part_of(tx: &mut Tx, place: &Place, who: &SignedIn) -> Result<Part> {
    if let Some(sid) = place.sid() {
        return Ok(Part::Open(sid.to_owned()));
    }
    let (account, member) = (&place.account().id, &place.member().id);
    let has_ended = kept::had_part(tx, &who.session.id, (account, member)).await?;
    Ok(if has_ended { Part::Ended } else { Part::NotYet })
}

fn mobile_stop(asked: &Asked<'_>, place: &Place) -> Option<Next> {
    if !asked.client.is_native() {
        return None;
    }
    let device = described(&asked.request.device);
    let refusal = mobile::may_use_mobile(place.account(), place.member(), &device).err()?;
    let why = format!("mobile access is refused: {refusal}");
    let response = asked
        .redirect
        .refuse(Code::AccessDenied, &why)
        .response(&asked.app.issuer);
    if asked.is_silent() {
        return Some(Next::Respond(response));
    }
    let account = place.account().clone();
    Some(Next::MobileRefused(Box::new(MobileStop {
        account,
        refusal,
        platform: device.platform,
        response,
    })))
}

/// A person with a correct credential who is refused is a fact for the audit trail.
async fn note_refusal(app: &App, caller: &Caller, next: &Next, who: &SignedIn) -> Result<()> {
    let (account, reason) = match next {
        Next::Stopped(Stop::Suspended(name)) => (None, format!("suspended in {name}")),
        Next::Stopped(Stop::NoAccess) => (None, "no account has the application".to_owned()),
        Next::MobileRefused(stop) => (Some(&stop.account.id), stop.refusal.to_string()),
        _ => return Ok(()),
    };
    note(app, caller, who, (account, &reason)).await
}

async fn note(
    app: &App,
    caller: &Caller,
    who: &SignedIn,
    (account, reason): (Option<&AccountId>, &str),
) -> Result<()> {
    app.db
        .write(async |tx| {
            if !throttle::is_worth_noting(tx, "refusal", who.user.id.as_str(), app.now()).await? {
                return Ok(());
            }
            let mut entry = audit::Entry::new(caller, Action::SignInRefused)
                .target("user", &who.user.id)
                .reason(Some(reason));
            if let Some(account) = account {
                entry = entry.account(account);
            }
            entry.write(app, tx).await
        })
        .await
}

/// The answer where the person says no: `access_denied`.
///
/// # Errors
/// As [`decide`].
pub async fn refuse(app: &App, step: &Step) -> Result<AuthorizationResponse, Refusal<ShownError>> {
    let client = client_of(app, step).await?;
    let request = step.authorization.as_ref().ok_or(Error::Stale)?;
    let redirect = request.prove(client.kind, &client.metadata)?;
    Ok(redirect
        .refuse(Code::AccessDenied, "the user did not go on")
        .response(&app.issuer))
}

/// What the person is asked to allow.
#[derive(Debug)]
pub struct Requested {
    /// The client that asks.
    pub client: Arc<Client>,
    /// The scopes it asks for.
    pub scope: ScopeSet,
    /// The redirect URI that it will return to.
    pub redirect_uri: String,
}

/// What the person of a step is asked to allow.
///
/// # Errors
/// As [`decide`].
pub async fn requested(app: &App, step: &Step) -> Result<Requested, Refusal<ShownError>> {
    let client = client_of(app, step).await?;
    let request = step.authorization.as_ref().ok_or(Error::Stale)?;
    Ok(Requested {
        client,
        scope: request.scope.clone(),
        redirect_uri: request.redirect_uri.clone(),
    })
}
