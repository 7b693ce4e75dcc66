use askama::Template;

use super::Frame;

/// Which of the three stands in the way of the mobile app.
#[derive(Debug, Clone, Copy)]
pub enum Refusal<'a> {
    /// The account allows no mobile app.
    Account,
    /// This member has no Mobile Access.
    Member,
    /// The device or the app is too old, or did not say what it is.
    Device {
        /// The least version of the app, where one is set.
        app_version: Option<&'a str>,
        /// The least version of the platform with its name, where one is set.
        platform: Option<&'a str>,
    },
}

/// Signing in on the phone is refused.
#[derive(Template)]
#[template(path = "mobile-refused.html")]
pub struct MobileRefused<'a> {
    /// What surrounds the page.
    pub frame: Frame<'a>,
    /// The account's name.
    pub account: &'a str,
    /// Which of the three it is.
    pub refusal: Refusal<'a>,
    /// The proven redirect URI with `error=access_denied`.
    pub return_url: &'a str,
}

impl MobileRefused<'_> {
    fn title(&self) -> String {
        match self.refusal {
            Refusal::Device { .. } => self.frame.say("mobile-device-title"),
            _ => self.frame.say("mobile-title"),
        }
    }

    fn text(&self) -> String {
        let key = match self.refusal {
            Refusal::Account => "mobile-account-text",
            Refusal::Member => "mobile-member-text",
            Refusal::Device { .. } => "mobile-device-text",
        };
        self.frame.say_with(key, &[("account", self.account)])
    }

    fn next(&self) -> String {
        self.frame.say(match self.refusal {
            Refusal::Device { .. } => "mobile-device-next",
            _ => "mobile-next",
        })
    }

    fn needs(&self) -> Vec<String> {
        let Refusal::Device {
            app_version,
            platform,
        } = self.refusal
        else {
            return Vec::new();
        };
        let app = app_version.map(|version| self.frame.say_with("mobile-needs-app", &[("version", version)]));
        let system = platform.map(|platform| {
            self.frame
                .say_with("mobile-needs-platform", &[("platform", platform)])
        });
        [app, system].into_iter().flatten().collect()
    }
}
