//! Tokens of every kind.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use fivewhys_mocks::Twin;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// A token before it is signed.
pub(crate) struct Token {
    pub(crate) claims: Map<String, Value>,
    pub(crate) secret: String,
    pub(crate) algorithm: Algorithm,
}

impl Token {
    /// Makes a valid token of the first user.
    pub(crate) fn of(twin: &Twin) -> Self {
        let user = &twin.credentials().users()[0];
        let now = jiff::Timestamp::now().as_second();
        let claims = json!({
            "sub": user.sub, "email": user.email, "permissions": user.permissions,
            "iat": now, "exp": now + 900, "iss": twin.credentials().issuer(), "aud": twin.credentials().audience(),
            "type": "access", "token_type": "access", "jti": Uuid::new_v4().to_string(),
        });
        let Value::Object(claims) = claims else { unreachable!("the literal is an object") };
        Self { claims, secret: twin.credentials().signing_secret().to_owned(), algorithm: Algorithm::HS256 }
    }

    pub(crate) fn with(mut self, claim: &str, value: Value) -> Self {
        self.claims.insert(claim.to_owned(), value);
        self
    }

    pub(crate) fn without(mut self, claim: &str) -> Self {
        self.claims.remove(claim);
        self
    }

    /// Moves `claim` to `seconds` from now.
    pub(crate) fn at(self, claim: &str, seconds: i64) -> Self {
        let moment = jiff::Timestamp::now().as_second() + seconds;
        self.with(claim, json!(moment))
    }

    pub(crate) fn sign(&self) -> String {
        let key = EncodingKey::from_secret(self.secret.as_bytes());
        jsonwebtoken::encode(&Header::new(self.algorithm), &self.claims, &key).expect("claims are JSON")
    }

    /// Encodes the token with `alg: none` and an empty signature.
    pub(crate) fn unsigned(&self) -> String {
        let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"JWT"}"#);
        let claims = URL_SAFE_NO_PAD.encode(json!(self.claims).to_string());
        format!("{header}.{claims}.")
    }
}

/// Returns a token of a kind, by the names in the recordings of the real services.
pub(crate) fn recorded_kind(twin: &Twin, kind: &str) -> String {
    let token = Token::of(twin);
    let changed = match kind {
        "valid" | "valid(same)" => token,
        "unknown_user" => token.with("sub", json!("nobody-b36121d1")),
        "expired" => token.at("iat", -7200).at("exp", -3600),
        "just_expired" => token.at("iat", -900).at("exp", -1),
        "garbage" => return format!("not-a-jwt-{}", Uuid::new_v4().simple()),
        "garbage3" => return "aaa.bbb.ccc".to_owned(),
        "wrong_secret" => Token { secret: "another-secret-of-more-than-32-characters".to_owned(), ..token },
        "hs512" => Token { algorithm: Algorithm::HS512, ..token },
        "none_alg" => return token.unsigned(),
        "wrong_iss" => token.with("iss", json!("evil-issuer")),
        "wrong_aud" => token.with("aud", json!("evil-audience")),
        "aud_netra_backend" => token.with("aud", json!("netra-backend")),
        "no_token_type" => token.without("token_type"),
        "refresh_type" => token.with("token_type", json!("refresh")).with("type", json!("refresh")),
        "future_iat" => token.at("iat", 300),
        "old_iat" => token.at("iat", -25 * 3600),
        "env_prod" => token.with("env", json!("production")),
        "mock_prefix" => return format!("mock_{}", token.sign()),
        other => token.without(other.strip_prefix("no_").expect("a kind of the recording")),
    };
    changed.sign()
}
