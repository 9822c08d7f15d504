//! Who asks: an API key or a JSON Web Token, and with it a tenant and a role.
//!
//! Knows nothing of routes; what a role may do is said in `endpoint`.

pub mod jwt;
pub mod keys;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use http::header::AUTHORIZATION;
use serde::{Deserialize, Serialize};

use self::jwt::Tokens;
use self::keys::{KEY_PREFIX, Keys};

/// What somebody may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Reads.
    Reader,
    /// Reads and writes.
    Writer,
}

/// Somebody who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// For limits, logs and idempotency keys: `key:3f9a0c21`, `jwt:acme/ana`, `local`.
    pub id: String,
    /// Only experiments whose tag `tenant_id` is this are seen; absent for all.
    pub tenant: Option<String>,
    /// What he may do.
    pub role: Role,
}

/// Why somebody is not let in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AuthFault {
    /// He did not say who he is.
    #[error("say who you are: send `Authorization: Bearer <API key or token>`")]
    Missing,
    /// What he said is not true, or not any more.
    #[error("{0}")]
    Invalid(String),
    /// He is who he says, but may not.
    #[error("{0}")]
    Forbidden(String),
    /// It cannot be told now.
    #[error("{0}")]
    Unavailable(String),
}

/// Tells who asks.
#[derive(Debug)]
pub enum Authenticator {
    /// Everybody who reaches us, which on a loopback address is who works on this machine.
    Local,
    /// Who has a key or a token.
    Checked {
        /// API keys, where there is a file of them.
        keys: Option<Keys>,
        /// JSON Web Tokens, where an issuer is trusted.
        tokens: Option<Box<Tokens>>,
    },
}

impl Authenticator {
    /// Who sent a request with these headers.
    ///
    /// # Errors
    /// [`AuthFault::Missing`] without a credential, else why it does not do.
    pub async fn principal(&self, headers: &HeaderMap) -> Result<Principal, AuthFault> {
        let (keys, tokens) = match self {
            Self::Local => return Ok(Principal { id: "local".to_owned(), tenant: None, role: Role::Writer }),
            Self::Checked { keys, tokens } => (keys, tokens),
        };
        let credential = credential(headers)?;
        match (keys, tokens) {
            (Some(keys), _) if credential.starts_with(KEY_PREFIX) => keys.principal(&credential).await,
            (_, Some(tokens)) => tokens.principal(&credential).await,
            (_, None) => Err(AuthFault::Invalid("this is no API key of this service".to_owned())),
        }
    }
}

/// The API key or token of a request: a bearer token, the password of Basic (which browsers can send), or `X-API-Key`.
fn credential(headers: &HeaderMap) -> Result<String, AuthFault> {
    let mut given: Vec<String> = Vec::new();
    for value in headers.get_all(AUTHORIZATION) {
        given.push(authorization(value.to_str().unwrap_or_default())?);
    }
    given.extend(headers.get_all("x-api-key").iter().map(|value| value.to_str().unwrap_or_default().trim().to_owned()));
    match given.as_slice() {
        [] => Err(AuthFault::Missing),
        [only] => Ok(only.clone()),
        _ => Err(AuthFault::Invalid("several credentials were sent; send one".to_owned())),
    }
}

fn authorization(value: &str) -> Result<String, AuthFault> {
    let (scheme, rest) = value.trim().split_once(' ').unwrap_or((value.trim(), ""));
    match scheme.to_ascii_lowercase().as_str() {
        "bearer" => Ok(rest.trim().to_owned()),
        "basic" => {
            let decoded = STANDARD.decode(rest.trim()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
            let password = decoded.as_deref().and_then(|text| text.split_once(':')).map(|(_, password)| password.to_owned());
            password.ok_or_else(|| AuthFault::Invalid("the Basic credentials are not `user:key` in base64".to_owned()))
        }
        _ => Err(AuthFault::Invalid("the scheme of `Authorization` is not `Bearer`".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(headers: &[(&'static str, &str)], expected: Result<&str, &str>) {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().unwrap());
        }
        let found = credential(&map).map_err(|fault| fault.to_string());
        assert_eq!(found.as_deref().map_err(String::as_str), expected);
    }

    #[test]
    fn a_credential_is_read_from_where_clients_put_it() {
        check(&[("authorization", "Bearer abc")], Ok("abc"));
        check(&[("authorization", "bearer  abc ")], Ok("abc"));
        check(&[("authorization", "Basic YW5hOmFiYw==")], Ok("abc"));
        check(&[("x-api-key", "abc")], Ok("abc"));
    }

    #[test]
    fn what_is_no_credential_is_told() {
        check(&[], Err("say who you are: send `Authorization: Bearer <API key or token>`"));
        check(&[("authorization", "Bearer a"), ("x-api-key", "b")], Err("several credentials were sent; send one"));
        check(&[("authorization", "Digest x")], Err("the scheme of `Authorization` is not `Bearer`"));
        check(&[("authorization", "Basic !")], Err("the Basic credentials are not `user:key` in base64"));
    }
}
