//! The declared state of the demonstration (docs: "Declared state"): accounts, people, the CRM and
//! its clients, HR systems, terms. The files stand in `config/demo/` and are part of the binary.

use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

const STATE: &str = include_str!("../../../config/demo/demo.toml");
const FILES: [(&str, &str); 2] = [
    (
        "crm.catalogue.toml",
        include_str!("../../../config/demo/crm.catalogue.toml"),
    ),
    ("terms.md", include_str!("../../../config/demo/terms.md")),
];

/// The id of the CRM and of its web client.
pub const CRM: &str = "crm";

/// Writes the state for a CRM at this address (`http://127.0.0.1:8081`, no slash at the end) and
/// the files it names into a folder, and answers the path to give to `latchkey apply`.
///
/// # Errors
/// What the file system says.
pub fn write(folder: &Path, crm: &str) -> io::Result<PathBuf> {
    std::fs::create_dir_all(folder)?;
    for (name, text) in FILES {
        std::fs::write(folder.join(name), text)?;
    }
    let path = folder.join("demo.toml");
    std::fs::write(&path, at(crm))?;
    Ok(path)
}

fn at(crm: &str) -> String {
    STATE.replace("{crm}", crm)
}

/// What one needs to know to try the demonstration; the parts of `latchkey demo --json`
/// (`conformance/README.md`) that come from the declared state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Facts {
    /// People who can sign in.
    pub people: Vec<Person>,
    /// The CRM's clients.
    pub clients: Vec<Client>,
    /// The HR systems' tokens.
    pub scim: Vec<Scim>,
}

/// Somebody who can sign in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Person {
    /// Given name and family name.
    pub name: String,
    /// The address they sign in with.
    pub email: String,
    /// Their password.
    pub password: String,
    /// Their role in the first of their accounts.
    pub role: String,
    /// The slugs of their accounts.
    pub accounts: Vec<String>,
}

/// A client of the CRM.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Client {
    /// Its `client_id`.
    pub id: String,
    /// Its secret; public clients have none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
    /// Its redirect URIs.
    pub redirect_uris: Vec<String>,
}

/// An HR system's access.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Scim {
    /// The account's slug.
    pub account: String,
    /// The base URL of SCIM.
    pub url: String,
    /// The bearer token.
    pub token: String,
}

/// The facts for an issuer and a CRM at these addresses (no slash at the end).
///
/// # Errors
/// For a declared state that can't be read, which the tests rule out.
pub fn facts(issuer: &str, crm: &str) -> Result<Facts, toml::de::Error> {
    let declared: Declared = toml::from_str(&at(crm))?;
    let people = declared.people();
    let applications = declared.application.into_iter();
    let clients = applications
        .chain(declared.client)
        .map(|it| Client {
            id: it.id,
            secret: it.client_secret,
            redirect_uris: it.redirect_uris,
        })
        .collect();
    let scim = declared
        .scim_token
        .into_iter()
        .map(|it| Scim {
            account: it.account,
            url: format!("{issuer}/scim/v2"),
            token: it.token,
        })
        .collect();
    Ok(Facts {
        people,
        clients,
        scim,
    })
}

#[derive(Deserialize)]
struct Declared {
    account: Vec<DeclaredAccount>,
    application: Vec<DeclaredClient>,
    client: Vec<DeclaredClient>,
    member: Vec<DeclaredMember>,
    scim_token: Vec<DeclaredToken>,
}

#[derive(Deserialize)]
struct DeclaredAccount {
    slug: String,
    owner: String,
}

#[derive(Deserialize)]
struct DeclaredClient {
    id: String,
    client_secret: Option<String>,
    #[serde(default)]
    redirect_uris: Vec<String>,
}

#[derive(Deserialize)]
struct DeclaredMember {
    account: String,
    email: String,
    given_name: String,
    family_name: String,
    role: Option<String>,
    password: Option<String>,
}

#[derive(Deserialize)]
struct DeclaredToken {
    account: String,
    token: String,
}

impl Declared {
    /// Everybody with a password, in the order declared, with all their accounts.
    fn people(&self) -> Vec<Person> {
        let with_password = self.member.iter().filter_map(|member| {
            let password = member.password.clone()?;
            let theirs = self.member.iter().filter(|it| it.email == member.email);
            Some(Person {
                name: format!("{} {}", member.given_name, member.family_name),
                email: member.email.clone(),
                password,
                role: self.role(member),
                accounts: theirs.map(|it| it.account.clone()).collect(),
            })
        });
        with_password.collect()
    }

    fn role(&self, member: &DeclaredMember) -> String {
        let owns = |it: &DeclaredAccount| it.slug == member.account && it.owner == member.email;
        if self.account.iter().any(owns) {
            return "owner".to_owned();
        }
        member.role.clone().unwrap_or_else(|| "standard".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Facts {
        facts("http://127.0.0.1:8080", "http://127.0.0.1:8081").unwrap()
    }

    #[test]
    fn there_is_somebody_of_each_role_in_one_account_and_one_person_in_two() {
        let people = sample().people;
        for role in ["owner", "manager", "standard", "read_only"] {
            assert!(
                people.iter().any(|it| it.role == role && it.accounts == ["acme"]),
                "{role}"
            );
        }
        let of_both: Vec<_> = people.iter().filter(|it| it.accounts.len() == 2).collect();
        assert_eq!(of_both.len(), 1);
        assert_eq!(of_both[0].accounts, ["acme", "globex"]);
    }

    #[test]
    fn the_facts_name_clients_and_tokens_at_the_given_addresses() {
        let facts = sample();
        assert_eq!(facts.clients[0].id, CRM);
        assert_eq!(facts.clients[0].redirect_uris, ["http://127.0.0.1:8081/callback"]);
        let phone = facts.clients.iter().find(|it| it.id == "crm-phone").unwrap();
        assert_eq!(phone.secret, None);
        assert_eq!(facts.scim[0].account, "acme");
        assert_eq!(facts.scim[0].url, "http://127.0.0.1:8080/scim/v2");
    }

    #[test]
    fn the_files_are_written_with_the_address_of_the_crm() {
        let folder = tempfile::tempdir().unwrap();
        let path = write(folder.path(), "http://127.0.0.1:9").unwrap();
        let text = std::fs::read_to_string(path).unwrap();
        assert!(text.contains("\"http://127.0.0.1:9/callback\""));
        assert!(!text.contains("{crm}/"));
        for (name, _) in FILES {
            assert!(folder.path().join(name).is_file(), "{name}");
        }
    }

    #[test]
    fn everybody_is_of_an_example_domain_and_every_password_is_long() {
        for person in sample().people {
            assert!(person.email.ends_with(".example"), "{}", person.email);
            assert!(person.password.chars().count() >= 15, "{}", person.password);
        }
    }
}
