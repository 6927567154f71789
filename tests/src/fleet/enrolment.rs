use super::identity::{Identity, bytes};
use anyhow::{Context, Result, bail};
use ed25519_dalek::{Signer, SigningKey, VerifyingKey};
use kiemke_schemas::enrolment::{
    ApiError, COVERED_UNITS_PATH, CoveredUnit, CoveredUnitsRequest, CoveredUnitsResponse, ECHO_PATH,
    ENROL_PATH, EnrolRequest, EnrolResponse, MachineFingerprint, proof_text,
};
use reqwest::Url;
use serde::{Serialize, de::DeserializeOwned};
use std::time::Duration;

/// The collector's HTTPS side.
#[derive(Debug, Clone)]
pub struct Collector {
    url: Url,
    http: reqwest::Client,
}

impl Collector {
    pub fn new(url: Url, ca_pem: &[u8]) -> Result<Self> {
        let ca = reqwest::Certificate::from_pem(ca_pem).context("--ca: not a PEM certificate")?;
        let http = reqwest::Client::builder()
            .tls_certs_only([ca])
            .timeout(Duration::from_secs(60))
            .build()
            .context("HTTPS client")?;
        Ok(Self { url, http })
    }

    pub fn echo_url(&self) -> Result<String> {
        Ok(self.url.join(ECHO_PATH)?.to_string())
    }

    pub async fn enrol(
        &self,
        token: &str,
        unit: Option<&str>,
        machine: MachineFingerprint,
    ) -> Result<Identity> {
        let report_key = SigningKey::from_bytes(&rand::random());
        let tls_key = rcgen::KeyPair::generate()?;
        let certificate_request = rcgen::CertificateParams::default().serialize_request(&tls_key)?.pem()?;
        let base64 = |bytes: &[u8]| data_encoding::BASE64.encode(bytes);
        let request = EnrolRequest {
            token: token.to_owned(),
            unit: unit.map(str::to_owned),
            report_key: base64(report_key.verifying_key().as_bytes()),
            proof: base64(&report_key.sign(&proof_text(token, &certificate_request)).to_bytes()),
            certificate_request,
            machine,
            addresses: Vec::new(),
        };
        let answer: EnrolResponse = self.post(ENROL_PATH, &request).await?;
        Ok(Identity {
            collector_key: VerifyingKey::from_bytes(&bytes(&answer.collector_key)?)?,
            mqtt_host: match answer.mqtt_host {
                Some(host) => host,
                None => self.url.host_str().context("--collector: the URL has no host")?.to_owned(),
            },
            mqtt_port: answer.mqtt_port,
            interval_seconds: answer.report_interval_seconds,
            device: answer.device,
            certificate: answer.certificate,
            tls_key: tls_key.serialize_pem(),
            boot: 1,
            report_key,
        })
    }

    /// The units that a token covers.
    pub async fn units(&self, token: &str) -> Result<Vec<CoveredUnit>> {
        let request = CoveredUnitsRequest { token: token.to_owned() };
        let answer: CoveredUnitsResponse = self.post(COVERED_UNITS_PATH, &request).await?;
        Ok(answer.units)
    }

    async fn post<T: DeserializeOwned>(&self, path: &str, request: &impl Serialize) -> Result<T> {
        let url = self.url.join(path)?;
        let answer = self.http.post(url.clone()).json(request).send().await?;
        let status = answer.status();
        if status.is_success() {
            return answer.json().await.with_context(|| format!("{url}: not the answer expected"));
        }
        let text = answer.text().await.unwrap_or_default();
        match serde_json::from_str::<ApiError>(&text) {
            Ok(ApiError { error }) => bail!("refused: {}: {}", error.code, error.message),
            Err(_) => bail!("{url}: HTTP {status}: {}", text.chars().take(200).collect::<String>()),
        }
    }
}
