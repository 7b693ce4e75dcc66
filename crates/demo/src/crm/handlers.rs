//! What the CRM answers.

use std::collections::HashMap;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::http::header::{self, HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Redirect, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::Crm;
use super::access::Permission;
use super::contacts::{Contact, DEALS, INVOICES, SALES};
use super::provider::ProviderError;
use super::sessions::{Sessions, SignedIn};
use super::views::{Billing, ClaimsPage, Editing, Home, Trouble, Welcome, page};

type Shared = State<Arc<Crm>>;
type Parameters = Query<HashMap<String, String>>;

/// Longest value of a contact's field, in characters.
const LONGEST: usize = 80;

/// `GET /`: who is signed in and what they may see, or an invitation to sign in.
pub(super) async fn home(State(crm): Shared, Query(asked): Parameters, headers: HeaderMap) -> Response {
    let notice = asked.get("notice").and_then(|it| notice(it));
    let Some((person, csrf)) = crm.sessions.signed_in(&headers) else {
        return page(StatusCode::OK, &Welcome { notice });
    };
    let view = Home {
        contacts: &crm.contacts.of(person.access.account_id()),
        deals: &DEALS,
        sales: &SALES,
        person: &person,
        csrf: &csrf,
        notice,
    };
    page(StatusCode::OK, &view)
}

fn notice(code: &str) -> Option<&'static str> {
    match code {
        "saved" => Some("Contact saved"),
        "refreshed" => Some("Your access was looked up again"),
        "ended" => Some("Your access has ended. Sign in to see what you may do now."),
        _ => None,
    }
}

/// `GET /login`: begins signing in. Also where the provider sends people who are to begin here
/// (third-party initiated login, OpenID Connect Core 1.0 section 4): another issuer is refused,
/// and `target_link_uri` is not followed, so nobody can be sent elsewhere through here.
pub(super) async fn login(State(crm): Shared, Query(asked): Parameters, headers: HeaderMap) -> Response {
    if let Some(issuer) = asked.get("iss")
        && !crm.provider.is_issuer(issuer)
    {
        let what = "You were sent here by a sign-in service that this CRM does not use.";
        return trouble(StatusCode::BAD_REQUEST, "That did not come from us", what);
    }
    let mut further = Vec::new();
    for name in ["login_hint", "account"] {
        if let Some(value) = asked.get(name) {
            further.push((name, value.clone()));
        }
    }
    if asked.contains_key("switch") {
        further.push(("prompt", "select_account".to_owned()));
    }
    match crm.provider.begin(&further).await {
        Ok((url, pending)) => {
            let id = crm.sessions.begin(&headers, pending);
            to(&crm, url.as_str(), Some(&id))
        }
        Err(error) => failed(&error),
    }
}

/// `GET /callback`: the provider's answer (OpenID Connect Core 1.0 section 3.1.2.5).
pub(super) async fn callback(State(crm): Shared, Query(answer): Parameters, headers: HeaderMap) -> Response {
    let text = |name: &str| answer.get(name).map(String::as_str);
    let begun = text("state").and_then(|it| crm.sessions.take(&headers, it));
    let Some(begun) = begun else {
        let what = "This sign-in was not begun in this browser, or was finished already.";
        return trouble(StatusCode::BAD_REQUEST, "Please sign in again", what);
    };
    if let Err(error) = crm.provider.check_answer(text("iss")).await {
        return failed(&error);
    }
    if let Some(error) = text("error") {
        let said = text("error_description").unwrap_or(error);
        return page(
            StatusCode::FORBIDDEN,
            &Trouble {
                title: "You were not signed in",
                what: "The sign-in service did not let you in.",
                technical: Some(said),
            },
        );
    }
    let Some(code) = text("code") else {
        let what = "The sign-in service answered without a code.";
        return trouble(StatusCode::BAD_REQUEST, "Please sign in again", what);
    };
    match crm.provider.redeem(code.to_owned(), begun).await {
        Ok(person) => {
            let id = crm.sessions.open(&headers, person);
            to(&crm, "/", Some(&id))
        }
        Err(error) => failed(&error),
    }
}

