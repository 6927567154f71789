//! Asks echo endpoints for the public address, once per interface that has a default route.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
use linux as platform;
#[cfg(windows)]
mod windows;
#[cfg(windows)]
use windows as platform;

use crate::{identity::Identity, probe::link::Answer, web_api};
use kiemke_schemas::{
    Problem, ProblemKind,
    enrolment::{ECHO_PATH, EchoResponse},
    section::{link::PublicAddress, network::DefaultRoute},
};
use reqwest::ClientBuilder;
use std::{collections::BTreeMap, net::IpAddr};
use url::Url;

/// The collector's own endpoint where no other URL is set.
pub async fn ask(identity: &Identity, urls: &[Url], routes: &[DefaultRoute]) -> Vec<Answer> {
    let mut answers = Vec::new();
    for route in one_an_interface(routes) {
        if urls.is_empty() {
            let client =
                web_api::of_collector(identity).and_then(|builder| Ok((builder, identity.url(ECHO_PATH)?)));
            answers.push(match client {
                Ok((builder, url)) => ask_one(builder, &url, route).await,
                Err(error) => Err(Problem::new(ProblemKind::Failed, ECHO_PATH, format!("{error:#}"))),
            });
        }
        for url in urls {
            answers.push(ask_one(web_api::builder(), url, route).await);
        }
    }
    answers
}

/// `None`: no choice of route is to be made, the operating system takes its only one.
fn one_an_interface(routes: &[DefaultRoute]) -> Vec<(Option<&DefaultRoute>, bool)> {
    let mut interfaces: BTreeMap<&str, &DefaultRoute> = BTreeMap::new();
    for route in routes {
        interfaces.entry(&route.interface).or_insert(route);
    }
    let bind = interfaces.len() > 1;
    if interfaces.is_empty() {
        return vec![(None, false)];
    }
    interfaces.into_values().map(|route| (Some(route), bind)).collect()
}

async fn ask_one(builder: ClientBuilder, url: &Url, (route, bind): (Option<&DefaultRoute>, bool)) -> Answer {
    let builder = match route {
        Some(route) if bind => platform::over(builder, &route.interface),
        _ => builder,
    };
    let source = match route {
        Some(route) if bind => format!("{url} over {}", route.interface),
        _ => url.to_string(),
    };
    match told(builder, url).await {
        Ok(address) => Ok(PublicAddress {
            address,
            told_by: url.to_string(),
            interface: route.map(|route| route.interface.clone()),
            gateway: route.and_then(|route| route.gateway),
        }),
        Err(problem) => Err(Problem { source, ..problem }),
    }
}

/// `{"address": "…"}` or the bare address.
async fn told(builder: ClientBuilder, url: &Url) -> Result<IpAddr, Problem> {
    let failed = |error: reqwest::Error| {
        let kind = if error.is_timeout() { ProblemKind::Timeout } else { ProblemKind::Failed };
        Problem::new(kind, "", web_api::chain(&error))
    };
    let client = builder.build().map_err(failed)?;
    let response =
        client.get(url.clone()).send().await.and_then(reqwest::Response::error_for_status).map_err(failed)?;
    let text = response.text().await.map_err(failed)?;
    address(&text).ok_or_else(|| Problem::new(ProblemKind::Failed, "", "the answer holds no address"))
}

fn address(text: &str) -> Option<IpAddr> {
    let of_json = serde_json::from_str::<EchoResponse>(text).ok().map(|echo| echo.address);
    of_json.or_else(|| text.trim().parse().ok()).map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_of_our_own_and_of_other_endpoints() {
        let expected = "113.161.1.1".parse().ok();
        assert_eq!(address("{\"address\":\"113.161.1.1\"}"), expected);
        assert_eq!(address("113.161.1.1\n"), expected);
        assert_eq!(address("::ffff:113.161.1.1"), expected);
        assert_eq!(address("<html>"), None);
    }

    #[test]
    fn routes_of_one_interface_are_asked_once_and_not_bound() {
        let route = |interface: &str, gateway: &str| DefaultRoute {
            interface: interface.into(),
            gateway: gateway.parse().ok(),
            metric: None,
        };
        let (a, b, c) = (route("eth0", "192.168.1.1"), route("eth0", "fe80::1"), route("ppp0", ""));
        assert_eq!(one_an_interface(&[a.clone(), b.clone()]), [(Some(&a), false)]);
        assert_eq!(one_an_interface(&[a.clone(), b, c.clone()]), [(Some(&a), true), (Some(&c), true)]);
        assert_eq!(one_an_interface(&[]), [(None, false)]);
    }
}
