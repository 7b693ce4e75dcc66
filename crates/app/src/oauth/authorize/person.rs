//! Whether the person who is signed in is the one that the request wants, and signed in late
//! enough (OpenID Connect Core 1.0 §3.1.2.1 and §3.1.2.2).

use latchkey_domain::time::Timestamp;
use latchkey_oidc::authorize::{AuthorizationRequest, AuthorizeErrorCode as Code, Prompt};
use serde_json::Value;

use super::{Asked, Next};
use crate::session::SignedIn;
use crate::step::Step;

/// What is to be asked of the person before anything else; nothing once all is as wanted.
pub(super) fn settle(asked: &Asked<'_>, step: &mut Step, who: &SignedIn) -> Option<Next> {
    let wanted = asked.request.claims.wanted_sub();
    let is_expected = wanted.is_none_or(|it| it.admits(&Value::from(who.user.id.as_str())));
    match judge(
        &asked.request,
        step,
        (who.session.auth_time, is_expected),
        asked.app.now(),
    ) {
        Person::Right => None,
        Person::MustSignIn => {
            Some(asked.or_refuse(Next::SignIn, Code::LoginRequired, "the user must sign in again"))
        }
        Person::MustConfirm => {
            let why = "the user must say whom they go on as";
            Some(asked.or_refuse(Next::SignIn, Code::AccountSelectionRequired, why))
        }
        Person::Other => Some(asked.refuse(Code::LoginRequired, "another user is signed in")),
    }
}

/// What is to be said of whoever is signed in.
#[derive(Debug, PartialEq, Eq)]
enum Person {
    Right,
    MustSignIn,
    MustConfirm,
    Other,
}

/// However small `max_age` is, a sign-in of this very request is good for so many seconds.
const LEAST_AGE: u64 = 60;

/// Judges a sign-in. From the first time that it does not do, only one made from then on counts;
/// that moment stays in the step.
fn judge(
    request: &AuthorizationRequest,
    step: &mut Step,
    (auth_time, is_expected): (Timestamp, bool),
    now: Timestamp,
) -> Person {
    let is_fresh = match step.fresh_since {
        Some(since) => {
            // Without the floor, a small age would ask again for as long as one takes to go on.
            let oldest = request.max_age.map(|it| u64::from(it).max(LEAST_AGE));
            auth_time >= since && oldest.is_none_or(|it| now.since(auth_time).as_secs() <= it)
        }
        None => !request.needs_fresh_login(now.since(auth_time).as_secs()),
    };
    if !is_fresh {
        step.fresh_since = Some(now);
        return Person::MustSignIn;
    }
    if !is_expected {
        // Somebody else may be at the browser; once they too have signed in, it is an error.
        return match step.fresh_since.replace(now) {
            None => Person::MustSignIn,
            Some(_) => Person::Other,
        };
    }
    let has_just_signed_in = step.fresh_since.is_some();
    if request.asks(Prompt::SelectAccount) && !step.confirmed_person && !has_just_signed_in {
        return Person::MustConfirm;
    }
    Person::Right
}

#[cfg(test)]
mod tests {
    use latchkey_oidc::authorize::UnprovenRequest;
    use latchkey_oidc::metadata::{ClientKind, ClientMetadata};

    use super::*;

    fn request(more: &str) -> AuthorizationRequest {
        let metadata = ClientMetadata {
            redirect_uris: vec!["https://crm.example/cb".to_owned()],
            ..ClientMetadata::default()
        };
        let query = format!(
            "client_id=crm&redirect_uri=https%3A%2F%2Fcrm.example%2Fcb&response_type=code&scope=openid{more}"
        );
        let unproven = UnprovenRequest::parse(query).unwrap();
        let redirect = unproven.prove(ClientKind::Web, &metadata).unwrap();
        unproven.read(&redirect, &metadata).unwrap()
    }

    const NOW: Timestamp = Timestamp(1_000_000);

    fn at(seconds_ago: i64) -> (Timestamp, bool) {
        (Timestamp(NOW.0 - seconds_ago * 1000), true)
    }

    #[test]
    fn an_open_session_is_enough() {
        assert_eq!(
            judge(&request(""), &mut Step::default(), at(900), NOW),
            Person::Right
        );
    }

    #[test]
    fn prompt_login_asks_once_and_takes_the_sign_in_that_follows() {
        let (request, mut step) = (request("&prompt=login"), Step::default());
        assert_eq!(judge(&request, &mut step, at(0), NOW), Person::MustSignIn);
        assert_eq!(judge(&request, &mut step, at(5), NOW), Person::MustSignIn);
        assert_eq!(judge(&request, &mut step, at(0), NOW), Person::Right);
    }

    #[test]
    fn max_age_asks_whoever_signed_in_too_long_ago() {
        let request = request("&max_age=60");
        assert_eq!(judge(&request, &mut Step::default(), at(60), NOW), Person::Right);
        let mut step = Step::default();
        assert_eq!(judge(&request, &mut step, at(61), NOW), Person::MustSignIn);
        assert_eq!(step.fresh_since, Some(NOW));
        assert_eq!(judge(&request, &mut step, at(0), NOW), Person::Right);
    }

    #[test]
    fn max_age_holds_for_the_sign_in_that_it_asked_for_too() {
        let request = request("&max_age=120");
        let mut step = Step {
            fresh_since: Some(Timestamp(NOW.0 - 600_000)),
            ..Step::default()
        };
        assert_eq!(judge(&request, &mut step, at(120), NOW), Person::Right);
        assert_eq!(judge(&request, &mut step, at(121), NOW), Person::MustSignIn);
        assert_eq!(step.fresh_since, Some(NOW), "that one does not count any more");
        let mut step = Step {
            fresh_since: Some(Timestamp(NOW.0 - 600_000)),
            ..Step::default()
        };
        // Going on takes a person a moment.
        let at_once = self::request("&max_age=1");
        assert_eq!(judge(&at_once, &mut step, at(60), NOW), Person::Right);
    }

    #[test]
    fn another_person_may_sign_in_once() {
        let (request, mut step) = (request(""), Step::default());
        assert_eq!(judge(&request, &mut step, (NOW, false), NOW), Person::MustSignIn);
        assert_eq!(judge(&request, &mut step, (NOW, false), NOW), Person::Other);
        assert_eq!(judge(&request, &mut step, (NOW, true), NOW), Person::Right);
    }

    #[test]
    fn select_account_asks_who_goes_on_unless_they_just_said() {
        let request = request("&prompt=select_account");
        assert_eq!(
            judge(&request, &mut Step::default(), at(9), NOW),
            Person::MustConfirm
        );
        let mut said = Step {
            confirmed_person: true,
            ..Step::default()
        };
        assert_eq!(judge(&request, &mut said, at(9), NOW), Person::Right);
    }
}
