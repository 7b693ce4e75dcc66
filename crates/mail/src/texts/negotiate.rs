//! Choosing a language for a person, purely from tags.

/// The place in `available` of the tag that fits `wanted` best, by lookup (RFC 4647 §3.4):
/// each wanted range in turn, made shorter from its end until a tag equals it.
#[must_use]
pub fn lookup<S: AsRef<str>>(available: &[&str], wanted: &[S]) -> Option<usize> {
    wanted.iter().find_map(|range| {
        let range = range.as_ref().trim().replace('_', "-");
        shorter_and_shorter(&range)
            .find_map(|tag| available.iter().position(|have| have.eq_ignore_ascii_case(tag)))
    })
}

fn shorter_and_shorter(range: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(range), |range| {
        let (shorter, _) = range.rsplit_once('-')?;
        // A single letter introduces what was just cut off, so it goes with it.
        match shorter.rsplit_once('-') {
            Some((rest, last)) if last.len() == 1 => Some(rest),
            _ => Some(shorter),
        }
    })
}

/// The language ranges of an `Accept-Language` header, the most wanted first
/// (RFC 9110 §12.5.4). Ranges of weight 0, `*` and what cannot be read are left out.
#[must_use]
pub fn accept_language(header: &str) -> Vec<&str> {
    let mut ranges: Vec<(&str, u16)> = header.split(',').take(32).filter_map(range).collect();
    ranges.sort_by_key(|(_, weight)| std::cmp::Reverse(*weight));
    ranges.into_iter().map(|(tag, _)| tag).collect()
}

fn range(item: &str) -> Option<(&str, u16)> {
    let (tag, parameter) = match item.split_once(';') {
        Some((tag, parameter)) => (tag.trim(), Some(parameter.trim())),
        None => (item.trim(), None),
    };
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
    if tag.is_empty() || tag.len() > 35 || !tag.bytes().all(plain) {
        return None;
    }
    let weight = match parameter {
        None => 1000,
        Some(parameter) => thousandths(parameter.strip_prefix("q=")?)?,
    };
    (weight > 0).then_some((tag, weight))
}

fn thousandths(weight: &str) -> Option<u16> {
    let (whole, part) = weight.split_once('.').unwrap_or((weight, ""));
    if part.len() > 3 || !part.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let part: u16 = format!("{part:0<3}").parse().ok()?;
    match whole {
        "0" => Some(part),
        "1" if part == 0 => Some(1000),
        _ => None,
    }
}

/// `rtl` for the languages that are written from right to left, else `ltr`.
pub(super) fn direction(tag: &str) -> &'static str {
    let language = tag.split('-').next().unwrap_or_default();
    match language {
        "ar" | "ckb" | "dv" | "fa" | "he" | "ps" | "ur" | "yi" => "rtl",
        _ => "ltr",
    }
}
