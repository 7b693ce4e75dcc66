//! What the demonstration says at its start.

use latchkey_demo::state::Facts;

/// Addresses, names and passwords, and what to try first.
pub fn welcome(issuer: &str, crm: &str, facts: &Facts) -> String {
    let width = facts.people.iter().map(|it| it.email.len()).max().unwrap_or(0);
    let people: Vec<String> = facts
        .people
        .iter()
        .map(|it| {
            let accounts = it.accounts.join(", ");
            format!(
                "  {:width$}  {:28}  {} ({accounts})",
                it.email,
                it.password,
                it.role.replace('_', " ")
            )
        })
        .collect();
    let tokens: Vec<String> = facts
        .scim
        .iter()
        .map(|it| format!("  {:8}  {}  token {}", it.account, it.url, it.token))
        .collect();
    format!(
        "Latchkey is ready to try.

  sample CRM   {crm}
  my account   {issuer}/account
  mail box     {issuer}/dev/mail

People, their passwords and roles:

{}

HR systems (SCIM 2.0):

{}

Open the sample CRM and sign in as one of them. Ctrl-C ends the demonstration.",
        people.join("\n"),
        tokens.join("\n"),
    )
}
