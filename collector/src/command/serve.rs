use crate::serve::{self, config::Config};
use anyhow::Result;
use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

#[derive(clap::Args)]
#[command(
    after_help = "Example:\n  kiemke-collector serve --data /var/lib/kiemke --config /etc/kiemke/collector.toml"
)]
pub struct Args {
    /// TOML file of settings
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// HTTPS for people and for enrolment [default: 0.0.0.0:8443]
    #[arg(long, value_name = "ADDR")]
    pub http: Option<SocketAddr>,
    /// MQTT over TLS for agents [default: 0.0.0.0:8883]
    #[arg(long, value_name = "ADDR")]
    pub mqtt: Option<SocketAddr>,
}

pub async fn run(data: &Path, args: &Args) -> Result<()> {
    let mut config = Config::load(args.config.as_deref())?;
    config.http = args.http.unwrap_or(config.http);
    config.mqtt = args.mqtt.unwrap_or(config.mqtt);
    serve::run(data, config).await
}
