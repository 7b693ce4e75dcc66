//! What can be bound to a placeholder.

/// A bound value. A missing value keeps its type, because PostgreSQL asks for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// `TEXT`.
    Text(Option<String>),
    /// `BIGINT`.
    Int(Option<i64>),
    /// `BOOLEAN`; 0 or 1 in `SQLite`.
    Bool(Option<bool>),
}

/// What can become a [`Value`]: text, whole numbers, booleans, the domain's names and times,
/// and options of all of them.
pub trait IntoValue {
    /// The missing value of this type.
    const NULL: Value;

    /// The value to bind.
    fn into_value(self) -> Value;
}

impl IntoValue for String {
    const NULL: Value = Value::Text(None);

    fn into_value(self) -> Value {
        Value::Text(Some(self))
    }
}

impl IntoValue for &str {
    const NULL: Value = Value::Text(None);

    fn into_value(self) -> Value {
        Value::Text(Some(self.to_owned()))
    }
}

impl IntoValue for &String {
    const NULL: Value = Value::Text(None);

    fn into_value(self) -> Value {
        Value::Text(Some(self.clone()))
    }
}

impl IntoValue for i64 {
    const NULL: Value = Value::Int(None);

    fn into_value(self) -> Value {
        Value::Int(Some(self))
    }
}

impl IntoValue for u32 {
    const NULL: Value = Value::Int(None);

    fn into_value(self) -> Value {
        Value::Int(Some(i64::from(self)))
    }
}

impl IntoValue for bool {
    const NULL: Value = Value::Bool(None);

    fn into_value(self) -> Value {
        Value::Bool(Some(self))
    }
}

impl IntoValue for &i64 {
    const NULL: Value = Value::Int(None);

    fn into_value(self) -> Value {
        (*self).into_value()
    }
}

impl IntoValue for &bool {
    const NULL: Value = Value::Bool(None);

    fn into_value(self) -> Value {
        (*self).into_value()
    }
}

impl<T: IntoValue> IntoValue for Option<T> {
    const NULL: Value = T::NULL;

    fn into_value(self) -> Value {
        self.map_or(T::NULL, IntoValue::into_value)
    }
}

impl<'a, T> IntoValue for &'a Option<T>
where
    &'a T: IntoValue,
{
    const NULL: Value = <&T as IntoValue>::NULL;

    fn into_value(self) -> Value {
        self.as_ref().into_value()
    }
}

impl IntoValue for Value {
    const NULL: Value = Self::Text(None);

    fn into_value(self) -> Value {
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_value_keeps_its_type() {
        assert_eq!(None::<i64>.into_value(), Value::Int(None));
        assert_eq!(None::<bool>.into_value(), Value::Bool(None));
        assert_eq!((&None::<String>).into_value(), Value::Text(None));
    }

    #[test]
    fn an_option_is_bound_as_what_it_holds() {
        assert_eq!(Some("a").into_value(), Value::Text(Some("a".into())));
        assert_eq!((&Some(7_i64)).into_value(), Value::Int(Some(7)));
    }
}
