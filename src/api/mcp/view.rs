//! The page that an MCP host shows beside a tool's result to draw its chart: one file with all that it needs.
//!
//! The extension MCP Apps (`io.modelcontextprotocol/ui`) hands a page to the host as the text of a resource, and the content policy that
//! hosts apply unless told otherwise lets it load nothing (`default-src 'none'; script-src 'self' 'unsafe-inline'; …`). So the
//! style, our scripts and the libraries of `ui/vendor` are written into it. What the page does is told in `ui/mcp`; how it draws, in `ui/shared`.

use std::io::Read;
use std::sync::OnceLock;

use flate2::read::GzDecoder;

/// A library that the page needs: where the page names it, its licence, which goes with every copy, and its packed script.
struct Library {
    source: &'static str,
    licence: &'static str,
    packed: &'static [u8],
}

const LIBRARIES: [Library; 3] = [
    Library {
        source: "../vendor/vega/vega.min.js",
        licence: include_str!("../../../ui/vendor/vega/LICENSE"),
        packed: include_bytes!("../../../ui/vendor/vega/vega.min.js.gz"),
    },
    Library {
        source: "../vendor/vega-lite/vega-lite.min.js",
        licence: include_str!("../../../ui/vendor/vega-lite/LICENSE"),
        packed: include_bytes!("../../../ui/vendor/vega-lite/vega-lite.min.js.gz"),
    },
    Library {
        source: "../vendor/vega-embed/vega-embed.min.js",
        licence: include_str!("../../../ui/vendor/vega-embed/LICENSE"),
        packed: include_bytes!("../../../ui/vendor/vega-embed/vega-embed.min.js.gz"),
    },
];

/// Our scripts, by the names that the page has for them.
const SCRIPTS: [(&str, &str); 4] = [
    ("host.js", include_str!("../../../ui/mcp/host.js")),
    ("../shared/prose.js", include_str!("../../../ui/shared/prose.js")),
    ("../shared/drawing.js", include_str!("../../../ui/shared/drawing.js")),
    ("chart.js", include_str!("../../../ui/mcp/chart.js")),
];

/// The page, put together when it is first asked for.
pub(super) fn page() -> &'static str {
    static PAGE: OnceLock<String> = OnceLock::new();
    PAGE.get_or_init(assemble)
}

fn assemble() -> String {
    let style = format!("<style>\n{}</style>", include_str!("../../../ui/mcp/chart.css"));
    let mut page = include_str!("../../../ui/mcp/chart.html").replace("<link rel=\"stylesheet\" href=\"chart.css\">", &style);
    for library in &LIBRARIES {
        let script = format!("/*\n{}*/\n{}", library.licence, unpacked(library.packed));
        page = with_script(&page, library.source, &script);
    }
    for (source, script) in SCRIPTS {
        page = with_script(&page, source, script);
    }
    page
}

fn with_script(page: &str, source: &str, script: &str) -> String {
    page.replace(&format!("<script src=\"{source}\"></script>"), &format!("<script>\n{}\n</script>", inlined(script)))
}

/// A script as it may stand in a page: there `</script` ends it wherever it stands, and `<!--` followed by `<script` keeps it from ending.
///
/// The HTML standard (section "Restrictions for contents of script elements") says how to write them in the literals, where they stand.
fn inlined(script: &str) -> String {
    const MEANT_BY_HTML: [&str; 3] = ["!--", "script", "/script"];
    let is_meant =
        |rest: &str| MEANT_BY_HTML.iter().any(|word| rest.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word)));
    let mut pieces = script.split('<');
    let mut text = String::with_capacity(script.len());
    text.push_str(pieces.next().unwrap_or_default());
    for rest in pieces {
        text.push_str(if is_meant(rest) { "\\x3C" } else { "<" });
        text.push_str(rest);
    }
    text
}

/// A packed file of ours. That it can be unpacked is tested; the page of a broken one shows the text of a result.
fn unpacked(packed: &[u8]) -> String {
    let mut text = String::new();
    match GzDecoder::new(packed).read_to_string(&mut text) {
        Ok(_) => text,
        Err(_) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_needs_no_other_file() {
        let page = page();
        assert_eq!(page.matches("<script>").count(), LIBRARIES.len() + SCRIPTS.len());
        assert_eq!(page.matches("</script>").count(), LIBRARIES.len() + SCRIPTS.len());
        assert!(!page.contains("<script src") && !page.contains("<link"), "something is not written into the page");
        for part in [".vegaEmbed=", ".vegaLite=", "expressionInterpreter", "ui/initialize", "color-scheme"] {
            assert!(page.contains(part), "`{part}` is not in the page");
        }
    }

    #[test]
    fn the_page_has_the_licences_of_what_stands_in_it() {
        assert_eq!(page().matches("University of Washington Interactive Data Lab").count(), LIBRARIES.len());
        assert!(LIBRARIES.iter().all(|library| !library.licence.contains("*/")));
    }

    #[test]
    fn every_library_is_whole() {
        for library in &LIBRARIES {
            let text = unpacked(library.packed);
            assert!(text.len() > 50_000, "{} has {} bytes", library.source, text.len());
        }
    }

    #[test]
    fn a_script_can_neither_end_early_nor_go_on_for_ever() {
        let check = |script: &str, expected: &str| assert_eq!(inlined(script), expected);
        check("'</script>'", r"'\x3C/script>'");
        check("'</SCRipt >' + \"<script>\" + `<!-- é`", r#"'\x3C/SCRipt >' + "\x3Cscript>" + `\x3C!-- é`"#);
        check("a<b && c</scri/.test(d) || e<<f", "a<b && c</scri/.test(d) || e<<f");
        check("</script", r"\x3C/script");
        check("<", "<");
        check("", "");
    }

    /// For `tests/apps/view.mjs`, which shows it in a browser.
    #[test]
    fn the_page_is_written_where_asked() {
        let Some(folder) = std::env::var_os("TRIALOGUE_CHART_SAMPLES").map(std::path::PathBuf::from) else { return };
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("view.html"), page()).unwrap();
    }
}