/// `POST /refresh`: asks for new tokens, which say what the person may do by now.
pub(super) async fn refresh(
    State(crm): Shared,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let (person, _) = posted(&crm, &headers, &body)?;
    let answer = match crm.provider.refresh(&person).await {
        Ok(renewed) => {
            crm.sessions.renew(&headers, renewed);
            to(&crm, "/?notice=refreshed", None)
        }
        Err(ProviderError::Ended(_)) => {
            crm.sessions.close(&headers);
            to(&crm, "/?notice=ended", None)
        }
        Err(error) => failed(&error),
    };
    Ok(answer)
}

/// `POST /sign-out`: here, and then at the provider.
pub(super) async fn sign_out(
    State(crm): Shared,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let (person, _) = posted(&crm, &headers, &body)?;
    crm.sessions.close(&headers);
    let url = crm.provider.sign_out_url(&person).await;
    Ok(to(&crm, url.as_ref().map_or("/", |it| it.as_str()), None))
}

/// `GET /contacts/ID`: the form to change a contact.
pub(super) async fn contact(
    State(crm): Shared,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let (person, csrf) = allowed(&crm, &headers, Permission::ContactsEdit)?;
    let Some(contact) = crm.contacts.find(person.access.account_id(), &id) else {
        return Ok(nothing_here().await);
    };
    let view = Editing {
        person: &person,
        csrf: &csrf,
        contact: &contact,
        problem: None,
    };
    Ok(page(StatusCode::OK, &view))
}

/// `POST /contacts/ID`: changes a contact, for whom the tokens allow it.
pub(super) async fn change_contact(
    State(crm): Shared,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let (person, form) = posted(&crm, &headers, &body)?;
    let (_, csrf) = allowed(&crm, &headers, Permission::ContactsEdit)?;
    let field = |name: &str| -> String {
        let text = form.get(name).map_or("", |it| it.trim());
        text.chars().take(LONGEST).collect()
    };
    let contact = Contact {
        id,
        name: field("name"),
        company: field("company"),
        phone: field("phone"),
    };
    if contact.name.is_empty() {
        let view = Editing {
            person: &person,
            csrf: &csrf,
            contact: &contact,
            problem: Some("Enter a name"),
        };
        return Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &view));
    }
    let answer = if crm.contacts.change(person.access.account_id(), contact) {
        to(&crm, "/?notice=saved", None)
    } else {
        nothing_here().await
    };
    Ok(answer)
}

/// `GET /reports.csv`: the sales as a file.
pub(super) async fn report(State(crm): Shared, headers: HeaderMap) -> Result<Response, Refusal> {
    allowed(&crm, &headers, Permission::ReportsExport)?;
    let mut text = "Quarter,Sales in EUR\r\n".to_owned();
    for (quarter, sales) in SALES {
        text.push_str(&format!("{quarter},{sales}\r\n"));
    }
    let kind = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"sales.csv\""),
    ];
    Ok((kind, text).into_response())
}

/// `GET /billing`: what the account pays.
pub(super) async fn billing(State(crm): Shared, headers: HeaderMap) -> Result<Response, Refusal> {
    let (person, csrf) = allowed(&crm, &headers, Permission::InvoicesView)?;
    let view = Billing {
        person: &person,
        csrf: &csrf,
        invoices: &INVOICES,
    };
    Ok(page(StatusCode::OK, &view))
}

/// `GET /claims`: what the provider said about the person, word for word.
pub(super) async fn claims(State(crm): Shared, headers: HeaderMap) -> Response {
    let Some((person, csrf)) = crm.sessions.signed_in(&headers) else {
        return to(&crm, "/login", None);
    };
    let pretty = |value: &serde_json::Value| format!("{value:#}");
    let view = ClaimsPage {
        id_token: pretty(&person.id_token_claims),
        access_token: pretty(&decoded(person.access_token.secret())),
        user_info: pretty(&person.user_info),
        person: &person,
        csrf: &csrf,
    };
    page(StatusCode::OK, &view)
}

