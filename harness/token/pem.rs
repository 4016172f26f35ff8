//! Finds the mistake in a private key in PEM (RFC 7468). The key parser does not say where it is. Quotes nothing of the
//! key.

use crate::terms::Algorithm;

/// A mistake and its line, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Flaw {
    pub(super) line: usize,
    pub(super) why: &'static str,
}

impl Flaw {
    const fn at(line: usize, why: &'static str) -> Self {
        Self { line, why }
    }

    /// Returns the mistake of a valid PEM with the wrong kind of key.
    pub(super) const fn other_kind(algorithm: Algorithm) -> Self {
        Self::at(
            1,
            match algorithm {
                Algorithm::Es256 => "this is not a private key on the curve P-256, which ES256 needs",
                _ => "this is not an RSA private key, which RS256 needs",
            },
        )
    }
}

/// Checks the BEGIN and END lines and the base64 alphabet. Only the key parser can check the key itself.
pub(super) fn check(text: &str, algorithm: Algorithm) -> Result<(), Flaw> {
    let mut lines = text.lines().enumerate().map(|(at, line)| (at + 1, line.trim()));
    let (first, opening) = lines.next().unwrap_or((1, ""));
    let label = opening.strip_prefix("-----BEGIN ").and_then(|rest| rest.strip_suffix("-----"));
    let Some(label) = label else {
        let why = "a PEM begins with -----BEGIN PRIVATE KEY-----";
        return Err(Flaw::at(first, why));
    };
    check_label(label, algorithm).map_err(|why| Flaw::at(first, why))?;
    let mut last = first;
    for (at, line) in lines {
        if line.starts_with("-----END ") {
            let same = line.strip_prefix("-----END ").and_then(|rest| rest.strip_suffix("-----")) == Some(label);
            return if same { Ok(()) } else { Err(Flaw::at(at, "the END line does not match the BEGIN line")) };
        }
        if !line.chars().all(|c| c.is_ascii_alphanumeric() || "+/=".contains(c)) {
            return Err(Flaw::at(at, "this line is not base64"));
        }
        last = at;
    }
    Err(Flaw::at(last, "the PEM has no END line: its last line or its line breaks are missing"))
}

fn check_label(label: &str, algorithm: Algorithm) -> Result<(), &'static str> {
    match (label, algorithm) {
        ("PRIVATE KEY", _) | ("RSA PRIVATE KEY", Algorithm::Rs256) => Ok(()),
        ("EC PRIVATE KEY", Algorithm::Es256) => {
            Err("an EC key must be in PKCS#8: `openssl pkcs8 -topk8 -nocrypt` converts it")
        }
        ("ENCRYPTED PRIVATE KEY", _) => Err("this key is encrypted: `openssl pkcs8` decrypts it"),
        ("PUBLIC KEY" | "RSA PUBLIC KEY" | "CERTIFICATE", _) => Err("this is public: signing needs the private key"),
        ("RSA PRIVATE KEY", _) => Err("this is an RSA key, but ES256 needs a key on the curve P-256"),
        ("EC PRIVATE KEY", _) => Err("this is an EC key, but RS256 needs an RSA key"),
        _ => Err("this is not a private key"),
    }
}
