//! The development mail box.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::http::Ask;
use super::play::Play;
use super::wrong::{OrWrong as _, Seen, ensure};

const PATIENCE: Duration = Duration::from_secs(20);
const POLL: Duration = Duration::from_millis(50);

/// A mail in the box.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mail {
    pub to: String,
    pub subject: String,
    pub text: String,
    pub html: String,
}

impl Mail {
    fn read(value: &Value) -> Self {
        let text = |name: &str| match value.get(name) {
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
            None => String::new(),
        };
        Self {
            to: text("to"),
            subject: text("subject"),
            text: text("text"),
            html: text("html"),
        }
    }

    pub fn is_same(&self, other: &Self) -> bool {
        self.to == other.to && self.subject == other.subject && self.text == other.text
    }

    /// The only link below a path of the issuer, which both parts of the mail carry.
    pub fn link(&self, issuer: &str, path: &str) -> Seen<String> {
        let start = format!("{issuer}{path}");
        let found = links(&self.text, &start);
        let link = found
            .first()
            .or_wrong(|| format!("no link below {start} in {:?}", self.text))?;
        ensure!(
            found.iter().all(|it| it == link),
            "several links in one mail: {found:?}"
        );
        ensure!(
            links(&self.html, &start).contains(link),
            "the HTML part does not have the link of the text part"
        );
        Ok(link.clone())
    }
}

fn links(text: &str, start: &str) -> Vec<String> {
    text.match_indices(start)
        .filter_map(|(at, _)| text.get(at..))
        .map(|it| {
            let end = |c: char| !(c.is_ascii_alphanumeric() || ":/.-_~".contains(c));
            let link = it.get(..it.find(end).unwrap_or(it.len()));
            link.unwrap_or_default().trim_end_matches('.').to_owned()
        })
        .collect()
}

/// What is in the box.
pub(super) async fn all(play: &Play, address: &str) -> Seen<Vec<Mail>> {
    let answer = play.ask(Ask::get(&format!("{address}/dev/mail.json"))?).await?;
    ensure!(answer.status == 200, "the mail box answers {}", answer.brief());
    let list = answer.json()?;
    let list = list
        .as_array()
        .or_wrong(|| "the mail box is no list".to_owned())?;
    Ok(list.iter().map(Mail::read).collect())
}

/// Waits for the mail to this address with a link below this path, and looks at the box as a
/// person would.
pub(super) async fn wait_for(play: &Play, to: &str, path: &str, subject: &str) -> Seen<Mail> {
    let start = format!("{}{path}", play.issuer);
    let is_it =
        |mail: &Mail| mail.to.contains(to) && mail.text.contains(&start) && mail.subject.contains(subject);
    let node = play.node()?;
    let deadline = Instant::now() + PATIENCE;
    loop {
        let mails = all(play, &node).await?;
        if let Some(mail) = mails.iter().find(|it| is_it(it)) {
            none_twice(&mails)?;
            all(play, &play.issuer).await?;
            return Ok(mail.clone());
        }
        ensure!(
            Instant::now() < deadline,
            "no mail to {to} about {subject:?} with a link below {start} within {PATIENCE:?}; in \
             the box: {:?}",
            mails.iter().map(|it| (&it.to, &it.subject)).collect::<Vec<_>>()
        );
        tokio::time::sleep(POLL).await;
    }
}

/// No mail was delivered a second time.
pub(super) fn none_twice(mails: &[Mail]) -> Seen {
    for (at, mail) in mails.iter().enumerate() {
        let is_again = mails.iter().skip(at + 1).any(|it| it.is_same(mail));
        ensure!(
            !is_again,
            "the mail {:?} to {} is in the box twice",
            mail.subject,
            mail.to
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail(text: &str, html: &str) -> Mail {
        Mail {
            to: "a@b.example".to_owned(),
            subject: "s".to_owned(),
            text: text.to_owned(),
            html: html.to_owned(),
        }
    }

    #[test]
    fn the_link_of_both_parts_is_found() {
        let link = "http://127.0.0.1:1/invitation/abc_-9";
        let mail = mail(
            &format!("Open {link}\n\nor {link}."),
            &format!("<a href=\"{link}\">Open</a>"),
        );
        assert_eq!(mail.link("http://127.0.0.1:1", "/invitation/").unwrap(), link);
    }

    #[test]
    fn a_mail_with_another_link_in_its_html_is_wrong() {
        let mail = mail(
            "http://127.0.0.1:1/invitation/abc",
            "<a href=\"http://127.0.0.1:1/invitation/abd\">",
        );
        assert!(mail.link("http://127.0.0.1:1", "/invitation/").is_err());
    }

    #[test]
    fn a_mail_that_came_twice_is_noticed() {
        let one = mail("x", "y");
        assert!(none_twice(&[one.clone(), mail("z", "y")]).is_ok());
        assert!(none_twice(&[one.clone(), mail("z", "y"), one]).is_err());
    }
}
