//! The pages in a real browser: login, search as you type, unit, device, flags and forms.
//! `KIEMKE_SHOTS=DIR` keeps a picture of each page.

use crate::{
    main_job::district,
    support::{collector::Collector, on_path, runtime, skipped, wait_for},
};
use std::{
    net::{TcpListener, TcpStream},
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::Duration,
};
use thirtyfour::prelude::*;

struct Chromedriver(Child, u16);

impl Chromedriver {
    fn start() -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut command = Command::new("chromedriver");
        command.arg(format!("--port={port}")).stdout(Stdio::null()).stderr(Stdio::null());
        let driver = Self(command.spawn().unwrap(), port);
        wait_for("chromedriver listens", || TcpStream::connect(("127.0.0.1", port)).ok());
        driver
    }
}

impl Drop for Chromedriver {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

struct Browser<'a> {
    driver: WebDriver,
    collector: &'a Collector,
}

impl Browser<'_> {
    async fn visit(&self, path: &str) {
        self.driver.goto(format!("{}{path}", self.collector.url())).await.unwrap();
    }

    async fn element(&self, css: &str) -> WebElement {
        let found = self.driver.query(By::Css(css)).first().await;
        found.unwrap_or_else(|error| panic!("{css}: {error}"))
    }

    async fn text(&self) -> String {
        self.element("main").await.text().await.unwrap()
    }

    async fn shows(&self, phrases: &[&str]) {
        let text = self.text().await;
        for phrase in phrases {
            assert!(text.contains(phrase), "the page does not say {phrase:?}:\n{text}");
        }
    }

    /// Polls: htmx brings the results in after the keys.
    async fn will_show(&self, css: &str, phrase: &str) {
        for _ in 0..200 {
            let element = self.element(css).await;
            // The element is replaced while it is read.
            if element.text().await.is_ok_and(|text| text.contains(phrase)) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{css} never said {phrase:?}: {}", self.text().await);
    }

    /// Nothing comes from another host, nothing failed to load, nothing sticks out to the right.
    async fn is_sound(&self, name: &str) {
        let script = "return [performance.getEntriesByType('resource').map(r => r.name).filter(n => \
            !n.startsWith(location.origin) && !n.startsWith('data:')), \
            [...document.querySelectorAll('script[src],link[rel=stylesheet]')].length, \
            document.documentElement.scrollWidth - innerWidth]";
        let found = self.driver.execute(script, Vec::new()).await.unwrap();
        let (foreign, assets, over): (Vec<String>, u32, i64) = found.convert().unwrap();
        assert!(foreign.is_empty(), "{name}: asks other hosts: {foreign:?}");
        assert!(assets > 0, "{name}: no assets");
        assert!(over <= 0, "{name}: {over} pixels wider than the window");
        if let Some(folder) = std::env::var_os("KIEMKE_SHOTS") {
            let path = PathBuf::from(folder).join(format!("{name}.png"));
            self.driver.screenshot(&path).await.unwrap();
        }
    }

    async fn log_in(&self) {
        let log = self.collector.log();
        let password = log.lines().find_map(|line| line.split_once("user admin, password ")).unwrap().1;
        let password = password.split_whitespace().next().unwrap();
        self.visit("/").await;
        self.is_sound("login").await;
        self.element("#name").await.send_keys("admin").await.unwrap();
        self.element("#password").await.send_keys(password).await.unwrap();
        self.element("main form button").await.click().await.unwrap();
        self.element(".kk-nav a").await;
    }
}

fn capabilities() -> thirtyfour::ChromeCapabilities {
    let mut chrome = DesiredCapabilities::chrome();
    for argument in
        ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--window-size=1366,900", "--lang=vi"]
    {
        chrome.add_arg(argument).unwrap();
    }
    chrome.accept_insecure_certs(true).unwrap();
    chrome
}

#[test]
fn the_pages_work_in_a_browser() {
    if !on_path("chromedriver") || !(on_path("chromium") || on_path("google-chrome")) {
        skipped("chromium and chromedriver are not there");
        return;
    }
    let (collector, driver, runtime) = (district(), Chromedriver::start(), runtime());
    runtime.block_on(async {
        let url = format!("http://127.0.0.1:{}", driver.1);
        let session = WebDriver::new(url, capabilities()).await.unwrap();
        walk(&Browser { driver: session.clone(), collector: &collector }).await;
        session.quit().await.unwrap();
    });
}

async fn walk(browser: &Browser<'_>) {
    browser.log_in().await;
    browser.is_sound("overview").await;
    search_as_you_type(browser).await;
    browser.visit("/units/760").await;
    browser.shows(&["Quận 1", "Bến Nghé", "50"]).await;
    browser.is_sound("unit").await;
    browser.visit("/flags").await;
    browser.shows(&["Bến Thành", "Cô Giang"]).await;
    browser.is_sound("flags").await;
    browser.visit("/forms?unit=760&form=equipment").await;
    browser
        .shows(&["Tổng số lượng máy tính: 50", "02 đường truyền VNPT và Viettel", "Chưa có số liệu"])
        .await;
    browser.is_sound("forms").await;
    browser.visit("/forms?unit=760&form=network").await;
    browser.shows(&["Đảm bảo (VNPT + FPT)", "1000 kết nối/ 80 Mb"]).await;
    browser.is_sound("network").await;
    on_a_phone(browser).await;
}

/// Nothing is wider than the window, and the menu opens with the search in it.
async fn on_a_phone(browser: &Browser<'_>) {
    browser.driver.set_window_rect(0, 0, 390, 844).await.unwrap();
    for (name, path) in [
        ("phone-unit", "/units/760"),
        ("phone-units", "/units"),
        ("phone-flags", "/flags"),
        ("phone-forms", "/forms?unit=760"),
        ("phone-procurement", "/procurement?unit=760"),
        ("phone-administration", "/administration"),
        ("phone-overview", "/"),
    ] {
        browser.visit(path).await;
        browser.is_sound(name).await;
    }
    let seen = |css: &'static str| async move { browser.element(css).await.is_displayed().await.unwrap() };
    assert!(!seen(".kk-nav").await && !seen("#quick").await);
    browser.element("label[for=nav-open]").await.click().await.unwrap();
    assert!(seen(".kk-nav").await && seen("#quick").await);
}

/// Letters without diacritics find the scanners; the computer behind a name opens with its facts.
async fn search_as_you_type(browser: &Browser<'_>) {
    browser.visit("/search").await;
    browser.element("#q").await.send_keys("may quet phuong ben nghe").await.unwrap();
    browser.will_show("#results .kk-hit", "Bến Nghé").await;
    browser.is_sound("search").await;
    browser.visit("/search?q=cogiang-pc002").await;
    browser.element("#results .kk-hit").await.click().await.unwrap();
    browser.element("h1").await;
    browser.shows(&["COGIANG-PC002", "Windows 7", "Core(TM)2 Duo"]).await;
    browser.is_sound("device").await;
}
