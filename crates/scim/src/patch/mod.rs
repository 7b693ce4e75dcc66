//! PATCH (RFC 7644 section 3.5.2): all operations on a copy, or none.

mod edit;
mod values;

use crate::error::{ScimError, ScimType};
use crate::json::{get, kind, take};
use crate::path::PatchPath;
use crate::quirks;
use crate::resource::{Policy, Resource, check_required};
use crate::schema::ResourceType;
use edit::Editor;
use serde_json::{Map, Value};

/// The URN of PATCH bodies.
pub const PATCH_SCHEMA: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
/// How many operations a PATCH may have.
pub const MAX_OPERATIONS: usize = 1000;

/// What an operation does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Op {
    /// Adds, or sets what is single.
    Add,
    /// Takes away.
    Remove,
    /// Sets.
    Replace,
}

/// One operation.
#[derive(Debug, Clone, PartialEq)]
pub struct Operation {
    /// What it does.
    pub op: Op,
    /// On what; without it the value's names say so.
    pub path: Option<PatchPath>,
    /// With what.
    pub value: Option<Value>,
}

/// A PATCH body.
#[derive(Debug, Clone, PartialEq)]
pub struct PatchRequest {
    /// The operations, in their order.
    pub operations: Vec<Operation>,
}

/// What a PATCH results in.
#[derive(Debug, Clone, PartialEq)]
pub struct Patched {
    /// The resource as it is afterwards. Write-only attributes such as `resend` are in it.
    pub resource: Resource,
    /// Whether anything differs from before.
    pub changed: bool,
    /// Unknown attributes that were left out, for the log.
    pub ignored: Vec<String>,
}

impl PatchRequest {
    /// Reads a body.
    ///
    /// # Errors
    /// 400 `invalidSyntax` for what is no PATCH; `invalidPath` and `invalidFilter` for bad paths;
    /// `noTarget` for a `remove` without one; `invalidValue` where a value is missing; 413 above
    /// [`MAX_OPERATIONS`].
    pub fn parse(mut body: Map<String, Value>) -> Result<Self, ScimError> {
        check_schemas(&body)?;
        let Some(Value::Array(operations)) = take(&mut body, "Operations") else {
            return Err(ScimError::syntax(
                "Operations must be an array of objects with op, path and value.",
            ));
        };
        if operations.is_empty() {
            return Err(ScimError::syntax("Operations is empty."));
        }
        if operations.len() > MAX_OPERATIONS {
            let detail = format!("A PATCH may have at most {MAX_OPERATIONS} operations.");
            return Err(ScimError::status(413, detail));
        }
        let operations = operations
            .into_iter()
            .enumerate()
            .map(|(index, operation)| parse_operation(index, operation))
            .collect::<Result<_, _>>()?;
        Ok(Self { operations })
    }

    /// Applies the operations to a copy of the resource.
    ///
    /// # Errors
    /// The first operation's error: `mutability`, `noTarget`, `invalidValue`, `invalidPath` (for
    /// unknown attributes where they are refused) or `invalidFilter`.
    pub fn apply(
        &self,
        current: &Resource,
        resource_type: &ResourceType,
        policy: &Policy,
    ) -> Result<Patched, ScimError> {
        let mut before = current.clone();
        before.set_schemas(resource_type);
        let mut editor = Editor::new(before.clone(), resource_type, policy);
        for operation in &self.operations {
            editor.operation(operation)?;
        }
        let (mut resource, ignored) = editor.done();
        check_required(&resource, resource_type)?;
        resource.set_schemas(resource_type);
        Ok(Patched {
            changed: resource != before,
            resource,
            ignored,
        })
    }
}

fn check_schemas(body: &Map<String, Value>) -> Result<(), ScimError> {
    let is_patch = |urn: &Value| {
        urn.as_str()
            .is_some_and(|urn| urn.eq_ignore_ascii_case(PATCH_SCHEMA))
    };
    match get(body, "schemas") {
        None if quirks::SCHEMAS_MAY_BE_MISSING => Ok(()),
        Some(Value::Array(urns)) if urns.iter().any(is_patch) => Ok(()),
        _ => Err(ScimError::syntax(format!(
            "schemas must be an array with {PATCH_SCHEMA:?}."
        ))),
    }
}

fn parse_operation(index: usize, operation: Value) -> Result<Operation, ScimError> {
    let here = format!("Operations[{index}]");
    let Value::Object(mut operation) = operation else {
        return Err(ScimError::syntax(format!(
            "{here} must be an object, not {}.",
            kind(&operation)
        )));
    };
    let op = match take(&mut operation, "op") {
        Some(Value::String(op)) if quirks::is_op(&op, "add") => Op::Add,
        Some(Value::String(op)) if quirks::is_op(&op, "remove") => Op::Remove,
        Some(Value::String(op)) if quirks::is_op(&op, "replace") => Op::Replace,
        _ => {
            let detail = format!("{here}.op must be \"add\", \"remove\" or \"replace\".");
            return Err(ScimError::syntax(detail));
        }
    };
    let path = match take(&mut operation, "path") {
        None | Some(Value::Null) => None,
        Some(Value::String(path)) if path.trim().is_empty() => None,
        Some(Value::String(path)) => Some(PatchPath::parse(&path)?),
        Some(other) => {
            let detail = format!("{here}.path must be a string, not {}.", kind(&other));
            return Err(ScimError::path(detail));
        }
    };
    let value = take(&mut operation, "value");
    match (op, &path, &value) {
        (Op::Remove, None, _) => Err(ScimError::of(
            ScimType::NoTarget,
            format!("{here}: a remove needs a path."),
        )),
        (Op::Add | Op::Replace, _, None) => Err(ScimError::value(format!("{here}.value is missing."))),
        (Op::Add | Op::Replace, None, Some(value)) if !value.is_object() => Err(ScimError::value(format!(
            "{here}.value must be an object of attributes where there is no path, not {}.",
            kind(value)
        ))),
        _ => Ok(Operation { op, path, value }),
    }
}

#[cfg(test)]
mod habits;
#[cfg(test)]
mod tests;
