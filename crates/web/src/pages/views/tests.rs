//! Every page in every language, checked as the browser gets it.

mod gallery;
mod texts;

use std::collections::BTreeSet;
use std::path::Path;

use gallery::{Page, gallery};
use texts::Texts;

use crate::assets;

const LANGUAGES: [&str; 2] = ["en", "de"];

fn pages() -> Vec<Page> {
    LANGUAGES
        .iter()
        .flat_map(|lang| gallery(&Texts::load(lang), lang))
        .collect()
}

#[test]
fn every_page_says_all_in_every_language_and_no_text_is_left_over() {
    for lang in LANGUAGES {
        let texts = Texts::load(lang);
        gallery(&texts, lang);
        assert_eq!(texts.missing(), BTreeSet::new(), "missing in {lang}");
        assert_eq!(texts.unused(), BTreeSet::new(), "unused in {lang}");
    }
    assert_eq!(Texts::load("en").keys(), Texts::load("de").keys());
}

#[test]
fn the_ids_kept_for_automation_are_on_their_pages() {
    for page in pages() {
        for id in page.ids {
            assert_eq!(
                page.html.matches(&format!(" id=\"{id}\"")).count(),
                1,
                "{id} on {}",
                page.name
            );
        }
    }
}

#[test]
fn no_page_holds_inline_script_or_style() {
    for Page { name, html, .. } in pages() {
        let lower = html.to_lowercase();
        assert!(
            !lower.contains("<style") && !lower.contains(" style="),
            "style on {name}"
        );
        assert!(!lower.contains("javascript:"), "javascript: on {name}");
        for tag in lower
            .split('<')
            .skip(1)
            .map(|rest| rest.split('>').next().unwrap_or(""))
        {
            assert!(
                !tag.split_whitespace()
                    .any(|part| part.starts_with("on") && part.contains('=')),
                "{tag} on {name}"
            );
            if tag.starts_with("script") {
                assert!(tag.contains("src=\"/assets/"), "{tag} on {name}");
            }
        }
        assert_eq!(
            lower.matches("<script").count(),
            lower.matches("></script>").count(),
            "{name}"
        );
    }
}

#[test]
fn every_page_has_its_language_one_heading_and_its_landmarks() {
    for Page { name, html, .. } in pages() {
        for once in [
            "<h1>",
            "<main ",
            "<header ",
            "<title>",
            " lang=\"",
            " dir=\"ltr\"",
        ] {
            assert_eq!(html.matches(once).count(), 1, "{once} on {name}");
        }
    }
}

#[test]
fn every_form_is_posted_with_its_hidden_fields() {
    for Page { name, html, .. } in pages() {
        for form in html
            .split("<form ")
            .skip(1)
            .filter(|form| !form.contains("id=\"form-post\""))
        {
            let form = form.split("</form>").next().unwrap();
            assert!(form.starts_with("method=\"post\" action=\"/"), "{name}: {form}");
            assert!(form.contains("name=\"csrf\" value=\"the-csrf-token\""), "{name}");
            assert!(
                form.contains("name=\"request\" value=\"the-sealed-step\""),
                "{name}"
            );
        }
    }
}

#[test]
fn every_field_has_a_label_and_is_named_by_its_id() {
    for Page { name, html, .. } in pages() {
        for input in html
            .split("<input ")
            .skip(1)
            .map(|rest| rest.split('>').next().unwrap())
        {
            if input.contains("type=\"hidden\"") {
                continue;
            }
            let value = |attribute: &str| {
                input
                    .split(&format!("{attribute}=\""))
                    .nth(1)
                    .and_then(|rest| rest.split('"').next())
                    .unwrap()
            };
            assert_eq!(value("id"), value("name"), "{name}");
            assert!(
                html.contains(&format!("<label for=\"{}\">", value("id"))),
                "{input} on {name}"
            );
        }
    }
}

#[test]
fn a_form_with_errors_says_so_in_title_summary_and_field() {
    let page = pages()
        .into_iter()
        .find(|page| page.name == "en-create-user-errors")
        .unwrap();
    assert!(page.html.contains("<title>Error: "));
    assert!(page.html.contains("role=\"alert\" tabindex=\"-1\""));
    assert!(
        page.html
            .contains("<a href=\"#password_confirmation\">The two passwords differ")
    );
    assert!(
        page.html
            .contains("aria-describedby=\"password-rules password-error\" aria-invalid=\"true\"")
    );
    assert!(page.html.contains("id=\"accept_terms-error\""));
}

#[test]
fn what_people_typed_is_escaped_and_passwords_never_come_back() {
    for Page { name, html, .. } in pages() {
        assert!(!html.contains("<Ada>"), "{name}");
        for input in html
            .split("<input ")
            .skip(1)
            .map(|rest| rest.split('>').next().unwrap())
        {
            assert!(
                !input.contains("type=\"password\"") || !input.contains(" value="),
                "{name}: {input}"
            );
        }
    }
}

#[test]
fn every_asset_named_on_a_page_is_served() {
    for Page { name, html, .. } in pages() {
        for path in html
            .split('"')
            .filter(|part| part.starts_with("/assets/") || part.is_empty())
        {
            let path = path.split('#').next().unwrap();
            assert!(
                path.is_empty() || assets::find(path).is_some(),
                "{path} on {name}"
            );
        }
        for attribute in ["src", "href"] {
            assert!(
                !html.contains(&format!("{attribute}=\"\"")),
                "an empty {attribute} on {name}"
            );
            assert!(
                !html.contains(&format!("{attribute}=\"#key")),
                "an icon of no file on {name}"
            );
        }
    }
}

#[test]
fn the_sign_in_page_weighs_at_most_thirty_kibibytes_in_four_requests() {
    let page = pages()
        .into_iter()
        .find(|page| page.name == "en-sign-in")
        .unwrap();
    let loaded: BTreeSet<&str> = page
        .html
        .split('"')
        .filter(|part| part.starts_with("/assets/"))
        .map(|part| part.split('#').next().unwrap())
        .collect();
    let weight: usize = loaded
        .iter()
        .map(|path| assets::find(path).unwrap().bytes.len())
        .sum();
    assert!(loaded.len() < 4, "{loaded:?} and the page");
    assert!(
        page.html.len() + weight <= 30 * 1024,
        "{} + {weight}",
        page.html.len()
    );
}

/// Writes every page with its assets to `target/pages`, to be looked at.
#[test]
fn pages_are_written_for_looking_at() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/pages");
    std::fs::create_dir_all(folder.join("assets")).unwrap();
    for asset in assets::all() {
        std::fs::write(folder.join(asset.path.trim_start_matches('/')), asset.bytes).unwrap();
    }
    for page in pages() {
        std::fs::write(folder.join(page.name).with_extension("html"), page.html).unwrap();
    }
}
