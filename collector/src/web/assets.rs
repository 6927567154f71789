//! Files that never change under their address: the content's hash is part of it.

use axum::{
    extract::Path,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};

pub struct Asset {
    name: &'static str,
    hash: &'static str,
    plain: &'static [u8],
    gzip: &'static [u8],
}

include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// `/assets/<hash>/<name>`
pub fn url(name: &str) -> String {
    match ASSETS.iter().find(|asset| asset.name == name) {
        Some(asset) => format!("/assets/{}/{name}", asset.hash),
        None => format!("/assets/missing/{name}"),
    }
}

pub async fn serve(Path((hash, name)): Path<(String, String)>, request: HeaderMap) -> Response {
    let Some(asset) = ASSETS.iter().find(|asset| asset.name == name && asset.hash == hash) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let accepts = request.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
    let headers = [
        (header::CONTENT_TYPE, mime(asset.name)),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (header::VARY, "accept-encoding"),
    ];
    if accepts.is_some_and(|accepts| accepts.contains("gzip")) {
        return (headers, [(header::CONTENT_ENCODING, "gzip")], asset.gzip).into_response();
    }
    (headers, asset.plain).into_response()
}

fn mime(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_asset_that_a_template_names_is_embedded() {
        for name in
            ["tabler.css", "kiemke.css", "htmx.js", "kiemke.js", "echarts.js", "chart.js", "icons.svg"]
        {
            let asset = ASSETS.iter().find(|asset| asset.name == name).expect(name);
            assert!(!asset.plain.is_empty() && asset.gzip.starts_with(&[0x1f, 0x8b]), "{name}");
        }
    }

    #[tokio::test]
    async fn an_old_hash_is_not_found() {
        let answer = serve(Path(("000000000000".into(), "kiemke.css".into())), HeaderMap::new()).await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    }

    #[tokio::test]
    async fn assets_are_immutable_and_packed() {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_ENCODING, "gzip, br".parse().unwrap());
        let address = url("kiemke.css");
        let hash = address.split('/').nth(2).unwrap().to_owned();
        let answer = serve(Path((hash, "kiemke.css".into())), headers).await;
        assert_eq!(answer.status(), StatusCode::OK);
        assert_eq!(answer.headers()[header::CONTENT_ENCODING], "gzip");
        assert_eq!(answer.headers()[header::CACHE_CONTROL], "public, max-age=31536000, immutable");
    }
}
