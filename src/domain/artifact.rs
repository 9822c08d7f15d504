//! Artifacts: files that a run produced.

use std::fmt;

/// A file or folder under a run's artifact root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artifact {
    /// Relative to the run's artifact root, with `/` between parts.
    pub path: String,
    /// Bytes; absent for a folder.
    pub size: Option<u64>,
}

/// The beginning of an artifact, or all of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArtifactHead {
    /// Its first bytes, as many as were asked for.
    pub bytes: Vec<u8>,
    /// How many bytes it has in all; absent where the store does not say.
    pub size: Option<u64>,
}

impl ArtifactHead {
    /// Whether nothing is left to read.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.size.is_some_and(|size| size == self.bytes.len() as u64)
    }
}

/// A place under a run's artifact root that no decoding leads out of it.
///
/// MLflow's own checks were passed again and again by another way to write `..` (CVE-2023-1177, CVE-2024-1560, CVE-2024-3848,
/// CVE-2025-11201), so a path that means another after percent-decoding is refused, not cleaned.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ArtifactPath(String);

/// A path that may not be asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{path}` is not a path of an artifact, for it {why}: give a path relative to the run's artifacts, such as `model/MLmodel`")]
pub struct ArtifactPathError {
    path: String,
    why: &'static str,
}

/// How many bytes a path may have; Linux takes no more.
const PATH_BYTES: usize = 4096;

/// How often a path is percent-decoded to see what it may come to mean.
const DECODINGS: usize = 4;

impl ArtifactPath {
    /// The run's artifact root.
    #[must_use]
    pub fn root() -> Self {
        Self::default()
    }

    /// Checks a path as a person or a model gives it; the empty one and `/` are the root.
    ///
    /// # Errors
    /// Where the path is absolute, has `.`, `..` or empty parts, a backslash or a control character, or comes to have them
    /// when percent-decoded.
    pub fn parse(text: &str) -> Result<Self, ArtifactPathError> {
        let refused = |why| ArtifactPathError { path: text.chars().filter(|letter| !letter.is_control()).take(200).collect(), why };
        if text.len() > PATH_BYTES {
            return Err(refused("is too long"));
        }
        let path = text.strip_suffix('/').unwrap_or(text);
        if path.is_empty() && text.len() > 1 {
            return Err(refused("is not relative"));
        }
        let mut meant = path.to_owned();
        for _ in 0..=DECODINGS {
            if let Some(why) = fault(&meant) {
                return Err(refused(why));
            }
            let decoded = percent_decoded(&meant);
            if decoded == meant {
                return Ok(Self(path.to_owned()));
            }
            meant = decoded;
        }
        Err(refused("is percent-encoded too often"))
    }

    /// As text, without a slash at either end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is the root.
    #[must_use]
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// The last part, what a file is called.
    #[must_use]
    pub fn file_name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or_default()
    }

    /// This path with one more part.
    #[must_use]
    pub fn join(&self, part: &str) -> String {
        if self.is_root() { part.to_owned() } else { format!("{self}/{part}") }
    }
}

impl fmt::Display for ArtifactPath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

fn fault(path: &str) -> Option<&'static str> {
    if path.is_empty() {
        return None;
    }
    if path.chars().any(char::is_control) {
        return Some("has a control character");
    }
    if path.contains('\u{fffd}') {
        return Some("is no UTF-8");
    }
    if path.contains('\\') {
        return Some("has a backslash");
    }
    let begins_with_drive = path.as_bytes().get(1) == Some(&b':') && path.as_bytes().first().is_some_and(u8::is_ascii_alphabetic);
    if path.starts_with('/') || path.starts_with('~') || begins_with_drive || path.contains("://") {
        return Some("is not relative");
    }
    // Letters that Unicode's compatibility form turns into full stops and slashes.
    let plain: String = path
        .chars()
        .map(|letter| match letter {
            '\u{2024}' | '\u{ff0e}' | '\u{fe52}' => ".".to_owned(),
            '\u{2025}' => "..".to_owned(),
            '\u{2215}' | '\u{2044}' | '\u{ff0f}' => "/".to_owned(),
            other => other.to_string(),
        })
        .collect();
    plain.split('/').any(|part| matches!(part.trim(), "" | "." | "..")).then_some("has an empty, `.` or `..` part")
}

/// A text with each `%` and two hexadecimal digits as the byte they write, once.
#[must_use]
pub fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let escaped = after.split_first_chunk::<2>().filter(|_| *first == b'%').and_then(|(digits, after)| {
            let digits = std::str::from_utf8(digits).ok().filter(|digits| digits.chars().all(|digit| digit.is_ascii_hexdigit()))?;
            Some((u8::from_str_radix(digits, 16).ok()?, after))
        });
        let (byte, next) = escaped.unwrap_or((*first, after));
        bytes.push(byte);
        rest = next;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_paths_are_taken_as_they_are() {
        for path in
            ["a.txt", "model/MLmodel", "plots/confusion matrix (1).png", "100%.txt", "a%b", "ü/ñ.csv", "a..b/c...", "v1.2/x", "#1?.md"]
        {
            assert_eq!(ArtifactPath::parse(path).map(|path| path.0), Ok(path.to_owned()));
        }
        assert!(ArtifactPath::parse("").unwrap().is_root());
        assert!(ArtifactPath::parse("/").unwrap().is_root());
        assert_eq!(ArtifactPath::parse("model/").unwrap().as_str(), "model");
    }

    #[test]
    fn what_leads_out_however_it_is_written_is_refused() {
        let parts = ["..", ".", "", "%2e%2e", "%2E.", ".%2e", "%252e%252e", "%25252e%25252e", "．．", "‥", "․․", " .. "];
        let frames = ["{}/etc/passwd", "a/{}/b", "a/b/{}/{}/{}/c"];
        for part in parts {
            for frame in frames {
                let path = frame.replace("{}", part);
                assert!(ArtifactPath::parse(&path).is_err(), "{path} was taken");
            }
        }
        for path in [
            "/etc/passwd",
            "//host/share",
            "\\\\host\\share",
            "..\\..\\x",
            "a\\b",
            "C:\\x",
            "c:x",
            "~/x",
            "~root/x",
            "file:///etc/passwd",
            "s3://b/k",
            "a\0b",
            "a%00b",
            "a%0ab",
            "%2fetc/passwd",
            "%252fetc%252fpasswd",
            "a/..%2f..%2fb",
            "a/%5c..%5cb",
            "a/..%c0%af..",
            "a/..∕..∕b",
            "a/..／..／b",
        ] {
            assert!(ArtifactPath::parse(path).is_err(), "{path} was taken");
        }
        assert!(ArtifactPath::parse(&"a/".repeat(3000)).is_err());
        let error = ArtifactPath::parse("../x").unwrap_err().to_string();
        assert_eq!(
            error,
            "`../x` is not a path of an artifact, for it has an empty, `.` or `..` part: give a path relative to the run's artifacts, such as `model/MLmodel`"
        );
    }
}
