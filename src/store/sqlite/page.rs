//! Pages: where the next one begins.
//!
//! A page is an offset into the listing, as in MLflow: a row that is added between two pages shifts the later ones.

use std::fmt::Debug;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::store::{PageToken, StoreError};

/// What a listing is about, without the page: a token of one listing is refused by another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Listing([u8; 8]);

impl Listing {
    /// The listing that these parts of a query ask for.
    pub(super) fn of(query: &impl Debug) -> Self {
        let digest = Sha256::digest(format!("{query:?}"));
        let mut mark = [0; 8];
        for (to, from) in mark.iter_mut().zip(digest) {
            *to = from;
        }
        Self(mark)
    }

    /// Where the page begins that `token` names; without a token, at the beginning.
    pub(super) fn offset(self, token: Option<&PageToken>) -> Result<i64, StoreError> {
        let Some(token) = token else { return Ok(0) };
        let refused = |why: &str| StoreError::InvalidQuery(format!("the page token `{}` {why}: begin without a token", token.0));
        let bytes = URL_SAFE_NO_PAD.decode(&token.0).map_err(|_| refused("is no page token of this store"))?;
        let (mark, offset) = bytes.split_first_chunk::<8>().ok_or_else(|| refused("is no page token of this store"))?;
        let offset: [u8; 8] = offset.try_into().map_err(|_| refused("is no page token of this store"))?;
        if *mark != self.0 {
            return Err(refused("belongs to another search (filter, order, experiments and view must stay the same)"));
        }
        let offset = i64::from_be_bytes(offset);
        if offset < 0 { Err(refused("is no page token of this store")) } else { Ok(offset) }
    }

    /// The token of the page that begins at `offset`.
    pub(super) fn token(self, offset: i64) -> PageToken {
        let mut bytes = self.0.to_vec();
        bytes.extend(offset.to_be_bytes());
        PageToken(URL_SAFE_NO_PAD.encode(bytes))
    }
}

/// How many rows to ask for: one more than the page, to see whether there is a next one.
pub(super) fn limit(max_results: usize) -> Result<i64, StoreError> {
    if max_results == 0 {
        return Err(StoreError::InvalidQuery("a page has at least 1 row, not `0`".to_owned()));
    }
    Ok(i64::try_from(max_results).unwrap_or(i64::MAX).saturating_add(1))
}

/// How many rows there are in all, where the page itself tells.
pub(super) fn total_told_by_page(offset: i64, found: usize, limit: i64) -> Option<u64> {
    let found = i64::try_from(found).ok()?;
    let ends_here = found < limit && (found > 0 || offset == 0);
    if ends_here { u64::try_from(offset.saturating_add(found)).ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_leads_back_to_its_offset_in_its_own_listing_only() {
        let listing = Listing::of(&("metrics.f1", 1));
        let other = Listing::of(&("metrics.f1", 2));
        let token = listing.token(4_000);
        assert_eq!(listing.offset(Some(&token)).unwrap(), 4_000);
        assert!(other.offset(Some(&token)).unwrap_err().to_string().contains("another search"));
        assert_eq!(listing.offset(None).unwrap(), 0);
    }

    #[test]
    fn what_is_no_token_is_refused() {
        let listing = Listing::of(&"any");
        for text in ["", "x", "eyJvZmZzZXQiOiAyfQ==", "AAAAAAAAAAAAAAAAAAAAAA", "é"] {
            assert!(listing.offset(Some(&PageToken(text.to_owned()))).is_err(), "{text}");
        }
        assert!(listing.offset(Some(&listing.token(-1))).is_err());
    }

    #[test]
    fn a_page_that_is_not_full_tells_the_total() {
        assert_eq!(total_told_by_page(0, 3, 11), Some(3));
        assert_eq!(total_told_by_page(20, 3, 11), Some(23));
        assert_eq!(total_told_by_page(0, 11, 11), None);
        assert_eq!(total_told_by_page(0, 0, 11), Some(0));
        assert_eq!(total_told_by_page(50, 0, 11), None);
    }
}
