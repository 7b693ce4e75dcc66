//! Whether a filter asks what can be answered.

use super::{Comparison, Filter, Literal, Operator};
use crate::error::ScimError;
use crate::name::AttributePath;
use crate::quirks;
use crate::schema::{Attribute, AttributeType, ResourceType, Returned};

impl Filter {
    /// Refuses comparisons that have no meaning. Attributes that don't exist, or that nobody may
    /// read, pass and match nothing.
    ///
    /// # Errors
    /// 400 `invalidFilter`: an order of booleans (RFC 7644 section 3.4.2.2), `co` on a number,
    /// a literal of another kind than the attribute, no date where a date is wanted, a value path
    /// on what has no parts.
    pub fn check(&self, resource_type: &ResourceType) -> Result<(), ScimError> {
        self.check_with(&|path| resource_type.attribute(path).map(|found| found.leaf()))
    }

    /// The same for the filter between a value path's brackets.
    ///
    /// # Errors
    /// As [`Filter::check`].
    pub fn check_value(&self, attribute: &Attribute) -> Result<(), ScimError> {
        self.check_with(&|path| attribute.sub(&path.attribute))
    }

    fn check_with<'a>(
        &self,
        find: &dyn Fn(&AttributePath) -> Option<&'a Attribute>,
    ) -> Result<(), ScimError> {
        match self {
            Self::Compare(comparison) => match find(&comparison.path) {
                Some(attribute) => check_comparison(comparison, attribute),
                None => Ok(()),
            },
            Self::Present(_) => Ok(()),
            Self::And(parts) | Self::Or(parts) => parts.iter().try_for_each(|part| part.check_with(find)),
            Self::Not(inner) => inner.check_with(find),
            Self::ValuePath(path, inner) => match find(path) {
                Some(attribute) if attribute.kind == AttributeType::Complex => inner.check_value(attribute),
                Some(_) => Err(ScimError::filter(format!(
                    "{path} has no sub-attributes, so brackets can't follow it."
                ))),
                None => Ok(()),
            },
        }
    }
}

/// The attribute whose values a comparison sees: of a complex one, its `value`.
pub(super) fn compared(attribute: &Attribute) -> Option<&Attribute> {
    if attribute.returned == Returned::Never {
        return None;
    }
    match attribute.kind {
        AttributeType::Complex => attribute.sub("value"),
        _ => Some(attribute),
    }
}

fn check_comparison(comparison: &Comparison, attribute: &Attribute) -> Result<(), ScimError> {
    let Comparison {
        path,
        operator,
        value,
    } = comparison;
    let Some(attribute) = compared(attribute) else {
        return Ok(());
    };
    let refused = |why: &str| Err(ScimError::filter(format!("{path}: {why}")));
    let equality = matches!(operator, Operator::Eq | Operator::Ne);
    if *value == Literal::Null {
        return match equality {
            true => Ok(()),
            false => refused("null can be compared with eq and ne only."),
        };
    }
    match attribute.kind {
        AttributeType::Boolean if !equality => refused("a boolean can be compared with eq and ne only."),
        AttributeType::Boolean => match value {
            Literal::Boolean(_) => Ok(()),
            Literal::String(text) if quirks::boolean_word(text).is_some() => Ok(()),
            _ => refused("compare it with true or false."),
        },
        AttributeType::Integer | AttributeType::Decimal => match (value, operator) {
            (_, Operator::Co | Operator::Sw | Operator::Ew) => refused("a number is not searched in."),
            (Literal::Number(_), _) => Ok(()),
            _ => refused("compare it with a number, without quotes."),
        },
        AttributeType::Binary if !equality => refused("binary can be compared with eq and ne only."),
        AttributeType::DateTime => match (value, operator) {
            (Literal::String(_), Operator::Co | Operator::Sw | Operator::Ew) => Ok(()),
            (Literal::String(text), _) if text.parse::<jiff::Timestamp>().is_ok() => Ok(()),
            _ => refused("compare it with a date such as \"2026-11-24T08:00:00Z\"."),
        },
        _ => match value {
            Literal::String(_) => Ok(()),
            _ => refused("compare it with text in double quotes."),
        },
    }
}
