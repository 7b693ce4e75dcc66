use askama::Template;

use super::{Frame, Hidden};

/// The application that asks.
#[derive(Debug, Clone)]
pub struct Requester<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its homepage.
    pub homepage: Option<&'a str>,
    /// The host that it returns to.
    pub return_host: &'a str,
    /// Whether the operator vouches for it.
    pub verified: bool,
    /// Its terms.
    pub terms_url: Option<&'a str>,
    /// Its privacy policy.
    pub policy_url: Option<&'a str>,
}

/// A scope asked for.
#[derive(Debug, Clone, Copy)]
pub struct Requested<'a> {
    /// The scope.
    pub scope: &'a str,
    /// Whether it was not yet allowed earlier.
    pub new: bool,
}

/// `/consent`.
#[derive(Template)]
#[template(path = "consent.html")]
pub struct Consent<'a> {
    /// What surrounds the page.
    pub frame: Frame<'a>,
    /// The hidden fields.
    pub hidden: Hidden<'a>,
    /// Who asks.
    pub requester: &'a Requester<'a>,
    /// The address one is signed in with.
    pub address: &'a str,
    /// Where "Not you?" leads.
    pub not_you_path: &'a str,
    /// What is asked for.
    pub requested: &'a [Requested<'a>],
}

/// One heading of the page with its lines: words, and whether new.
struct Group {
    heading: String,
    lines: Vec<(String, bool)>,
}

const WHO: [(&str, &str); 3] = [
    ("openid", "scope-openid"),
    ("profile", "scope-profile"),
    ("email", "scope-email"),
];
const WHERE: [(&str, &str); 4] = [
    ("account", "scope-account"),
    ("roles", "scope-roles"),
    ("permissions", "scope-permissions"),
    ("groups", "scope-groups"),
];
const AWAY: [(&str, &str); 1] = [("offline_access", "scope-offline-access")];

impl Consent<'_> {
    fn title(&self) -> String {
        self.frame
            .say_with("consent-title", &[("name", self.requester.name)])
    }

    fn groups(&self) -> Vec<Group> {
        let known = [
            ("scopes-who", &WHO[..]),
            ("scopes-where", &WHERE[..]),
            ("scopes-away", &AWAY[..]),
        ];
        let mut groups: Vec<Group> = known
            .iter()
            .map(|(heading, scopes)| self.group(heading, scopes))
            .collect();
        let is_known = |scope: &str| {
            known
                .iter()
                .any(|(_, scopes)| scopes.iter().any(|(name, _)| *name == scope))
        };
        let others = self
            .requested
            .iter()
            .filter(|requested| !is_known(requested.scope));
        let lines = others
            .map(|requested| (requested.scope.to_owned(), requested.new))
            .collect();
        groups.push(Group {
            heading: self.frame.say("scopes-other"),
            lines,
        });
        groups.retain(|group| !group.lines.is_empty());
        groups
    }

    fn group(&self, heading: &str, scopes: &[(&str, &str)]) -> Group {
        let asked = |scope: &str| self.requested.iter().find(|requested| requested.scope == scope);
        let lines = scopes
            .iter()
            .filter_map(|(scope, key)| Some((self.frame.say(key), asked(scope)?.new)))
            .collect();
        Group {
            heading: self.frame.say(heading),
            lines,
        }
    }
}
