//! The program serving a store that is all of one tenant, `acme`, and everybody who may come to it, with keys and with tokens.

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};
use tempfile::TempDir;
use trialogue::api::auth::Role;
use trialogue::api::auth::keys::{self, NewKey};

use super::trialogue::Trialogue;
use crate::support::folder;

pub(crate) const ISSUER: &str = "https://id.example.com";
const AUDIENCE: &str = "trialogue";

/// What makes a service trust the issuer whose public keys are at `jwks`, a file or an address.
pub(crate) fn trusting(jwks: &str) -> [(&'static str, &str); 4] {
    [
        ("TRIALOGUE_JWT_ISSUER", ISSUER),
        ("TRIALOGUE_JWT_AUDIENCE", AUDIENCE),
        ("TRIALOGUE_JWT_JWKS", jwks),
        ("TRIALOGUE_JWT_ALGORITHM", "ES256"),
    ]
}

/// An issuer of tokens.
pub(crate) struct Issuer {
    key: Vec<u8>,
    pub(crate) jwks: Value,
}

impl Issuer {
    pub(crate) fn new() -> Self {
        let random = SystemRandom::new();
        let key = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, key.as_ref()).unwrap();
        let point = pair.public_key().as_ref();
        let coordinate = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let jwk = json!({"kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": "one", "x": coordinate(&point[1..33]), "y": coordinate(&point[33..])});
        Self { key: key.as_ref().to_vec(), jwks: json!({"keys": [jwk]}) }
    }

    pub(crate) fn token(&self, claims: &Value) -> String {
        self.signed(&Header { kid: Some("one".to_owned()), ..Header::new(Algorithm::ES256) }, claims)
    }

    pub(crate) fn signed(&self, header: &Header, claims: &Value) -> String {
        encode(header, claims, &EncodingKey::from_ec_der(&self.key)).unwrap()
    }
}

pub(crate) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

/// The claims of a token that is let in, changed by those of `other`; null takes one out.
pub(crate) fn claims(other: Value) -> Value {
    let mut claims =
        json!({"iss": ISSUER, "aud": AUDIENCE, "sub": "ana", "exp": now() + 600, "tenant_id": "acme", "scope": "openid writer"});
    for (name, value) in other.as_object().unwrap() {
        claims[name] = value.clone();
    }
    claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    claims
}

/// A new key in the file of keys: its id and itself.
pub(crate) fn key(file: &Path, tenant: Option<&str>, role: Role) -> (String, String) {
    let new = NewKey { name: "test".to_owned(), tenant: tenant.map(str::to_owned), role, expires_at: None };
    let (record, key) = keys::add(file, new, jiff::Timestamp::now()).unwrap();
    (record.id, key)
}

/// The service with its callers' keys; `other` writes for another tenant, the last two are refused.
pub(crate) struct Guarded {
    pub(crate) service: Trialogue,
    pub(crate) issuer: Issuer,
    pub(crate) reader: String,
    pub(crate) writer: String,
    pub(crate) other: String,
    pub(crate) revoked: String,
    pub(crate) expired: String,
    _folder: TempDir,
}

impl Guarded {
    pub(crate) fn start() -> Self {
        let folder = folder();
        let store = folder.path().join("store.db");
        trialogue::store::demo::create(&store).unwrap();
        let raw = rusqlite::Connection::open(&store).unwrap();
        raw.execute(
            "INSERT INTO experiment_tags (key, value, experiment_id) SELECT 'tenant_id', 'acme', experiment_id FROM experiments",
            [],
        )
        .unwrap();
        let file = folder.path().join("keys.json");
        let (_, reader) = key(&file, Some("acme"), Role::Reader);
        let (_, writer) = key(&file, Some("acme"), Role::Writer);
        let (_, other) = key(&file, Some("globex"), Role::Writer);
        let (id, revoked) = key(&file, Some("acme"), Role::Writer);
        keys::revoke(&file, &id, jiff::Timestamp::now()).unwrap();
        let ended = NewKey { name: "old".to_owned(), tenant: None, role: Role::Writer, expires_at: Some(jiff::Timestamp::now()) };
        let (_, expired) = keys::add(&file, ended, jiff::Timestamp::now()).unwrap();
        let issuer = Issuer::new();
        let jwks = folder.path().join("jwks.json");
        std::fs::write(&jwks, issuer.jwks.to_string()).unwrap();
        let service = Trialogue::over(&store, &["--keys", file.to_str().unwrap()], &trusting(jwks.to_str().unwrap()));
        Self { service, issuer, reader, writer, other, revoked, expired, _folder: folder }
    }
}
