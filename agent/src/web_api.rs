//! The collector's HTTPS API.

use crate::{
    identity::{Identity, WebTrust},
    tls,
};
use anyhow::{Context, Result, anyhow, bail};
use kiemke_schemas::enrolment::ApiError;
use reqwest::{Client, ClientBuilder, RequestBuilder};
use rustls::ClientConfig;
use serde::de::DeserializeOwned;
use std::{error::Error, time::Duration};

const TIME_LIMIT: Duration = Duration::from_secs(20);
/// An answer holds a certificate or two.
const MAX_ANSWER_BYTES: usize = 64 * 1024;

pub fn builder() -> ClientBuilder {
    Client::builder()
        .timeout(TIME_LIMIT)
        .connect_timeout(TIME_LIMIT / 2)
        .redirect(reqwest::redirect::Policy::none())
        .pool_max_idle_per_host(0)
}

pub fn with_tls(config: ClientConfig) -> ClientBuilder {
    builder().tls_backend_preconfigured(config)
}

/// For the collector that this agent is enrolled with.
pub fn of_collector(identity: &Identity) -> Result<ClientBuilder> {
    Ok(match identity.web_trust {
        WebTrust::CollectorCa => with_tls(tls::web(identity)?),
        WebTrust::System => builder(),
    })
}

/// The answer as `T`, or the API's error with field and message.
pub async fn answer<T: DeserializeOwned>(request: RequestBuilder) -> Result<T> {
    let mut response = request.send().await.map_err(|error| anyhow!(chain(&error)))?;
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| anyhow!(chain(&error)))? {
        body.extend_from_slice(&chunk);
        if body.len() > MAX_ANSWER_BYTES {
            bail!("the answer is over {MAX_ANSWER_BYTES} bytes");
        }
    }
    if response.status().is_success() {
        return serde_json::from_slice(&body).context("the answer is not what a Kiemke collector gives");
    }
    match serde_json::from_slice::<ApiError>(&body) {
        Ok(ApiError { error }) => {
            let field = error.field.map(|field| format!("field {field}: ")).unwrap_or_default();
            bail!("{field}{} ({})", error.message, error.code)
        }
        Err(_) => bail!("the collector answered {}", response.status()),
    }
}

/// reqwest's own text leaves the cause out.
pub fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let message = inner.to_string();
        if !text.contains(&message) {
            text = format!("{text}: {message}");
        }
        cause = inner.source();
    }
    text
}
