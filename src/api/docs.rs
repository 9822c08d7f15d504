//! The page on which people read the description of the service, with the files that it needs: nothing comes from elsewhere.
//!
//! The viewer is Swagger UI, as `ui/vendor/README.md` tells; `ui/docs` is ours. No script stands in the page itself, none makes
//! code of text, and no style does either, so the policy of the page forbids all three.

use axum::body::Body;
use axum::http::header::CONTENT_SECURITY_POLICY;
use axum::http::{HeaderValue, Response};

use super::assets::{File, Kept, Packing};
use super::reply;

/// Pictures of the viewer are in its style sheet as `data:`; it asks the routes that it describes.
const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

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
        kept: Kept::UntilChanged,
    },
    File {
        path: "/docs/page.css",
        media_type: "text/css; charset=utf-8",
        bytes: include_bytes!("../../ui/docs/page.css"),
        packing: Packing::None,
        kept: Kept::UntilChanged,
    },
];

/// The page.
pub(super) fn page() -> Response<Body> {
    let mut response = reply("text/html; charset=utf-8", include_str!("../../ui/docs/index.html"));
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(PAGE_POLICY));
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
