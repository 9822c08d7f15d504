//! JSON Web Tokens of one trusted issuer, checked against its public keys (RFC 7519, RFC 7517).
//!
//! Issuer, audience, end and algorithm must be as configured; which key signed is said by `kid`. The tenant is a claim, the
//! role a word of `scope` (RFC 8693 §4.2). A token without a tenant is let nowhere: it would see everybody's experiments.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::jwk::{Jwk, JwkSet};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde_json::{Map, Value};
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::{AuthFault, Principal, Role};
use crate::config::{JwtAlgorithm, JwtConfig};

/// How far the issuer's clock may be from ours, in seconds.
const LEEWAY: u64 = 30;

/// How long public keys that were read are believed.
const BELIEVED: Duration = Duration::from_secs(600);

/// How soon they may be asked for again, for the sake of a key that is not among them.
const ASKED_AGAIN: Duration = Duration::from_secs(30);

/// How long the issuer may take to give its keys, and how many bytes they may have.
const ANSWER_DEADLINE: Duration = Duration::from_secs(5);
const MAX_ANSWER: usize = 256 * 1024;

/// The longest token that is looked at.
const MAX_TOKEN: usize = 16 * 1024;

/// What the tokens of one issuer must be.
#[derive(Debug)]
pub struct Tokens {
    validation: Validation,
    algorithm: Algorithm,
    tenant_claim: String,
    source: KeySource,
    known: Mutex<Option<Known>>,
}

#[derive(Debug)]
enum KeySource {
    File(PathBuf),
    Address(reqwest::Client, reqwest::Url),
}

/// Public keys and when they were read.
#[derive(Debug, Clone)]
struct Known {
    keys: Arc<JwkSet>,
    read: Instant,
    changed: Option<SystemTime>,
}

impl Tokens {
    /// Asks nobody yet; a file of public keys must be there.
    ///
    /// # Errors
    /// Where the file cannot be read or the address is none.
    pub fn new(config: &JwtConfig) -> Result<Self, String> {
        let algorithm = algorithm(config.algorithm);
        let mut validation = Validation::new(algorithm);
        validation.leeway = LEEWAY;
        validation.validate_nbf = true;
        validation.set_issuer(&[&config.issuer]);
        validation.set_audience(&[&config.audience]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        let source = if config.jwks.starts_with("https://") || config.jwks.starts_with("http://") {
            let address = reqwest::Url::parse(&config.jwks).map_err(|error| format!("the JWKS address is no URL: {error}"))?;
            KeySource::Address(http_client(&address)?, address)
        } else {
            let file = PathBuf::from(&config.jwks);
            read_file(&file)?;
            KeySource::File(file)
        };
        Ok(Self { validation, algorithm, tenant_claim: config.tenant_claim.clone(), source, known: Mutex::new(None) })
    }

    /// Whose token this is.
    pub(super) async fn principal(&self, token: &str) -> Result<Principal, AuthFault> {
        let invalid = |why: &str| AuthFault::Invalid(format!("the token is not accepted: {why}"));
        if token.len() > MAX_TOKEN {
            return Err(invalid("it is too long"));
        }
        let header = decode_header(token).map_err(|_| invalid("it is no signed JSON Web Token"))?;
        if header.alg != self.algorithm {
            return Err(invalid(&format!("its algorithm is {:?}, not {:?}", header.alg, self.algorithm)));
        }
        let key = self.key(header.kid.as_deref()).await?.ok_or_else(|| invalid("its signing key is not one of the issuer's"))?;
        let key = DecodingKey::from_jwk(&key).map_err(|_| invalid("its signing key cannot be used"))?;
        let claims = decode::<Map<String, Value>>(token, &key, &self.validation).map_err(|error| invalid(explained(error.kind())))?.claims;
        self.principal_of(&claims)
    }

    fn principal_of(&self, claims: &Map<String, Value>) -> Result<Principal, AuthFault> {
        let text = |name: &str| claims.get(name).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty());
        let tenant = text(&self.tenant_claim)
            .ok_or_else(|| AuthFault::Forbidden(format!("the token has no claim `{}` that names a tenant", self.tenant_claim)))?;
        let scopes: Vec<&str> = text("scope").unwrap_or_default().split_ascii_whitespace().collect();
        let role = if scopes.contains(&"writer") {
            Role::Writer
        } else if scopes.contains(&"reader") {
            Role::Reader
        } else {
            return Err(AuthFault::Forbidden("the token's `scope` has neither `reader` nor `writer`".to_owned()));
        };
        // Subjects are the issuer's, and its tenants may have the same.
        let subject = text("sub").ok_or_else(|| AuthFault::Forbidden("the token's `sub` names nobody".to_owned()))?;
        Ok(Principal { id: format!("jwt:{tenant}/{subject}"), tenant: Some(tenant.to_owned()), role })
    }

