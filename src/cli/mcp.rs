//! `mcp`: the tools for an assistant that starts us, over standard input and output.

use super::world::{World, clock, store_kind};
use super::{Answered, Ended, Failure, log};
use crate::api::mcp::{StdioParts, serve_stdio};
use crate::config::{Config, ServiceConfig};

/// Serves until standard input ends; what is logged goes to standard error, where hosts keep it.
pub(super) async fn mcp(config: &Config, service: ServiceConfig) -> Ended {
    let _logging = log::start(&service)?;
    let offer = service.offer;
    let world = World::open(config)?;
    let parts = StdioParts { context: world.context.clone(), clock: clock(config), store_name: store_kind(config), offer };
    serve_stdio(parts).await.map_err(Failure::Usage)?;
    Ok(Answered::Yes)
}
