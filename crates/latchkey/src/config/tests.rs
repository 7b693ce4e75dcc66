use super::*;

const REFERENCE: &str = include_str!("../../../../config/latchkey.toml");

fn read(text: &str) -> Result<Config, Refusal> {
    Figment::new()
        .merge(Toml::string(text))
        .extract()
        .map_err(|fault| Refusal::new(describe(&fault)))
}

/// The keys that a section knows, as the reader of the configuration itself says.
fn known_keys(section: &str) -> Vec<String> {
    let text = match section {
        "" => "no_such_key = 1".to_owned(),
        section => format!("[{section}]\nno_such_key = 1"),
    };
    let fault = Figment::new()
        .merge(Toml::string(&text))
        .extract::<Config>()
        .unwrap_err();
    match fault.kind {
        Kind::UnknownField(_, known) => known.iter().map(|it| (*it).to_owned()).collect(),
        other => panic!("[{section}] takes unknown keys: {other}"),
    }
}

#[test]
fn the_annotated_reference_says_the_defaults() {
    let (reference, defaults) = (read(REFERENCE).unwrap(), Config::default());
    assert_eq!(reference.issuer, defaults.issuer);
    assert_eq!(reference.listen, defaults.listen);
    assert_eq!(reference.database.url, defaults.database.url);
    assert_eq!(reference.database.connections, defaults.database.connections);
    assert_eq!(reference.database.readers, defaults.database.readers);
    assert_eq!(reference.database.group_size, defaults.database.group_size);
    assert_eq!(reference.database.group_ms, defaults.database.group_ms);
    assert_eq!(reference.database.wait_ms, defaults.database.wait_ms);
    assert_eq!(reference.database.poll_ms, defaults.database.poll_ms);
    assert_eq!(reference.mail, defaults.mail);
    let as_text = |config: &Config| {
        format!(
            "{:?} {:?} {:?} {:?}",
            config.security, config.tokens, config.limits, config.telemetry
        )
    };
    assert_eq!(as_text(&reference), as_text(&defaults));
}

#[test]
fn the_annotated_reference_names_every_setting() {
    for section in [
        "",
        "database",
        "mail",
        "security",
        "security.outbound",
        "tokens",
        "limits",
        "telemetry",
    ] {
        for key in known_keys(section) {
            let plain = format!("\n{key} = ");
            let commented = format!("\n# {key} = ");
            let table = format!(
                "\n[{}{key}]",
                if section.is_empty() {
                    String::new()
                } else {
                    format!("{section}.")
                }
            );
            assert!(
                [plain, commented, table].iter().any(|it| REFERENCE.contains(it)),
                "[{section}] {key} is not in config/latchkey.toml"
            );
        }
    }
}

#[test]
fn an_unknown_key_is_refused_with_the_nearest_known_one() {
    let refusal = read("[mail]\ntransprot = \"smtp\"").unwrap_err().to_string();
    assert_eq!(
        refusal,
        "'mail.transprot' is no setting; did you mean 'mail.transport'?"
    );
    let refusal = read("isuer = \"x\"").unwrap_err().to_string();
    assert_eq!(refusal, "'isuer' is no setting; did you mean 'issuer'?");
}

#[test]
fn what_is_only_fit_for_development_is_refused_off_loopback() {
    let mut config = Config {
        issuer: "http://id.example.com".to_owned(),
        ..Config::default()
    };
    let refusal = |config: &Config| config.check().unwrap_err().to_string();
    assert!(refusal(&config).starts_with("issuer:"));
    config.issuer = "https://id.example.com".to_owned();
    assert!(refusal(&config).starts_with("master_key"));
    config.master_key = Some(Secret::new("a".repeat(43)));
    assert!(refusal(&config).starts_with("mail.transport:"));
    config.mail.transport = latchkey_mail::TransportKind::Smtp;
    assert!(config.check().is_ok());
}

#[test]
fn loopback_is_told_from_look_alikes() {
    let at = |issuer: &str| {
        Config {
            issuer: issuer.to_owned(),
            ..Config::default()
        }
        .is_on_loopback()
    };
    for yes in ["http://127.0.0.1:8080", "http://localhost", "http://[::1]:8080"] {
        assert!(at(yes), "{yes}");
    }
    for no in [
        "http://localhost.example.com",
        "http://127.0.0.1.example.com",
        "http://10.0.0.1",
        "https://id.example.com",
    ] {
        assert!(!at(no), "{no}");
    }
}

#[test]
fn the_development_mail_box_is_not_opened_to_the_network() {
    let mut config = Config {
        listen: "0.0.0.0:8080".parse().unwrap(),
        ..Config::default()
    };
    assert!(config.check().unwrap_err().to_string().starts_with("listen:"));
    config.mail.transport = latchkey_mail::TransportKind::Smtp;
    assert!(config.check().is_ok());
}

#[test]
fn an_issuer_on_loopback_is_not_offered_to_other_machines() {
    let config = Config {
        listen: SocketAddr::from(([0, 0, 0, 0], 8080)),
        ..Config::default()
    };
    assert!(config.check().unwrap_err().to_string().starts_with("listen:"));
}

#[test]
fn what_the_service_would_refuse_is_refused_by_reading() {
    for (text, words) in [
        (
            "database.url = \"mysql://x\"",
            "database.url is neither sqlite:PATH",
        ),
        ("master_key = \"short\"", "master_key: "),
        (
            "older_master_keys = [\"short\"]",
            "older_master_keys: the master key must be",
        ),
        (
            "security.trusted_proxies = [\"300.1.1.1/8\"]",
            "security.trusted_proxies: '300.1.1.1/8'",
        ),
        (
            "mail = { transport = \"smtp\", host = \"\" }",
            "mail.host is empty",
        ),
        ("mail.from = \"no address\"", "mail.from is not a mail address"),
        (
            "security.outbound.allow = [\"junk\"]",
            "security.outbound.allow: 'junk'",
        ),
        ("tokens.access_seconds = 0", "tokens.access_seconds: "),
        ("security.reset_seconds = 600", "security.reset_seconds: "),
        ("limits.requests = 0", "limits.requests: "),
        ("telemetry.log = \"zz==\"", "telemetry.log: 'zz=='"),
    ] {
        let refusal = read(text).unwrap().check().unwrap_err().to_string();
        assert!(refusal.starts_with(words), "{text}: {refusal}");
    }
}

#[test]
fn an_issuer_below_a_path_is_refused_in_words() {
    for issuer in ["http://localhost/id", "http://localhost:8080/id/"] {
        let config = Config {
            issuer: issuer.to_owned(),
            ..Config::default()
        };
        let refusal = config.check().unwrap_err().to_string();
        assert!(refusal.contains("a host name of its own"), "{refusal}");
    }
}

#[test]
fn filters_of_the_log_are_taken_in_every_form() {
    for log in [
        "info",
        "warn,latchkey_app=debug",
        "latchkey_app[request{id=1}]=debug",
    ] {
        let mut config = Config::default();
        log.clone_into(&mut config.telemetry.log);
        assert!(config.check().is_ok(), "{log}");
    }
}
