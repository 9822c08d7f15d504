//! The page that draws a result's chart in the host.

/// The page, self-contained.
pub(super) fn page() -> &'static str {
    include_str!("../../../ui/mcp/chart.html")
}
