//! Whom the function believes to be Stripe or AWS: the web's certificate authorities, compiled in, so that a cold start
//! parses none.

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use std::path::Path;

/// A TLS client that trusts Mozilla's authorities, and those of a PEM file besides (`SSL_CERT_FILE`: a test's, or a
/// corporate proxy's). The error says what is wrong with the file.
pub fn client_config(extra_authorities: Option<&Path>) -> Result<ClientConfig, String> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    if let Some(file) = extra_authorities {
        let wrong = |error: &dyn std::fmt::Display| format!("SSL_CERT_FILE {error}");
        for certificate in CertificateDer::pem_file_iter(file).map_err(|error| wrong(&error))? {
            roots.add(certificate.map_err(|error| wrong(&error))?).map_err(|error| wrong(&error))?;
        }
    }
    // The first caller in the process wins, and all of ours ask for the same.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Ok(ClientConfig::builder().with_root_certificates(roots).with_no_client_auth())
}
