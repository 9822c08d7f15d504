//! Files that pages need, embedded in the program, and how long browsers may keep them.

use std::fmt::Write;

use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_ENCODING, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode};
use sha2::{Digest, Sha256};

use super::reply;

/// A year, which is as good as for ever. Some files ask for a key, so nobody between us and the browser keeps any.
const KEPT_FOR_EVER: &str = "private, max-age=31536000, immutable";

/// Kept, and asked about each time.
const ASKED_ABOUT: &str = "private, no-cache";

/// How many characters of the hash tell one version of a file from another.
const TAG_CHARACTERS: usize = 16;

/// A file of a page.
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
    /// How long browsers keep it.
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
    /// As long as we say each time that it is the same.
    UntilChanged,
}

/// A file, or that the one which the browser has is still the same.
pub(super) fn answer(file: &'static File, headers: &HeaderMap) -> Response<Body> {
    let tag = tag(file.bytes);
    let is_known = headers.get_all(IF_NONE_MATCH).iter().any(|known| known.as_bytes() == tag.as_bytes());
    let mut response = reply(file.media_type, if is_known { Body::empty() } else { Body::from(file.bytes) });
    if is_known {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    }
    let kept = match file.kept {
        Kept::ForEver => KEPT_FOR_EVER,
        Kept::UntilChanged => ASKED_ABOUT,
    };
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(kept));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(ETAG, tag);
    }
    if file.packing == Packing::Gzip {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    response
}

fn tag(bytes: &[u8]) -> String {
    let mut hash = String::new();
    for byte in Sha256::digest(bytes) {
        let _ = write!(hash, "{byte:02x}");
    }
    hash.truncate(TAG_CHARACTERS);
    format!("\"{hash}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    static FILE: File =
        File { path: "/a.js", media_type: "text/javascript", bytes: b"1;", packing: Packing::None, kept: Kept::UntilChanged };

    #[test]
    fn a_file_that_the_browser_has_is_not_sent_again() {
        let first = answer(&FILE, &HeaderMap::new());
        assert_eq!((first.status(), first.headers()[CACHE_CONTROL].to_str().unwrap()), (StatusCode::OK, "private, no-cache"));
        let known = HeaderMap::from_iter([(IF_NONE_MATCH, first.headers()[ETAG].clone())]);
        assert_eq!(answer(&FILE, &known).status(), StatusCode::NOT_MODIFIED);
        let other = HeaderMap::from_iter([(IF_NONE_MATCH, HeaderValue::from_static("\"0\""))]);
        assert_eq!(answer(&FILE, &other).status(), StatusCode::OK);
    }
}
