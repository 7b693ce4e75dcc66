//! Reads declared state and the files that it names.

use std::path::Path;

use super::declared::{CatalogueFile, ClientFields, State};
use crate::{Error, Result, Secret};

/// Client metadata that may be declared (RFC 7591 §2, OpenID Connect Registration §2, RP-Initiated
/// Logout §3.1).
const METADATA: [&str; 30] = [
    "application_type",
    "client_name",
    "client_uri",
    "contacts",
    "default_acr_values",
    "default_max_age",
    "grant_types",
    "id_token_encrypted_response_alg",
    "id_token_encrypted_response_enc",
    "id_token_signed_response_alg",
    "initiate_login_uri",
    "jwks",
    "jwks_uri",
    "logo_uri",
    "policy_uri",
    "post_logout_redirect_uris",
    "redirect_uris",
    "request_object_signing_alg",
    "request_uris",
    "require_auth_time",
    "response_types",
    "scope",
    "sector_identifier_uri",
    "software_id",
    "software_version",
    "subject_type",
    "token_endpoint_auth_method",
    "token_endpoint_auth_signing_alg",
    "tos_uri",
    "userinfo_signed_response_alg",
];

/// Reads declared state from files, TOML or (named `.json`) JSON, and all that they name, relative
/// to each.
///
/// # Errors
/// [`Error::Invalid`] names the file and what is wrong in it.
pub fn read(files: &[impl AsRef<Path>]) -> Result<State> {
    let mut all = State::default();
    for file in files {
        let file = file.as_ref();
        let text = text_of(file)?;
        let is_json = file.extension().is_some_and(|it| it == "json");
        let state = if is_json {
            serde_json::from_str(&text).map_err(|fault| wrong(file, &fault.to_string()))?
        } else {
            toml::from_str(&text).map_err(|fault| wrong(file, &fault.to_string()))?
        };
        let folder = file.parent().unwrap_or_else(|| Path::new("."));
        let state = complete(state, folder)?;
        check_metadata(file, &state)?;
        all.account.extend(state.account);
        all.application.extend(state.application);
        all.client.extend(state.client);
        all.service_member.extend(state.service_member);
        all.permission_set.extend(state.permission_set);
        all.member.extend(state.member);
        all.scim_token.extend(state.scim_token);
        all.terms.extend(state.terms);
    }
    Ok(all)
}

fn complete(mut state: State, folder: &Path) -> Result<State> {
    for application in &mut state.application {
        if let Some(file) = &application.catalogue {
            let file = folder.join(file);
            let catalogue: CatalogueFile =
                toml::from_str(&text_of(&file)?).map_err(|fault| wrong(&file, &fault.to_string()))?;
            application.areas = Some(catalogue.area);
        }
        read_secret(&mut application.client, folder)?;
    }
    for client in &mut state.client {
        read_secret(&mut client.fields, folder)?;
    }
    for terms in &mut state.terms {
        terms.text = text_of(&folder.join(&terms.file))?;
    }
    Ok(state)
}

fn read_secret(fields: &mut ClientFields, folder: &Path) -> Result<()> {
    if let Some(file) = fields.client_secret_file.take() {
        fields.client_secret = Some(Secret::new(text_of(&folder.join(file))?.trim()));
    }
    Ok(())
}

fn check_metadata(file: &Path, state: &State) -> Result<()> {
    let of_applications = state.application.iter().map(|it| &it.client);
    let of_clients = state.client.iter().map(|it| &it.fields);
    for name in of_applications
        .chain(of_clients)
        .flat_map(|it| it.metadata.keys())
    {
        if !METADATA.contains(&name.as_str()) {
            return Err(wrong(
                file,
                &format!("'{name}' is no client metadata that is known here"),
            ));
        }
    }
    Ok(())
}

fn text_of(file: &Path) -> Result<String> {
    std::fs::read_to_string(file).map_err(|fault| wrong(file, &fault.to_string()))
}

fn wrong(file: &Path, what: &str) -> Error {
    Error::invalid("file", format!("{}: {what}", file.display()))
}
