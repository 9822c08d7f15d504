//! Which tools an assistant is offered, and whether it may write.

use super::{ConfigError, listed};

/// The flags of `mcp` and `serve`. Each overrides the environment variable that it names.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct OfferFlags {
    /// Offer nothing that writes, whatever else is said (or set `TRIALOGUE_READ_ONLY`)
    #[arg(long)]
    pub read_only: bool,
    /// Let assistants write without asking the person each time (or set `TRIALOGUE_ALLOW_WRITES`)
    #[arg(long)]
    pub allow_writes: bool,
    /// Offer assistants only these sets of tools: `experiments`, `runs`, `analysis`, `artifacts`; may be repeated (overrides `TRIALOGUE_TOOLSETS`)
    #[arg(long = "toolsets", value_name = "SET", value_delimiter = ',')]
    pub toolsets: Vec<String>,
    /// Offer assistants these tools, beside the sets; alone, only these (overrides `TRIALOGUE_TOOLS`)
    #[arg(long = "tools", value_name = "TOOL", value_delimiter = ',')]
    pub tools: Vec<String>,
    /// Do not offer assistants these tools (overrides `TRIALOGUE_EXCLUDE_TOOLS`)
    #[arg(long = "exclude-tools", value_name = "TOOL", value_delimiter = ',')]
    pub exclude_tools: Vec<String>,
}

/// Which tools an assistant is offered, by names that are not looked at here.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OfferConfig {
    /// `TRIALOGUE_READ_ONLY`: nothing that writes, which wins over all else.
    pub read_only: bool,
    /// `TRIALOGUE_ALLOW_WRITES`: writes need no consent.
    pub allow_writes: bool,
    /// `TRIALOGUE_TOOLSETS`, separated by commas; all where neither sets nor tools are named.
    pub toolsets: Vec<String>,
    /// `TRIALOGUE_TOOLS`, separated by commas.
    pub tools: Vec<String>,
    /// `TRIALOGUE_EXCLUDE_TOOLS`, separated by commas.
    pub exclude_tools: Vec<String>,
}

impl OfferConfig {
    /// Reads flags over environment.
    ///
    /// # Errors
    /// Where a switch is neither on nor off.
    pub fn read(flags: &OfferFlags, environment: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let switch = |flag: bool, name: &'static str| if flag { Ok(true) } else { is_on(name, environment(name)) };
        Ok(Self {
            read_only: switch(flags.read_only, "TRIALOGUE_READ_ONLY")?,
            allow_writes: switch(flags.allow_writes, "TRIALOGUE_ALLOW_WRITES")?,
            toolsets: listed(&flags.toolsets, environment("TRIALOGUE_TOOLSETS")),
            tools: listed(&flags.tools, environment("TRIALOGUE_TOOLS")),
            exclude_tools: listed(&flags.exclude_tools, environment("TRIALOGUE_EXCLUDE_TOOLS")),
        })
    }
}

fn is_on(name: &'static str, value: Option<String>) -> Result<bool, ConfigError> {
    let Some(value) = value else { return Ok(false) };
    match value.trim().to_ascii_lowercase().as_str() {
        "1" | "true" | "yes" | "on" => Ok(true),
        "" | "0" | "false" | "no" | "off" => Ok(false),
        _ => Err(ConfigError { name, value, expected: "`true` or `false`" }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(flags: &OfferFlags, variables: &[(&str, &str)]) -> Result<OfferConfig, ConfigError> {
        OfferConfig::read(flags, |name| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn a_flag_or_a_variable_switches_on_and_nothing_switches_off_what_is_on() {
        let flags = OfferFlags { read_only: true, ..OfferFlags::default() };
        assert!(read(&flags, &[("TRIALOGUE_READ_ONLY", "false")]).unwrap().read_only);
        assert!(read(&OfferFlags::default(), &[("TRIALOGUE_READ_ONLY", "1")]).unwrap().read_only);
        assert!(!read(&OfferFlags::default(), &[("TRIALOGUE_READ_ONLY", "off")]).unwrap().read_only);
        assert!(read(&OfferFlags::default(), &[("TRIALOGUE_READ_ONLY", "ja")]).is_err());
    }

    #[test]
    fn names_come_from_a_list() {
        let config = read(&OfferFlags::default(), &[("TRIALOGUE_TOOLSETS", "runs, analysis,")]).unwrap();
        assert_eq!(config.toolsets, ["runs", "analysis"]);
    }
}
