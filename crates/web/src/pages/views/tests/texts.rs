//! The texts, with a record of which were asked for.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::Path;

use fluent_bundle::{FluentArgs, FluentBundle, FluentResource};

use super::super::Say;

pub struct Texts {
    bundle: FluentBundle<FluentResource>,
    keys: BTreeSet<String>,
    asked: RefCell<BTreeSet<String>>,
}

impl Texts {
    pub fn load(lang: &str) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("locales").join(lang);
        let source = std::fs::read_to_string(folder.join("pages.ftl")).unwrap();
        let resource = FluentResource::try_new(source.clone()).unwrap();
        let mut bundle = FluentBundle::new(vec![lang.parse().unwrap()]);
        bundle.set_use_isolating(false);
        bundle.add_resource(resource).unwrap();
        let is_key = |line: &&str| line.starts_with(|first: char| first.is_ascii_lowercase());
        let key = |line: &str| line.split(" = ").next().unwrap().to_owned();
        let keys = source.lines().filter(is_key).map(key).collect();
        Self {
            bundle,
            keys,
            asked: RefCell::default(),
        }
    }

    pub fn keys(&self) -> &BTreeSet<String> {
        &self.keys
    }

    pub fn missing(&self) -> BTreeSet<String> {
        &*self.asked.borrow() - &self.keys
    }

    pub fn unused(&self) -> BTreeSet<String> {
        &self.keys - &*self.asked.borrow()
    }
}

impl Say for Texts {
    fn say(&self, key: &str) -> String {
        self.say_with(key, &[])
    }

    fn say_with(&self, key: &str, args: &[(&str, &str)]) -> String {
        self.asked.borrow_mut().insert(key.to_owned());
        let Some(pattern) = self.bundle.get_message(key).and_then(|message| message.value()) else {
            return format!("[{key}]");
        };
        let args: FluentArgs<'_> = args.iter().copied().collect();
        let mut errors = Vec::new();
        let text = self
            .bundle
            .format_pattern(pattern, Some(&args), &mut errors)
            .into_owned();
        assert!(errors.is_empty(), "{key}: {errors:?}");
        text
    }
}
