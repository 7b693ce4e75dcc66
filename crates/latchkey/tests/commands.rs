//! The commands as an operator meets them: exit codes, words, and what stands on disk afterwards.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;
use std::process::{Command, Output};

const STATE: &str = r#"
[[account]]
slug = "acme"
name = "Acme Ltd"
owner = "olivia@acme.example"

[[application]]
id = "crm"
name = "CRM"
accounts = ["*"]
catalogue = "crm.catalogue.toml"

[[permission_set]]
account = "acme"
name = "Desk"
permissions = ["crm/deals:view"]

[[member]]
account = "acme"
email = "stan@acme.example"
given_name = "Stan"
family_name = "Dard"
role = "standard"
"#;

const CATALOGUE: &str = r#"
[[area]]
id = "deals"
label = "Deals"
permissions = [{ id = "deals:view", label = "See deals", class = "view" }]
"#;

struct Installation(tempfile::TempDir);

impl Installation {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("data/latchkey.db");
        let config = format!("database.url = \"sqlite:{}\"\n", database.display());
        std::fs::write(folder.path().join("latchkey.toml"), config).unwrap();
        std::fs::write(folder.path().join("state.toml"), STATE).unwrap();
        std::fs::write(folder.path().join("crm.catalogue.toml"), CATALOGUE).unwrap();
        Self(folder)
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_latchkey"));
        command.args(arguments).args(["--config", "latchkey.toml"]);
        command.current_dir(self.path()).output().unwrap()
    }

    /// What a command that succeeds says.
    fn done(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {errors}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// What a command says that ends with this code.
    fn refused(&self, code: i32, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let errors = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {errors}");
        errors
    }
}

#[test]
fn looking_at_an_installation_that_is_not_there_makes_nothing() {
    let it = Installation::new();
    for arguments in [
        ["explain", "stan@acme.example", "--account", "acme"].as_slice(),
        &["member", "show", "stan@acme.example", "--account", "acme"],
        &["keys", "list"],
        &["audit", "verify"],
    ] {
        let words = it.refused(1, arguments);
        assert!(words.contains("run `latchkey migrate` first"), "{words}");
    }
    let would = it.done(&["apply", "state.toml", "--dry-run"]);
    assert!(would.contains("would be created account acme"), "{would}");
    it.done(&["config", "check"]);
    assert!(!it.path().join("data").exists());
}

#[test]
fn a_dry_run_on_a_migrated_database_makes_no_keys() {
    let it = Installation::new();
    it.done(&["migrate"]);
    let would = it.done(&["apply", "state.toml", "--dry-run"]);
    assert!(would.contains("would be created account acme"), "{would}");
    assert_eq!(it.done(&["keys", "list"]), "");
    assert!(!it.path().join("data/master.key").exists());
    it.done(&["apply", "state.toml"]);
    let again = it.done(&["apply", "state.toml", "--dry-run"]);
    assert_eq!(again, "nothing to change\n");
}

#[test]
fn wrong_usage_is_told_from_a_refusal() {
    let it = Installation::new();
    it.refused(2, &["member", "list"]);
    it.refused(2, &["invitation", "list"]);
    it.refused(2, &["explain", "stan@acme.example"]);
    let permission = ["member", "grant", "stan@acme.example", "crm/deals:view"];
    let until = ["--account", "acme", "--until", "tomorrow"];
    let words = it.refused(2, &[permission.as_slice(), &until].concat());
    assert!(words.contains("--until"), "{words}");
    let invite = ["invitation", "send", "nora@acme.example", "--account", "acme"];
    let words = it.refused(2, &invite);
    assert!(words.contains("--given-name"), "{words}");
    it.done(&["migrate"]);
    let words = it.refused(1, &["audit", "export", "--account", "nope"]);
    assert!(words.contains("there is no account 'nope'"), "{words}");
}

#[test]
fn a_member_is_shown_with_the_end_of_what_ends() {
    let it = Installation::new();
    it.done(&["apply", "state.toml"]);
    let assign = ["member", "assign", "stan@acme.example", "Desk"];
    it.done(&[assign.as_slice(), &["--account", "acme", "--until", "2999-01-01"]].concat());
    let shown = it.done(&["member", "show", "stan@acme.example", "--account", "acme"]);
    assert!(shown.contains("Desk, until 2999-01-01T00:00:00Z"), "{shown}");
}
