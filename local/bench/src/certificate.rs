//! A certificate authority that lives as long as a run, and the certificate of what pretends to be Stripe and AWS.

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A server's TLS, and the PEM file of the authority that clients must trust for it, written into `folder`.
pub(crate) fn make(folder: &Path) -> Result<(Arc<ServerConfig>, PathBuf), Box<dyn Error>> {
    let mut authority = CertificateParams::default();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    authority.distinguished_name.push(rcgen::DnType::CommonName, "Till's benchmark");
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate()?)?;

    let key = KeyPair::generate()?;
    let leaf = CertificateParams::new(["127.0.0.1".to_owned()])?.signed_by(&key, &authority)?;
    let chain = vec![leaf.der().clone(), authority.der().clone()];
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));

    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    let file = folder.join("authority.pem");
    std::fs::write(&file, authority.pem())?;
    Ok((Arc::new(config.with_no_client_auth().with_single_cert(chain, key)?), file))
}
