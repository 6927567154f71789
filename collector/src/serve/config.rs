use crate::settings::describe;
use anyhow::{Context, Result, bail};
use figment::{
    Figment,
    providers::{Format, Serialized, Toml},
};
use serde::{Deserialize, Serialize};
use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

/// Settings of `serve`; the file names what differs from the defaults.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where people and enrolling agents connect.
    pub http: SocketAddr,
    /// Where agents report.
    pub mqtt: SocketAddr,
    /// The name under which agents reach the broker; without it they use the host of their enrolment.
    pub public_host: Option<String>,
    /// Where the broker's port is forwarded from another.
    pub mqtt_public_port: Option<u16>,
    /// More names and addresses for the server's certificate.
    pub names: Vec<String>,
    /// A certificate of one's own for HTTPS, with its chain; PEM. `backup` takes both files along; without
    /// them `serve` uses web.pem and web.key of the data folder, where `restore` puts them.
    pub web_certificate: Option<PathBuf>,
    pub web_key: Option<PathBuf>,
    pub report_interval_seconds: u32,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            http: ([0, 0, 0, 0], 8443).into(),
            mqtt: ([0, 0, 0, 0], 8883).into(),
            public_host: None,
            mqtt_public_port: None,
            names: Vec::new(),
            web_certificate: None,
            web_key: None,
            report_interval_seconds: 3600,
        }
    }
}

const SHORTEST_INTERVAL: u32 = 60;

impl Config {
    pub fn load(file: Option<&Path>) -> Result<Self> {
        let Some(file) = file else { return Ok(Self::default()) };
        let name = file.display();
        let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {name}"))?;
        let config: Self = Figment::from(Serialized::defaults(Self::default()))
            .merge(Toml::string(&text))
            .extract()
            .map_err(|error| anyhow::anyhow!("{name}: {}", describe(&error)))?;
        config.check().with_context(|| name.to_string())?;
        Ok(config)
    }

    fn check(&self) -> Result<()> {
        match (&self.web_certificate, &self.web_key) {
            (Some(_), None) => bail!("field web_key: needed with web_certificate"),
            (None, Some(_)) => bail!("field web_certificate: needed with web_key"),
            _ => {}
        }
        if self.report_interval_seconds < SHORTEST_INTERVAL {
            bail!("field report_interval_seconds: at least {SHORTEST_INTERVAL}");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(text: &str) -> Result<Config> {
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("c.toml");
        std::fs::write(&file, text)?;
        Config::load(Some(&file)).map_err(|error| {
            let text = format!("{error:#}");
            anyhow::anyhow!(text.replace(&folder.path().display().to_string(), "DIR"))
        })
    }

    #[test]
    fn what_the_file_does_not_name_keeps_its_default() {
        let config = load("http = \"127.0.0.1:1\"\nnames = [\"kiemke.example.vn\"]\n").unwrap();
        assert_eq!(config.http, ([127, 0, 0, 1], 1).into());
        assert_eq!(config.mqtt, Config::default().mqtt);
        assert_eq!(config.names, ["kiemke.example.vn"]);
    }

    #[test]
    fn errors_name_file_and_field() {
        let error = |text: &str| load(text).unwrap_err().to_string();
        assert!(
            error("htpp = 1").starts_with("DIR/c.toml: field htpp: unknown field: found `htpp`"),
            "{}",
            error("htpp = 1")
        );
        assert!(
            error("mqtt = \"here\"").starts_with("DIR/c.toml: field mqtt: "),
            "{}",
            error("mqtt = \"here\"")
        );
        assert_eq!(error("web_key = \"k\""), "DIR/c.toml: field web_certificate: needed with web_key");
        assert_eq!(
            error("report_interval_seconds = 1"),
            "DIR/c.toml: field report_interval_seconds: at least 60"
        );
    }
}
