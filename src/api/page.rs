//! The page on which people talk with their experiments, with the files that it needs: nothing comes from elsewhere.
//!
//! It is open to everybody, for it holds nothing of the store: what it shows, it asks the chat for, with the key that the person gives
//! it. No script and no style stands in the page itself, and none makes code of text, so its policy forbids all three.

use axum::body::Body;
use axum::http::header::CONTENT_SECURITY_POLICY;
use axum::http::{HeaderValue, Response};

use super::assets::{File, Kept, Packing};
use super::reply;

/// It loads its own files and asks its own service. Charts are drawn, not loaded.
const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const SCRIPT: &str = "text/javascript; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";

/// A file of ours.
macro_rules! own {
    ($name:literal, $media_type:expr) => {
        File {
            path: concat!("/page/", $name),
            media_type: $media_type,
            bytes: include_bytes!(concat!("../../ui/", $name)),
            packing: Packing::None,
            kept: Kept::UntilChanged,
        }
    };
}

/// A library of `ui/vendor`, packed.
macro_rules! library {
    ($package:literal, $version:literal) => {
        File {
            path: concat!("/page/", $package, "-", $version, "/", $package, ".min.js"),
            media_type: SCRIPT,
            bytes: include_bytes!(concat!("../../ui/vendor/", $package, "/", $package, ".min.js.gz")),
            packing: Packing::Gzip,
            kept: Kept::ForEver,
        }
    };
}

/// The licence of a library, which goes with every copy.
macro_rules! licence {
    ($package:literal, $version:literal) => {
        File {
            path: concat!("/page/", $package, "-", $version, "/LICENSE.txt"),
            media_type: "text/plain; charset=utf-8",
            bytes: include_bytes!(concat!("../../ui/vendor/", $package, "/LICENSE")),
            packing: Packing::None,
            kept: Kept::ForEver,
        }
    };
}

/// The files of the page.
pub(super) static FILES: [File; 29] = [
    own!("chat/calls.js", SCRIPT),
    own!("chat/chart.js", SCRIPT),
    own!("chat/composer.js", SCRIPT),
    own!("chat/confirmation.js", SCRIPT),
    own!("chat/elements.js", SCRIPT),
    own!("chat/experiments.js", SCRIPT),
    own!("chat/frame.css", STYLE),
    own!("chat/icon.svg", "image/svg+xml"),
    own!("chat/kept.js", SCRIPT),
    own!("chat/key.js", SCRIPT),
    own!("chat/look.css", STYLE),
    own!("chat/past.js", SCRIPT),
    own!("chat/result.css", STYLE),
    own!("chat/service.js", SCRIPT),
    own!("chat/start.js", SCRIPT),
    own!("chat/table.js", SCRIPT),
    own!("chat/theme.js", SCRIPT),
    own!("chat/trouble.js", SCRIPT),
    own!("chat/turn.css", STYLE),
    own!("chat/turn.js", SCRIPT),
    own!("chat/welcome.js", SCRIPT),
    own!("shared/drawing.js", SCRIPT),
    own!("shared/prose.js", SCRIPT),
    library!("vega", "6.4.0"),
    licence!("vega", "6.4.0"),
    library!("vega-lite", "6.4.3"),
    licence!("vega-lite", "6.4.3"),
    library!("vega-embed", "7.3.0"),
    licence!("vega-embed", "7.3.0"),
];

/// The page.
pub(super) fn page() -> Response<Body> {
    let mut response = reply("text/html; charset=utf-8", include_str!("../../ui/chat/index.html"));
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(PAGE_POLICY));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_served(path: &str) -> bool {
        FILES.iter().any(|file| file.path == format!("/{path}"))
    }

    #[test]
    fn the_page_names_its_own_files_only_and_holds_no_code() {
        let page = include_str!("../../ui/chat/index.html");
        for named in page.split(['"', ' ']).filter(|part| part.starts_with("page/")) {
            assert!(is_served(named), "{named}");
        }
        assert!(!page.contains("//") && !page.contains("style=") && !page.contains("<style"), "{page}");
        assert!(!page.split_whitespace().any(|word| word.starts_with("on") && word.contains('=')), "a listener is code");
        let scripts: Vec<&str> = page.split("<script").skip(1).collect();
        assert!(scripts.iter().all(|script| script.contains(" src=\"page/") && script.contains("></script>")), "{scripts:?}");
    }

    #[test]
    fn every_script_of_the_page_is_served_and_imports_what_is() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("ui/chat");
        for entry in std::fs::read_dir(folder).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            assert!(name == "index.html" || is_served(&format!("page/chat/{name}")), "{name}");
        }
        for file in FILES.iter().filter(|file| file.path.ends_with(".js") && file.packing == Packing::None) {
            let text = std::str::from_utf8(file.bytes).unwrap();
            for import in text.lines().filter_map(|line| line.split_once(" from \"./")?.1.strip_suffix("\";")) {
                assert!(is_served(&format!("page/chat/{import}")), "{}: {import}", file.path);
            }
        }
    }

    #[test]
    fn no_script_of_ours_reads_markup_or_makes_code_of_text() {
        const WAYS: [&str; 7] =
            ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "DOMParser", "createContextualFragment"];
        for file in FILES.iter().filter(|file| file.path.ends_with(".js") && file.packing == Packing::None) {
            let text = std::str::from_utf8(file.bytes).unwrap();
            assert!(!WAYS.iter().any(|way| text.contains(way)), "{}", file.path);
        }
    }

    #[test]
    fn a_file_that_is_kept_has_the_version_of_its_package_in_its_path() {
        let vendored = include_str!("../../ui/vendor/README.md");
        for file in FILES.iter().filter(|file| file.kept == Kept::ForEver) {
            let folder = file.path.split('/').nth(2).unwrap();
            let (package, version) = folder.rsplit_once('-').unwrap();
            assert!(vendored.contains(&format!("| {package} | {version} |")), "{}", file.path);
        }
    }
}
