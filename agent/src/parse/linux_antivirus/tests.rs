use super::*;

#[test]
fn bitdefender_with_old_content() {
    let found = bitdefender(
        "Product version: 7.1\nEngines version: 7.9\nLast security content update: 2023-08-24 at 11:44:37 GMT+2\n\
         New security content available: yes\nFeatures:\n  - Antimalware status: Off\n",
    )
    .unwrap();
    assert_eq!((found.state, found.signatures.state), (ProductState::Off, SignatureState::Old));
    assert_eq!(found.signatures.engine.as_deref(), Some("7.9"));
    assert_eq!(found.signatures.updated_at.unwrap().to_string(), "2023-08-24T09:44:37Z");
    assert!(bitdefender("x").is_err());
}

#[test]
fn sentinel_one_by_its_own_state_alone() {
    let found = sentinel_one(
        "Agent version: 30.1\nApplication control (host)          Disabled\nAgent state      Enabled\n",
    );
    assert_eq!(found.unwrap().state, ProductState::On);
    assert_eq!(
        sentinel_one("Agent version: 30.1\nAgent state      Disabled\n").unwrap().state,
        ProductState::Off
    );
    let windows =
        "Disable State: Not disabled by the user\nMonitor Build id: 4.6.13\nSentinelAgent is loaded\n";
    assert_eq!(sentinel_one(windows).unwrap().state, ProductState::On);
    let with = |more: &str| sentinel_one(&format!("{windows}{more}")).unwrap().state;
    assert_eq!(with("SentinelAgent is not running as PPL\n"), ProductState::On);
    assert_eq!(with("SentinelMonitor is not loaded\n"), ProductState::Off);
    let stopped = windows.replace("is loaded", "is not loaded");
    assert_eq!(sentinel_one(&stopped).unwrap().state, ProductState::Off);
    assert!(sentinel_one("").is_err());
}

#[test]
fn cortex_from_its_three_outputs() {
    let info = "Cortex XDR Agent 7.8.1.36105\n";
    let all = format!(
        "{info}Content Version: 460-75469\n Name  PID  User  Status  Command\n pmd   901  root  Running  /opt/traps/bin/pmd\n"
    );
    let found = cortex(&all).unwrap();
    assert_eq!(found.version.as_deref(), Some("7.8.1.36105"));
    assert_eq!(found.signatures.version.as_deref(), Some("460-75469"));
    assert_eq!(found.state, ProductState::On);
    assert_eq!(cortex(info).unwrap().state, ProductState::Unknown);
    assert_eq!(cortex("pmd - - Stopped\n").unwrap().state, ProductState::Off);
    assert!(cortex("nothing\n").is_err());
}

#[test]
fn states_in_more_than_one_word() {
    let state = |text: &str| sentinel_one(text).unwrap().state;
    assert_eq!(state("Agent state          Disabled by user\n"), ProductState::Off);
    assert_eq!(state("Agent version: 23.4\nAgent operational state: Running\n"), ProductState::On);
    let missing = "Product version: 7.1\n  - Antimalware status: Not installed\n";
    assert_eq!(bitdefender(missing).unwrap().state, ProductState::Off);
    let windows = "Type      Start    State     Name\nService   Auto     Stopped   cyserver\n";
    assert_eq!(cortex(windows).unwrap().state, ProductState::Off);
}

#[test]
fn newer_outputs_of_mdatp() {
    let text = "engine_version : \"1.1.25010.1\" [channel: production]\napp_version : \"101.25\"\nreal_time_protection_enabled : true [managed]\n";
    let found = defender(text).unwrap();
    assert_eq!(found.signatures.engine.as_deref(), Some("1.1.25010.1"));
    assert_eq!(found.state, ProductState::On);
    let json = r#"{"appVersion":"101.1","definitionsStatus":{"$type":"outOfDate","value":{"minutes":"20000"}},"realTimeProtectionEnabled":{"value":true}}"#;
    assert_eq!(defender(json).unwrap().signatures.state, SignatureState::Old);
}

#[test]
fn defender_in_both_forms() {
    let json = r#"{"healthy":true,"appVersion":"101.1","definitionsVersion":"1.2","definitionsUpdated":"1627341934000",
        "definitionsStatus":{"$type":"upToDate"},"realTimeProtectionEnabled":{"value":true,"$type":"x"},"passiveModeEnabled":false}"#;
    let found = defender(json).unwrap();
    assert_eq!((found.state, found.signatures.state), (ProductState::On, SignatureState::Current));
    assert_eq!(found.signatures.updated_at.unwrap().to_string(), "2021-07-26T23:25:34Z");
    let text = "healthy                   : true\napp_version               : \"101.1\"\nreal_time_protection_enabled : false\n\
        definitions_status        : \"out_of_date\"\npassive_mode_enabled : true [managed]\n";
    let found = defender(text).unwrap();
    assert_eq!((found.state, found.signatures.state), (ProductState::Passive, SignatureState::Old));
    assert_eq!(found.version.as_deref(), Some("101.1"));
    assert!(defender("{").unwrap_err().to_string().starts_with("line 1: not JSON"));
    assert_eq!(
        defender(r#"{"realTimeProtectionEnabled":"maybe"}"#).unwrap_err().to_string(),
        "field realTimeProtectionEnabled: \"maybe\" is neither true nor false"
    );
}
#[test]
fn defender_below_a_warning_without_licence_and_past_its_end() {
    let json = |fields: &str| {
        format!(
            "ATTENTION: No license found. Contact your administrator for help.\n{{{fields},\n\
             \"appVersion\":\"101.1\",\"engineVersion\":\"unavailable\",\"realTimeProtectionEnabled\":{{\"value\":true}}}}\nDone.\n"
        )
    };
    let unlicensed = defender(&json("\"licensed\":false")).unwrap();
    assert_eq!((unlicensed.state, unlicensed.signatures.engine), (ProductState::Off, None));
    assert_eq!(defender(&json("\"licensed\":true")).unwrap().state, ProductState::On);
    assert_eq!(
        defender(&json("\"licensed\":\"maybe\"")).unwrap_err().to_string(),
        "field licensed: \"maybe\" is neither true nor false"
    );
    assert!(defender("x\n{\n,}").unwrap_err().to_string().starts_with("line 3: not JSON"));
    let text = |end: &str| {
        format!(
            "Tip of the day\nlicensed : true\nreal_time_protection_enabled : true\nproduct_expiration : {end}\n\
             definitions_updated : Mar 29, 2023 at 07:43:58 AM\ndefinitions_updated_minutes_ago : 30\nedr_device_tags : [{{\"key\":\"x\"}}]\n"
        )
    };
    assert_eq!(defender(&text("Mar 29, 2023 at 08:00:00 AM")).unwrap().state, ProductState::Expired);
    assert_eq!(defender(&text("Mar 29, 2023 at 08:30:00 AM")).unwrap().state, ProductState::On);
}
