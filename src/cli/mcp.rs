//! `mcp`: the tools for an assistant that starts us, over standard input and output.

use super::world::{World, clock, store_kind};
use super::{Answered, Ended, Failure};
use crate::api::mcp::{StdioParts, serve_stdio};
use crate::config::{Config, OfferConfig};

/// Serves until standard input ends.
pub(super) async fn mcp(config: &Config, offer: OfferConfig) -> Ended {
    let world = World::open(config)?;
    let parts = StdioParts { context: world.context.clone(), clock: clock(config), store_name: store_kind(config), offer };
    serve_stdio(parts).await.map_err(Failure::Usage)?;
    Ok(Answered::Yes)
}
