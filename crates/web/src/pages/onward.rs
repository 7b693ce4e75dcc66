//! Where a person goes on to when a page's work is done.

use latchkey_app::step::Step;

/// The address at which a step goes on: the application's request, the invitation, else the
/// person's own page.
pub fn onward(step: &Step, sealed: &str) -> String {
    if step.authorization.is_some() {
        format!("/oauth2/authorize/resume?request={sealed}")
    } else if step.invitation.is_some() {
        format!("/invitation?request={sealed}")
    } else {
        "/account".to_owned()
    }
}

/// The origin that a form of this step may lead to by redirect, for `form-action` (CSP3 §6.4.2.1):
/// that of the redirect URI of the application's request.
pub fn form_origin(step: &Step) -> Option<String> {
    let request = step.authorization.as_ref()?;
    latchkey_oidc::redirect::origin(&request.redirect_uri)
}

/// A path with the sealed step in its query, where there is one.
pub fn with_request(path: &str, sealed: Option<&str>) -> String {
    match sealed {
        Some(sealed) => format!("{path}?request={sealed}"),
        None => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_without_a_request_ends_at_the_persons_own_page() {
        assert_eq!(onward(&Step::default(), "x"), "/account");
        assert_eq!(form_origin(&Step::default()), None);
    }

    #[test]
    fn an_invitation_is_come_back_to() {
        let step = Step {
            invitation: Some("secret".into()),
            ..Step::default()
        };
        assert_eq!(onward(&step, "x"), "/invitation?request=x");
    }
}
