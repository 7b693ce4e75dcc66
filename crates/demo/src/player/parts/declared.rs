//! Part 1: an operator declares accounts, the CRM, people, terms and HR systems.

use axum::http::header;
use serde_json::Value;

use crate::player::http::Ask;
use crate::player::play::Play;
use crate::player::wrong::{OrWrong as _, Seen, Wrong, ensure};
use crate::state;

pub(super) async fn by_the_operator(play: &mut Play) -> Seen {
    let folder = play.house.folder().join("declared");
    let path = state::write(&folder, &play.crm)?;
    let path = path.to_str().or_wrong(|| "an odd path".to_owned())?;

    play.step("1.1 the operator tries the declared state");
    let tried = play
        .command(&["apply", path, "--allow-passwords", "--dry-run"])
        .await?;
    play.seen(&format!("{} lines of what would change", lines(&tried.output)))
        .await?;

    play.step("1.2 the operator applies it");
    let done = play.command(&["apply", path, "--allow-passwords"]).await?;
    ensure!(!done.output.is_empty(), "apply says nothing of what it did");
    play.promises.begin();
    play.house.start().await?;
    play.seen(&format!("{} lines of changes", lines(&done.output)))
        .await?;

    play.step("1.3 it can be applied again, while the nodes serve");
    let again = play.command(&["apply", path, "--allow-passwords"]).await?;
    ensure!(
        lines(&again.output) <= 1,
        "applying the same state again changes something: {}",
        again.output
    );
    play.seen(again.output.lines().next().unwrap_or("nothing to say"))
        .await?;

    play.step("1.4 applications find the provider");
    let metadata = discovery(play).await?;
    play.seen(&metadata).await
}

fn lines(text: &str) -> usize {
    text.lines().count()
}

/// Discovery names the issuer and its endpoints, and the key set has keys for what it promises.
async fn discovery(play: &Play) -> Seen<String> {
    let url = format!("{}/.well-known/openid-configuration", play.issuer);
    let answer = play.ask(Ask::get(&url)?).await?;
    let metadata = answer.json()?;
    let text = |name: &str| metadata.get(name).and_then(Value::as_str);
    ensure!(
        text("issuer") == Some(play.issuer.as_str()),
        "discovery names another issuer: {}",
        answer.brief()
    );
    let jwks_uri = text("jwks_uri").ok_or_else(|| Wrong("no jwks_uri".to_owned()))?;
    let answer = play.ask(Ask::get(jwks_uri)?).await?;
    let cached = answer.header(header::CACHE_CONTROL).unwrap_or_default();
    ensure!(
        cached.contains("max-age"),
        "the key set does not say how long it is good: {cached:?}"
    );
    let keys = answer.json()?;
    let keys = keys.get("keys").and_then(Value::as_array).cloned();
    let algorithms: Vec<String> = keys
        .unwrap_or_default()
        .iter()
        .filter_map(|it| it.get("alg").and_then(Value::as_str))
        .map(str::to_owned)
        .collect();
    for algorithm in ["ES256", "RS256"] {
        ensure!(
            algorithms.iter().any(|it| it == algorithm),
            "no {algorithm} key among {algorithms:?}"
        );
    }
    Ok(format!("keys for {}", algorithms.join(", ")))
}
