//! Pages: where the next one begins.
//!
//! A page is an offset into the listing, as in MLflow: a row that is added between two pages shifts the later ones. A token
//! also carries what a server said about the next page, where one answers.

use std::fmt::Debug;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use super::{PageToken, StoreError};

/// What a listing is about, without the page: a token of one listing is refused by another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::store) struct Listing([u8; 8]);

impl Listing {
    /// The listing that these parts of a query ask for.
    pub(in crate::store) fn of(query: &impl Debug) -> Self {
        let digest = Sha256::digest(format!("{query:?}"));
        let mut mark = [0; 8];
        for (to, from) in mark.iter_mut().zip(digest) {
            *to = from;
        }
        Self(mark)
    }

    /// Where the page begins that `token` names; without a token, at the beginning.
    pub(in crate::store) fn offset(self, token: Option<&PageToken>) -> Result<i64, StoreError> {
        let place = self.place(token)?;
        if place.mark.is_none() { Ok(place.offset) } else { Err(refused(token, "is no page token of this store")) }
    }

    /// As [`Listing::offset`], with the server's own mark of that page.
    pub(in crate::store) fn place(self, token: Option<&PageToken>) -> Result<Place, StoreError> {
        let foreign = || refused(token, "is no page token of this store");
        let Some(given) = token else { return Ok(Place::default()) };
        let bytes = URL_SAFE_NO_PAD.decode(&given.0).map_err(|_| foreign())?;
        let (listing, rest) = bytes.split_first_chunk::<8>().ok_or_else(foreign)?;
        let (offset, mark) = rest.split_first_chunk::<8>().ok_or_else(foreign)?;
        if *listing != self.0 {
            return Err(refused(token, "belongs to another search (filter, order, experiments and view must stay the same)"));
        }
        let offset = i64::from_be_bytes(*offset);
        if offset < 0 {
            return Err(foreign());
        }
        let mark = String::from_utf8(mark.to_vec()).map_err(|_| foreign())?;
        Ok(Place { offset, mark: Some(mark).filter(|mark| !mark.is_empty()) })
    }

    /// The token of the page that begins at `offset`.
    pub(in crate::store) fn token(self, offset: i64) -> PageToken {
        self.token_of(&Place { offset, mark: None })
    }

    /// The token of the page that begins at `place`.
    pub(in crate::store) fn token_of(self, place: &Place) -> PageToken {
        let mut bytes = self.0.to_vec();
        bytes.extend(place.offset.to_be_bytes());
        bytes.extend(place.mark.iter().flat_map(|mark| mark.bytes()));
        PageToken(URL_SAFE_NO_PAD.encode(bytes))
    }
}

/// Where a page begins.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::store) struct Place {
    /// How many rows come before it.
    pub(in crate::store) offset: i64,
    /// What the server calls it; absent where we count ourselves.
    pub(in crate::store) mark: Option<String>,
}

fn refused(token: Option<&PageToken>, why: &str) -> StoreError {
    let shown = token.map_or("", |token| token.0.as_str());
    StoreError::InvalidQuery(format!("the page token `{shown}` {why}: begin without a token"))
}

/// How many rows to ask for: one more than the page, to see whether there is a next one.
pub(in crate::store) fn limit(max_results: usize) -> Result<i64, StoreError> {
    if max_results == 0 {
        return Err(StoreError::InvalidQuery("a page has at least 1 row, not `0`".to_owned()));
    }
    Ok(i64::try_from(max_results).unwrap_or(i64::MAX).saturating_add(1))
}

/// How many rows there are in all, where the page itself tells.
pub(in crate::store) fn total_told_by_page(offset: i64, found: usize, limit: i64) -> Option<u64> {
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
        let with_mark = Place { offset: 20, mark: Some("eyJvZmZzZXQiOiAyMH0=".to_owned()) };
        assert_eq!(listing.place(Some(&listing.token_of(&with_mark))).unwrap(), with_mark);
        assert!(listing.offset(Some(&listing.token_of(&with_mark))).is_err());
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
