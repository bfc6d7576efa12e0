//! Which certificate authorities may vouch for Stripe and AWS: the web's, compiled in, so that a cold start parses none.

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use std::path::Path;

/// A TLS client that trusts Mozilla's authorities, and those of a PEM file besides (`SSL_CERT_FILE`: a test's, or a
/// corporate proxy's). The error says what is wrong with the file.
pub fn client_config(extra_authorities: Option<&Path>) -> Result<ClientConfig, String> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    if let Some(file) = extra_authorities {
        // The libraries' own errors may quote the file.
        let unreadable = || "SSL_CERT_FILE cannot be read: a PEM file of certificates is expected".to_owned();
        for certificate in CertificateDer::pem_file_iter(file).map_err(|_| unreadable())? {
            roots.add(certificate.map_err(|_| unreadable())?).map_err(|_| unreadable())?;
        }
    }
    // The first caller in the process wins, and all of ours ask for the same.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Ok(ClientConfig::builder().with_root_certificates(roots).with_no_client_auth())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_no_certificate_is_not_quoted() {
        let file = std::env::temp_dir().join(format!("till-authorities-{}", std::process::id()));
        for content in ["-----BEGIN sk_live_secret", "-----BEGIN CERTIFICATE-----\nsk_live_secret\n-----END CERTIFICATE-----\n"] {
            std::fs::write(&file, content).unwrap();
            let error = client_config(Some(&file)).unwrap_err();
            assert!(error.starts_with("SSL_CERT_FILE cannot be read") && !error.contains("secret"), "{error}");
        }
        std::fs::remove_file(&file).unwrap();
        assert!(client_config(Some(&file)).is_err(), "a missing file is said, too");
    }
}