    /// The public key called `kid`; without a name, the only one there is.
    async fn key(&self, kid: Option<&str>) -> Result<Option<Jwk>, AuthFault> {
        let find = |keys: &JwkSet| match (kid, keys.keys.as_slice()) {
            (Some(kid), _) => keys.find(kid).cloned(),
            (None, [only]) => Some(only.clone()),
            (None, _) => None,
        };
        // Who comes second waits, and finds what the first has read.
        let mut known = self.known.lock().await;
        if let Some(current) = known.as_ref().filter(|known| self.is_believed(known)) {
            let found = find(&current.keys);
            if found.is_some() || current.read.elapsed() < ASKED_AGAIN {
                return Ok(found);
            }
        }
        let fresh = self.read().await;
        let keys = match (fresh, known.as_ref()) {
            (Ok(keys), _) => Arc::new(keys),
            // An issuer that cannot be reached for a while does not lock out whose key is known.
            (Err(_), Some(known)) => Arc::clone(&known.keys),
            (Err(error), None) => return Err(AuthFault::Unavailable(error)),
        };
        *known = Some(Known { keys: Arc::clone(&keys), read: Instant::now(), changed: self.changed() });
        Ok(find(&keys))
    }

    fn is_believed(&self, known: &Known) -> bool {
        known.read.elapsed() < BELIEVED && known.changed == self.changed()
    }

    fn changed(&self) -> Option<SystemTime> {
        match &self.source {
            KeySource::File(file) => std::fs::metadata(file).and_then(|found| found.modified()).ok(),
            KeySource::Address(..) => None,
        }
    }

    async fn read(&self) -> Result<JwkSet, String> {
        match &self.source {
            KeySource::File(file) => read_file(file),
            KeySource::Address(client, address) => tokio::time::timeout(ANSWER_DEADLINE, fetch(client, address))
                .await
                .unwrap_or_else(|_| Err("the issuer did not give its public keys in time".to_owned())),
        }
    }
}

fn read_file(file: &Path) -> Result<JwkSet, String> {
    let shown = file.display();
    let text = std::fs::read(file).map_err(|error| format!("the JWKS file `{shown}` cannot be read: {error}"))?;
    serde_json::from_slice(&text).map_err(|error| format!("the JWKS file `{shown}` is no JSON Web Key Set: {error}"))
}

async fn fetch(client: &reqwest::Client, address: &reqwest::Url) -> Result<JwkSet, String> {
    let failed = |error: reqwest::Error| format!("the issuer's public keys cannot be read: {}", error.without_url());
    let mut response = client.get(address.clone()).send().await.map_err(failed)?.error_for_status().map_err(failed)?;
    let mut body = Vec::new();
    while let Some(part) = response.chunk().await.map_err(failed)? {
        body.extend_from_slice(&part);
        if body.len() > MAX_ANSWER {
            return Err("the issuer's public keys are too long".to_owned());
        }
    }
    serde_json::from_slice(&body).map_err(|error| format!("the issuer's answer is no JSON Web Key Set: {error}"))
}

fn http_client(address: &reqwest::Url) -> Result<reqwest::Client, String> {
    let mut builder = reqwest::Client::builder().connect_timeout(ANSWER_DEADLINE).redirect(reqwest::redirect::Policy::none());
    if address.scheme() == "http" {
        // Only of this machine; reqwest reads the system's certificates while building, and fails where there are none.
        builder = builder.no_proxy().tls_certs_only([]);
    }
    builder.build().map_err(|error| format!("cannot set up TLS for the JWKS address: {error}"))
}

fn algorithm(configured: JwtAlgorithm) -> Algorithm {
    match configured {
        JwtAlgorithm::Rs256 => Algorithm::RS256,
        JwtAlgorithm::Rs384 => Algorithm::RS384,
        JwtAlgorithm::Rs512 => Algorithm::RS512,
        JwtAlgorithm::Ps256 => Algorithm::PS256,
        JwtAlgorithm::Es256 => Algorithm::ES256,
        JwtAlgorithm::Es384 => Algorithm::ES384,
        JwtAlgorithm::EdDsa => Algorithm::EdDSA,
    }
}

fn explained(kind: &ErrorKind) -> &'static str {
    match kind {
        ErrorKind::ExpiredSignature => "it has expired",
        ErrorKind::ImmatureSignature => "it is not valid yet",
        ErrorKind::InvalidIssuer => "it is of another issuer",
        ErrorKind::InvalidAudience => "it is for another audience",
        ErrorKind::InvalidSignature => "its signature is wrong",
        ErrorKind::MissingRequiredClaim(_) => "it lacks one of the claims `exp`, `iss`, `aud`, `sub`",
        _ => "it is malformed",
    }
}
