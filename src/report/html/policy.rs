//! The content security policy of a page: it runs the scripts and takes the styles that the program put there, each known by
//! the hash of its very bytes, and nothing that a text brought in, whatever markup it would become.

use sha2::{Digest, Sha256};

/// The policy of a page with these inline styles and scripts, each the whole text of its element.
pub(super) fn policy(styles: &[&str], scripts: &[&str]) -> String {
    format!(
        "default-src 'none'; style-src {}; script-src {}; img-src data:; base-uri 'none'; form-action 'none'",
        sources(styles),
        sources(scripts)
    )
}

/// The hashes as the policy names them (CSP Level 3, § 2.3.1, `hash-source`).
fn sources(texts: &[&str]) -> String {
    let source = |text: &&str| format!("'sha256-{}'", base64(&Sha256::digest(text.as_bytes())));
    texts.iter().map(source).collect::<Vec<_>>().join(" ")
}

/// RFC 4648, § 4.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let byte = |at: usize| u32::from(group.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for at in 0..4 {
            // Six bits are below 64.
            let digit = DIGITS[(bits >> (18 - 6 * at) & 63) as usize];
            out.push(if at > group.len() { '=' } else { char::from(digit) });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_that_of_the_rfc() {
        for (text, expected) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(base64(text.as_bytes()), expected);
        }
        assert_eq!(base64(&[0xff, 0xfb]), "//s=");
    }

    #[test]
    fn a_source_is_the_hash_of_the_text() {
        // The example of CSP Level 3, § 8.3, of which the hash is given there.
        let policy = policy(&[], &["alert('Hello, world.');"]);
        assert!(
            policy.contains("script-src 'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='"),
            "{policy}"
        );
    }
}
