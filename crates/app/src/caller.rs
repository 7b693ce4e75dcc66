//! Who is asking, and from where.

use latchkey_domain::audit::Actor;

/// The caller of a use case, as the audit trail names it.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Who.
    pub actor: Actor,
    /// The network address, where there is one.
    pub address: Option<String>,
}

impl Caller {
    /// A caller without a network address (a command, a job).
    pub const fn local(actor: Actor) -> Self {
        Self { actor, address: None }
    }
}
