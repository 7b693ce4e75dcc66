use askama::Template;

use super::{Frame, When};

/// A message in the development mail box.
#[derive(Debug, Clone)]
pub struct Mail<'a> {
    /// Its id, the last part of its address.
    pub id: &'a str,
    /// The recipient.
    pub to: &'a str,
    /// The subject.
    pub subject: &'a str,
    /// When it was sent.
    pub sent: When,
}

/// `/dev/mail`.
#[derive(Template)]
#[template(path = "dev-mail.html")]
pub struct MailBox<'a> {
    /// What surrounds the page.
    pub frame: Frame<'a>,
    /// The messages, newest first.
    pub mails: &'a [Mail<'a>],
}

impl MailBox<'_> {
    fn title(&self) -> String {
        self.frame.say("mail-box-title")
    }
}

/// `/dev/mail/ID`.
#[derive(Template)]
#[template(path = "dev-mail-message.html")]
pub struct MailMessage<'a> {
    /// What surrounds the page.
    pub frame: Frame<'a>,
    /// The message.
    pub mail: &'a Mail<'a>,
    /// The sender.
    pub from: &'a str,
    /// The plain text part; addresses in it become links.
    pub text: &'a str,
    /// The source of the HTML part, shown as text.
    pub html: Option<&'a str>,
}

impl MailMessage<'_> {
    fn title(&self) -> String {
        self.mail.subject.to_owned()
    }

    /// The text in pieces, each with whether it is an address to follow.
    fn pieces(&self) -> Vec<(&str, bool)> {
        self.text
            .split_inclusive(char::is_whitespace)
            .flat_map(pieces_of_word)
            .collect()
    }
}

fn pieces_of_word(word: &str) -> [(&str, bool); 2] {
    let address = word.trim_end();
    let is_address = address.starts_with("http://") || address.starts_with("https://");
    let (address, rest) = word.split_at(if is_address { address.len() } else { 0 });
    [(address, is_address), (rest, false)]
}

#[cfg(test)]
mod tests {
    use super::pieces_of_word;

    #[test]
    fn only_http_addresses_become_links() {
        assert_eq!(
            pieces_of_word("https://a.example/x\n"),
            [("https://a.example/x", true), ("\n", false)]
        );
        assert_eq!(
            pieces_of_word("javascript:x() "),
            [("", false), ("javascript:x() ", false)]
        );
    }
}
