use super::config::Config;
use crate::{
    app::App,
    archive::{WEB_CHAIN_FILE, WEB_KEY_FILE, WebCertificate},
    identity::{
        authority::ServerCertificate,
        files::{self, Secrecy},
    },
};
use anyhow::{Context, Result};
use axum_server::tls_rustls::RustlsConfig;
use jiff::Timestamp;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use std::{path::PathBuf, sync::Arc};

const CHAIN_FILE: &str = "server.pem";
const KEY_FILE: &str = "server.key";

/// Of the certificate that the broker shows.
pub struct ServerFiles {
    pub chain: PathBuf,
    pub key: PathBuf,
}

/// Made anew at every start: it follows the names, and never grows old unnoticed.
pub fn write_mqtt_certificate(app: &App, config: &Config) -> Result<ServerFiles> {
    let made = app.authority.issue_server(&names(config), Timestamp::now())?;
    let files = ServerFiles { chain: app.data.join(CHAIN_FILE), key: app.data.join(KEY_FILE) };
    files::write(&files.key, made.key.as_bytes(), Secrecy::Secret)?;
    files::write(&files.chain, made.chain.as_bytes(), Secrecy::Public)?;
    Ok(files)
}

fn names(config: &Config) -> Vec<String> {
    let mut names = vec!["localhost".to_owned(), "127.0.0.1".to_owned(), "::1".to_owned()];
    names.extend(host_name());
    names.extend(config.public_host.clone());
    names.extend(config.names.iter().cloned());
    names.sort_unstable();
    names.dedup();
    names
}

/// Only where it can stand in a certificate.
fn host_name() -> Option<String> {
    let text = std::fs::read_to_string("/proc/sys/kernel/hostname").ok()?;
    let name = text.trim();
    let valid =
        !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.'));
    valid.then(|| name.to_owned())
}

/// The files that the settings name, made absolute: a backup may be asked for from another folder.
pub fn configured(config: &Config) -> Result<Option<WebCertificate>> {
    let (Some(chain), Some(key)) = (&config.web_certificate, &config.web_key) else { return Ok(None) };
    Ok(Some(WebCertificate { chain: std::path::absolute(chain)?, key: std::path::absolute(key)? }))
}

/// What the settings name, else what the data folder holds (a restored backup's), else one of the CA.
fn served(app: &App, config: &Config) -> Result<ServerCertificate> {
    let kept = [WEB_CHAIN_FILE, WEB_KEY_FILE].map(|name| app.data.join(name));
    let both_kept = kept.iter().all(|path| path.exists());
    let read = |path: &PathBuf, field: &str| {
        let restored =
            if both_kept { "; the data folder holds a restored copy, web.pem and web.key" } else { "" };
        std::fs::read_to_string(path)
            .with_context(|| format!("field {field}: cannot read {}{restored}", path.display()))
    };
    let [kept_chain, kept_key] = &kept;
    let (chain, key) = match (&config.web_certificate, &config.web_key) {
        (Some(chain), Some(key)) => (chain, key),
        _ if both_kept => (kept_chain, kept_key),
        _ => return app.authority.issue_server(&names(config), Timestamp::now()),
    };
    Ok(ServerCertificate { chain: read(chain, "web_certificate")?, key: read(key, "web_key")? })
}

pub fn web_tls(app: &App, config: &Config) -> Result<RustlsConfig> {
    let served = served(app, config)?;
    let chain: Vec<_> = CertificateDer::pem_slice_iter(served.chain.as_bytes())
        .collect::<Result<_, _>>()
        .map_err(|error| anyhow::anyhow!("field web_certificate: no certificate in PEM: {error}"))?;
    let key = PrivateKeyDer::from_pem_slice(served.key.as_bytes())
        .map_err(|error| anyhow::anyhow!("field web_key: no private key in PEM: {error}"))?;
    let mut tls = rustls::ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .context("field web_certificate")?;
    tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(RustlsConfig::from_config(Arc::new(tls)))
}