/// An access token is for the API it names; the CRM shows what is in it and relies on nothing.
fn decoded(token: &str) -> serde_json::Value {
    let payload = token.split('.').nth(1).unwrap_or_default();
    let bytes = URL_SAFE_NO_PAD.decode(payload).unwrap_or_default();
    serde_json::from_slice(&bytes).unwrap_or_default()
}

/// `GET /crm.css`.
pub(super) async fn style() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/css; charset=utf-8"),
        (header::CACHE_CONTROL, "max-age=300"),
    ];
    (headers, include_str!("../../assets/crm.css")).into_response()
}

/// Anything else.
pub(super) async fn nothing_here() -> Response {
    let what = "The page does not exist. Go back to the start of the CRM.";
    trouble(StatusCode::NOT_FOUND, "There is nothing here", what)
}

/// Why a request is not answered as asked.
pub(super) enum Refusal {
    /// Nobody is signed in.
    SignInFirst,
    /// The tokens do not allow it.
    MayNot(Permission),
    /// The form was not sent from one of our own pages.
    ForeignForm,
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        match self {
            Self::SignInFirst => Redirect::to("/login").into_response(),
            Self::MayNot(permission) => page(
                StatusCode::FORBIDDEN,
                &Trouble {
                    title: "You may not do this",
                    what: "Your role or your permissions in this account do not cover it. If you \
                           need it, ask an administrator of your account.",
                    technical: Some(permission.id()),
                },
            ),
            Self::ForeignForm => trouble(
                StatusCode::FORBIDDEN,
                "Please try that again",
                "The form did not come from your own browser's page. Go back, reload and send it \
                 again.",
            ),
        }
    }
}

/// The person signed in and the token for their forms, if their tokens allow this.
fn allowed(crm: &Crm, headers: &HeaderMap, permission: Permission) -> Result<(SignedIn, String), Refusal> {
    let signed_in = crm.sessions.signed_in(headers);
    let (person, csrf) = signed_in.ok_or(Refusal::SignInFirst)?;
    if person.access.allows(permission) {
        Ok((person, csrf))
    } else {
        Err(Refusal::MayNot(permission))
    }
}

/// The person signed in and the form they sent from one of our own pages.
fn posted(
    crm: &Crm,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<(SignedIn, HashMap<String, String>), Refusal> {
    let signed_in = crm.sessions.signed_in(headers);
    let (person, csrf) = signed_in.ok_or(Refusal::SignInFirst)?;
    let form: HashMap<String, String> = url::form_urlencoded::parse(body).into_owned().collect();
    let is_ours = headers
        .get(header::ORIGIN)
        .is_none_or(|it| it == crm.settings.base_url.as_str());
    if is_ours && form.get("csrf").is_some_and(|it| *it == csrf) {
        Ok((person, form))
    } else {
        Err(Refusal::ForeignForm)
    }
}

fn failed(error: &ProviderError) -> Response {
    tracing::warn!(%error, "signing in to the sample CRM failed");
    let status = match error {
        ProviderError::Unreachable(_) => StatusCode::BAD_GATEWAY,
        _ => StatusCode::FORBIDDEN,
    };
    page(
        status,
        &Trouble {
            title: "You were not signed in",
            what: "Something went wrong between this CRM and the sign-in service. Try again in a \
                   moment.",
            technical: Some(&error.to_string()),
        },
    )
}

fn trouble(status: StatusCode, title: &str, what: &str) -> Response {
    let view = Trouble {
        title,
        what,
        technical: None,
    };
    page(status, &view)
}

/// 303 to a place of our own or the provider's, with the session's cookie where it is new.
fn to(crm: &Crm, location: &str, session: Option<&str>) -> Response {
    let mut response = Redirect::to(location).into_response();
    let secure = crm.settings.base_url.starts_with("https://");
    let cookie = session.and_then(|id| Sessions::cookie(id, secure));
    if let Some(cookie) = cookie {
        let headers: &mut HeaderMap<HeaderValue> = response.headers_mut();
        headers.append(header::SET_COOKIE, cookie);
    }
    response
}
