//! The protocol over standard input and output, for a host that starts us on the same machine.

use std::sync::Arc;
use std::time::Duration;

use rmcp::ServiceExt;
use rmcp::service::ServerInitializeError;

use super::{Consents, Mcp, Offer};
use crate::api::auth::{Principal, Role};
use crate::config::OfferConfig;
use crate::tools::{Clock, Context};

/// How long one call may take.
const CALL_DEADLINE: Duration = Duration::from_secs(120);

/// The parts of which a server over standard input and output is made.
#[derive(Debug)]
pub struct StdioParts {
    /// What tools work on.
    pub context: Context,
    /// What "now" is.
    pub clock: Clock,
    /// What the store is, in a few words.
    pub store_name: String,
    /// Which tools are offered.
    pub offer: OfferConfig,
}

/// Answers on standard output until standard input ends.
///
/// # Errors
/// A name of a tool or set that there is none of, and what the transport says.
pub async fn serve_stdio(parts: StdioParts) -> Result<(), String> {
    let StdioParts { context, clock, store_name, offer } = parts;
    let offer = Offer::new(&offer)?;
    // Whoever started us is who works on this machine.
    let principal = Principal { id: "local".to_owned(), tenant: context.tenant.clone(), role: Role::Writer };
    let consents = Arc::new(Consents::new()?);
    let mcp = Mcp { context, clock, principal, offer, consents, store_name, service: None, call_deadline: CALL_DEADLINE };
    let serving = match mcp.serve(rmcp::transport::stdio()).await {
        Ok(serving) => serving,
        // A host that leaves before it has asked anything is no fault.
        Err(ServerInitializeError::ConnectionClosed(_)) => return Ok(()),
        Err(fault) => return Err(fault.to_string()),
    };
    serving.waiting().await.map_err(|fault| fault.to_string())?;
    Ok(())
}
