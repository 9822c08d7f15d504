//! Which tools an assistant is offered: what the operator allows, and of that what the client wants. A client only tightens.

use axum::http::HeaderMap;

use crate::config::OfferConfig;
use crate::tools::{self, Access, ToolDef};

/// Tools that belong together, by the name of their set.
const TOOLSETS: [(&str, &[&str]); 4] = [
    ("experiments", &["list_experiments", "create_experiment", "describe_experiment"]),
    ("runs", &["list_runs", "get_run", "best_run", "compare_runs"]),
    ("analysis", &["metric_history", "parameter_impact"]),
    ("artifacts", &["list_artifacts", "read_artifact"]),
];

/// The headers with which a client asks for less.
const TOOLSETS_HEADER: &str = "x-mcp-toolsets";
const TOOLS_HEADER: &str = "x-mcp-tools";
const EXCLUDED_HEADER: &str = "x-mcp-exclude-tools";
const READ_ONLY_HEADER: &str = "x-mcp-readonly";

/// The tools that are offered, in the catalogue's order.
#[derive(Debug, Clone)]
pub(crate) struct Offer {
    tools: Vec<&'static ToolDef>,
    /// Whether writes need nobody's consent.
    pub(super) allows_writes: bool,
}

impl Offer {
    /// What the operator allows.
    ///
    /// # Errors
    /// A name that no tool or set has, with the names there are.
    pub(crate) fn new(config: &OfferConfig) -> Result<Self, String> {
        let chosen = chosen(&config.toolsets, &config.tools, &config.exclude_tools)?;
        let all = tools::ALL.iter().filter(|tool| chosen(tool) && !(config.read_only && tool.access == Access::Write));
        Ok(Self { tools: all.collect(), allows_writes: config.allow_writes })
    }

    /// Of this, what a client's headers leave and its role may.
    ///
    /// # Errors
    /// As [`Offer::new`].
    pub(super) fn tightened(&self, headers: &HeaderMap, may_write: bool) -> Result<Self, String> {
        let names = |header: &str| -> Vec<String> {
            let values = headers.get_all(header).iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(','));
            values.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect()
        };
        let (toolsets, named, excluded) = (names(TOOLSETS_HEADER), names(TOOLS_HEADER), names(EXCLUDED_HEADER));
        let chosen = chosen(&toolsets, &named, &excluded)?;
        let is_off = |value: &str| matches!(value.trim().to_ascii_lowercase().as_str(), "" | "0" | "false" | "no" | "off");
        let reads_only = !may_write || headers.get_all(READ_ONLY_HEADER).iter().any(|value| !value.to_str().is_ok_and(is_off));
        let kept = self.tools.iter().filter(|tool| chosen(tool) && !(reads_only && tool.access == Access::Write));
        Ok(Self { tools: kept.copied().collect(), allows_writes: self.allows_writes })
    }

    /// The tools.
    pub(super) fn tools(&self) -> &[&'static ToolDef] {
        &self.tools
    }

    /// The tool of that name, if it is offered.
    pub(super) fn named(&self, name: &str) -> Option<&'static ToolDef> {
        self.tools.iter().find(|tool| tool.name == name).copied()
    }
}

/// Whether a tool is among those named; all are, where neither sets nor tools are.
fn chosen<'a>(toolsets: &'a [String], named: &'a [String], excluded: &'a [String]) -> Result<impl Fn(&ToolDef) -> bool + 'a, String> {
    for set in toolsets {
        if set != "all" && !TOOLSETS.iter().any(|(name, _)| name == set) {
            let known: Vec<&str> = TOOLSETS.iter().map(|(name, _)| *name).collect();
            return Err(format!("there is no set of tools `{set}`; there are `{}`, `all`", known.join("`, `")));
        }
    }
    for name in named.iter().chain(excluded) {
        if tools::named(name).is_none() {
            let known: Vec<&str> = tools::ALL.iter().map(|tool| tool.name).collect();
            return Err(format!("there is no tool `{name}`; there are `{}`", known.join("`, `")));
        }
    }
    let in_sets = move |tool: &ToolDef| {
        toolsets.iter().any(|set| set == "all" || TOOLSETS.iter().any(|(name, tools)| name == set && tools.contains(&tool.name)))
    };
    Ok(move |tool: &ToolDef| {
        let is_among = (toolsets.is_empty() && named.is_empty()) || in_sets(tool) || named.iter().any(|name| name == tool.name);
        is_among && !excluded.iter().any(|name| name == tool.name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(offer: &Offer) -> Vec<&'static str> {
        offer.tools().iter().map(|tool| tool.name).collect()
    }

    fn offer(config: &OfferConfig) -> Offer {
        Offer::new(config).unwrap()
    }

    fn owned(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn every_tool_is_in_exactly_one_set() {
        for tool in &tools::ALL {
            assert_eq!(TOOLSETS.iter().filter(|(_, tools)| tools.contains(&tool.name)).count(), 1, "{}", tool.name);
        }
        assert_eq!(TOOLSETS.iter().map(|(_, tools)| tools.len()).sum::<usize>(), tools::ALL.len());
    }

    #[test]
    fn nothing_said_offers_everything() {
        assert_eq!(names(&offer(&OfferConfig::default())).len(), tools::ALL.len());
    }

    #[test]
    fn sets_and_tools_add_up_and_exclusion_and_read_only_win() {
        let config = OfferConfig {
            toolsets: owned(&["experiments"]),
            tools: owned(&["best_run"]),
            exclude_tools: owned(&["list_experiments"]),
            ..OfferConfig::default()
        };
        assert_eq!(names(&offer(&config)), ["create_experiment", "describe_experiment", "best_run"]);
        let config =
            OfferConfig { read_only: true, allow_writes: true, tools: owned(&["create_experiment", "get_run"]), ..OfferConfig::default() };
        assert_eq!(names(&offer(&config)), ["get_run"]);
    }

    #[test]
    fn a_name_that_is_not_there_is_refused() {
        let fault = |config: OfferConfig| Offer::new(&config).unwrap_err();
        assert!(fault(OfferConfig { toolsets: owned(&["plots"]), ..OfferConfig::default() }).contains("`analysis`"));
        assert!(fault(OfferConfig { tools: owned(&["best_runs"]), ..OfferConfig::default() }).contains("`best_run`"));
        assert!(fault(OfferConfig { exclude_tools: owned(&["rm"]), ..OfferConfig::default() }).contains("`best_run`"));
    }

    #[test]
    fn headers_only_tighten() {
        let operator = offer(&OfferConfig { toolsets: owned(&["runs", "experiments"]), ..OfferConfig::default() });
        let tightened = |headers: &[(&'static str, &str)], may_write| {
            let headers = headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
            operator.tightened(&headers, may_write).map(|offer| names(&offer))
        };
        assert_eq!(tightened(&[("x-mcp-toolsets", "analysis")], true).unwrap(), Vec::<&str>::new());
        assert_eq!(tightened(&[("x-mcp-tools", "get_run, metric_history")], true).unwrap(), ["get_run"]);
        assert!(!tightened(&[("x-mcp-readonly", "true")], true).unwrap().contains(&"create_experiment"));
        assert!(!tightened(&[("x-mcp-readonly", "false")], false).unwrap().contains(&"create_experiment"));
        assert!(tightened(&[("x-mcp-readonly", "false")], true).unwrap().contains(&"create_experiment"));
        assert!(tightened(&[("x-mcp-tools", "rm")], true).is_err());
    }
}
