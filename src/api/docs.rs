//! The page on which people read the description of the service, with the files that it needs: nothing comes from elsewhere.

use axum::body::Body;
use axum::http::Response;

use super::reply;

/// A file of the page.
#[derive(Debug)]
pub(super) struct File {
    /// Where it is served.
    pub path: &'static str,
    /// Its media type.
    pub media_type: &'static str,
    /// Its bytes.
    pub bytes: &'static [u8],
}

/// The files of the page.
pub(super) static FILES: [File; 0] = [];

/// The page.
pub(super) fn page() -> Response<Body> {
    reply("text/html; charset=utf-8", "<!doctype html><title>Trialogue</title>")
}

/// One of its files.
pub(super) fn file(file: &'static File) -> Response<Body> {
    reply(file.media_type, file.bytes)
}
