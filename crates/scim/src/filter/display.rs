//! A filter's text form; reading it again gives the same tree.

use super::{Comparison, Filter, Literal, Operator};
use std::fmt::{self, Display, Formatter};

impl Operator {
    /// The operator as it is written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Eq => "eq",
            Self::Ne => "ne",
            Self::Co => "co",
            Self::Sw => "sw",
            Self::Ew => "ew",
            Self::Gt => "gt",
            Self::Ge => "ge",
            Self::Lt => "lt",
            Self::Le => "le",
        }
    }
}

impl Display for Literal {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::String(text) => {
                let json = serde_json::Value::String(text.clone());
                write!(formatter, "{json}")
            }
            Self::Number(number) => write!(formatter, "{number}"),
            Self::Boolean(value) => write!(formatter, "{value}"),
            Self::Null => formatter.write_str("null"),
        }
    }
}

impl Display for Comparison {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let operator = self.operator.as_str();
        write!(formatter, "{} {operator} {}", self.path, self.value)
    }
}

impl Display for Filter {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Compare(comparison) => comparison.fmt(formatter),
            Self::Present(path) => write!(formatter, "{path} pr"),
            Self::And(parts) => list(formatter, parts, " and "),
            Self::Or(parts) => list(formatter, parts, " or "),
            Self::Not(inner) => write!(formatter, "not ({inner})"),
            Self::ValuePath(path, inner) => write!(formatter, "{path}[{inner}]"),
        }
    }
}

fn list(formatter: &mut Formatter<'_>, parts: &[Filter], between: &str) -> fmt::Result {
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            formatter.write_str(between)?;
        }
        match part {
            Filter::And(_) | Filter::Or(_) => write!(formatter, "({part})")?,
            _ => part.fmt(formatter)?,
        }
    }
    Ok(())
}
