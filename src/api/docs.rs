//! The page on which people read the description of the service, with the files that it needs: nothing comes from elsewhere.
//!
//! The viewer is Swagger UI, as `ui/vendor/README.md` tells; `ui/docs` is ours. No script stands in the page itself, none makes
//! code of text, and no style does either, so the policy of the page forbids all three.

use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY};
use axum::http::{HeaderValue, Response};

use super::reply;

/// Pictures of the viewer are in its style sheet as `data:`; it asks the routes that it describes.
const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// A year, which is as good as for ever. Keys are asked for these files too, so nobody between us and the browser keeps them.
const KEPT_FOR_EVER: &str = "private, max-age=31536000, immutable";

/// A file of the page.
#[derive(Debug)]
pub(super) struct File {
    /// Where it is served.
    pub path: &'static str,
    /// Its media type.
    pub media_type: &'static str,
    /// Its bytes.
    pub bytes: &'static [u8],
    /// Whether `bytes` are compressed.
    pub packing: Packing,
    /// Whether browsers keep it.
    pub kept: Kept,
}

/// How a file is embedded, and sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Packing {
    /// As it is.
    None,
    /// With gzip, which every browser takes.
    Gzip,
}

/// How long browsers may keep a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kept {
    /// For ever: its path holds its version.
    ForEver,
    /// Not at all.
    Not,
}

/// The files of the page.
pub(super) static FILES: [File; 5] = [
    File {
        path: "/docs/swagger-ui-dist-5.35.0/swagger-ui-bundle.js",
        media_type: "text/javascript; charset=utf-8",
        bytes: include_bytes!("../../ui/vendor/swagger-ui-dist/swagger-ui-bundle.js.gz"),
        packing: Packing::Gzip,
        kept: Kept::ForEver,
    },
    File {
        // The script's first line names it.
        path: "/docs/swagger-ui-dist-5.35.0/swagger-ui-bundle.js.LICENSE.txt",
        media_type: "text/plain; charset=utf-8",
        bytes: include_bytes!("../../ui/vendor/swagger-ui-dist/swagger-ui-bundle.js.LICENSE.txt"),
        packing: Packing::None,
        kept: Kept::ForEver,
    },
    File {
        path: "/docs/swagger-ui-dist-5.35.0/swagger-ui.css",
        media_type: "text/css; charset=utf-8",
        bytes: include_bytes!("../../ui/vendor/swagger-ui-dist/swagger-ui.css.gz"),
        packing: Packing::Gzip,
        kept: Kept::ForEver,
    },
    File {
        path: "/docs/start.js",
        media_type: "text/javascript; charset=utf-8",
        bytes: include_bytes!("../../ui/docs/start.js"),
        packing: Packing::None,
        kept: Kept::Not,
    },
    File {
        path: "/docs/page.css",
        media_type: "text/css; charset=utf-8",
        bytes: include_bytes!("../../ui/docs/page.css"),
        packing: Packing::None,
        kept: Kept::Not,
    },
];

/// The page.
pub(super) fn page() -> Response<Body> {
    let mut response = reply("text/html; charset=utf-8", include_str!("../../ui/docs/index.html"));
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(PAGE_POLICY));
    response
}

/// One of its files.
pub(super) fn file(file: &'static File) -> Response<Body> {
    let mut response = reply(file.media_type, file.bytes);
    if file.packing == Packing::Gzip {
        response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    if file.kept == Kept::ForEver {
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static(KEPT_FOR_EVER));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_names_its_own_files_only_and_holds_no_code() {
        let page = include_str!("../../ui/docs/index.html");
        for named in page.split(['"', ' ']).filter(|part| part.starts_with("docs/")) {
            assert!(FILES.iter().any(|file| file.path == format!("/{named}")), "{named}");
        }
        assert!(!page.contains("//") && !page.contains("style=") && !page.contains("<style"), "{page}");
        assert_eq!(page.matches("<script").count(), page.matches("<script defer src=").count());
    }

    #[test]
    fn a_file_that_is_kept_has_the_version_of_its_package_in_its_path() {
        for file in &FILES {
            let is_vendored = file.path.starts_with("/docs/swagger-ui-dist-5.35.0/");
            assert_eq!(file.kept == Kept::ForEver, is_vendored, "{}", file.path);
        }
        assert!(include_str!("../../ui/vendor/README.md").contains("| swagger-ui-dist | 5.35.0 |"));
    }
}
