//! The seal on a call that a person is asked about: whoever brings it back agreed to that call and to no other.
//!
//! A token is the call with its end and a nonce, as JSON in base64url, and an HMAC-SHA256 (RFC 2104) over these bytes, over whose
//! call it is and over the conversation. Nobody can read or change what it is bound to without our key.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::api::rest::canonical;
use crate::state::conversations::Owner;

/// Bytes of a block of SHA-256.
const BLOCK: usize = 64;

/// A call that was asked about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Sealed {
    /// The tool.
    pub tool: String,
    /// Its arguments.
    pub arguments: Map<String, Value>,
    /// Tells this question from another about the same call.
    pub nonce: String,
    /// Until when it is good, in milliseconds since 1970.
    pub expires: i64,
}

impl Sealed {
    /// The token.
    pub(super) fn token(&self, key: &[u8; 32], owner: &Owner, conversation_id: &str) -> String {
        // Text and numbers do not fail.
        let bytes = canonical(&serde_json::to_value(self).unwrap_or_default()).into_bytes();
        let mark = mark(key, owner, conversation_id, &bytes);
        format!("{}.{}", URL_SAFE_NO_PAD.encode(&bytes), URL_SAFE_NO_PAD.encode(mark))
    }

    /// What a token was made for, if it is ours, `owner`'s and of this conversation.
    pub(super) fn opened(token: &str, key: &[u8; 32], owner: &Owner, conversation_id: &str) -> Option<Self> {
        let (bytes, given) = token.split_once('.')?;
        let bytes = URL_SAFE_NO_PAD.decode(bytes).ok()?;
        let given = URL_SAFE_NO_PAD.decode(given).ok()?;
        let is_ours = bool::from(mark(key, owner, conversation_id, &bytes).as_slice().ct_eq(given.as_slice()));
        if is_ours { serde_json::from_slice(&bytes).ok() } else { None }
    }
}

/// The mark over all that a token is bound to. Each part is told apart by its length.
fn mark(key: &[u8; 32], owner: &Owner, conversation_id: &str, bytes: &[u8]) -> [u8; 32] {
    let tenant = owner.tenant.as_ref().map_or_else(|| "all".to_owned(), |tenant| format!("of {tenant}"));
    let mut text = Vec::new();
    for part in [owner.principal.as_bytes(), tenant.as_bytes(), conversation_id.as_bytes(), bytes] {
        text.extend_from_slice(&(part.len() as u64).to_be_bytes());
        text.extend_from_slice(part);
    }
    hmac(key, &text)
}

/// HMAC-SHA256 with a key of at most a block.
pub(super) fn hmac(key: &[u8], text: &[u8]) -> [u8; 32] {
    let padded = |pad: u8| -> Vec<u8> { (0..BLOCK).map(|index| key.get(index).copied().unwrap_or_default() ^ pad).collect() };
    let inner = Sha256::new().chain_update(padded(0x36)).chain_update(text).finalize();
    Sha256::new().chain_update(padded(0x5c)).chain_update(inner).finalize().into()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn owner(principal: &str, tenant: Option<&str>) -> Owner {
        Owner { principal: principal.to_owned(), tenant: tenant.map(str::to_owned) }
    }

    #[test]
    fn the_mark_is_hmac_sha_256() {
        let hex = |bytes: [u8; 32]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        // RFC 4231, cases 1 and 2.
        assert_eq!(hex(hmac(&[0x0b; 20], b"Hi There")), "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
        let second = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert_eq!(hex(hmac(b"Jefe", b"what do ya want for nothing?")), second);
    }

    #[test]
    fn a_token_is_for_one_call_of_one_owner_in_one_conversation() {
        let arguments = Map::from_iter([("name".to_owned(), json!("a")), ("description".to_owned(), json!("b"))]);
        let sealed = Sealed { tool: "create_experiment".to_owned(), arguments, nonce: "n".to_owned(), expires: 17 };
        let (key, ana) = ([7; 32], owner("ana", Some("acme")));
        let token = sealed.token(&key, &ana, "conv_1");
        assert_eq!(Sealed::opened(&token, &key, &ana, "conv_1"), Some(sealed.clone()));
        for stranger in [owner("bob", Some("acme")), owner("ana", None), owner("ana", Some("all")), owner("ana", Some(""))] {
            assert_eq!(Sealed::opened(&token, &key, &stranger, "conv_1"), None);
        }
        assert_eq!(Sealed::opened(&token, &key, &ana, "conv_2"), None);
        assert_eq!(Sealed::opened(&token, &[8; 32], &ana, "conv_1"), None);
        let (_, mark) = token.split_once('.').unwrap();
        let other = Sealed { arguments: Map::from_iter([("name".to_owned(), json!("z"))]), ..sealed };
        let (bytes, _) = token.split_once('.').unwrap();
        let changed = URL_SAFE_NO_PAD.encode(canonical(&json!(other)));
        for forged in [format!("{changed}.{mark}"), bytes.to_owned(), format!("{bytes}."), String::new(), ".".to_owned()] {
            assert_eq!(Sealed::opened(&forged, &key, &ana, "conv_1"), None, "{forged}");
        }
    }
}
