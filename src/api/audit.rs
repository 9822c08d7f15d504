//! One line for each write: who wrote what, and what came of it.

/// A write as the audit has it.
#[derive(Debug)]
pub(super) struct Write<'a> {
    /// The request's id; empty where there is none.
    pub request_id: &'a str,
    /// Who wrote.
    pub principal: &'a str,
    /// Whose experiments; empty for all.
    pub tenant: &'a str,
    /// Which tool.
    pub tool: &'a str,
    /// Its arguments, as JSON.
    pub arguments: &'a str,
    /// An HTTP status.
    pub status: u16,
}

impl Write<'_> {
    /// Writes the line.
    pub(super) fn log(&self) {
        let Self { request_id, principal, tenant, tool, arguments, status } = self;
        tracing::info!(target: "audit", request_id, principal, tenant, tool, arguments, status, "write");
    }
}
