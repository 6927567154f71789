use super::{makers::MAKERS, *};

#[test]
fn all_patterns_compile_and_all_brands_are_known() {
    for (_, _, pattern) in COMMON.iter().chain(MAKERS.iter().flat_map(|maker| maker.rows)) {
        assert!(Regex::new(&format!("(?i){pattern}")).is_ok(), "{pattern}");
    }
    for brand in MAKERS.iter().flat_map(|maker| maker.brands) {
        assert_eq!(vendor::by_text(brand).map(|vendor| vendor.name), Some(*brand));
    }
}

fn assert_all(expected: Family, names: &str) {
    for name in names.split('|') {
        assert_eq!(of(name), Some(expected), "{name}");
    }
}

#[test]
fn printers_by_their_model_alone() {
    assert_all(
        Family::Printer,
        "LBP6670|LBP-1120|iP2770|HL-5370DW series|HL-L2340DW series|WF-C5290|WF-M5299|WF-5190|L1110 Series|L805|L121|\
         SP 3600DN|Aficio SP 4210N|ECOSYS P2040dn|FS-1120D|Phaser 3020|VersaLink C400|ML-2161|CLP-325|SL-M2020W|\
         bizhub 4000i|bizhub C3300i|e-STUDIO385P|OfficeJet Pro 8100|DocuPrint P355 d|G1010 series|LQ-310|LX-310",
    );
}

#[test]
fn multifunction_devices_by_their_model_alone() {
    assert_all(
        Family::Multifunction,
        "MF3010|iR-ADV C3525|iR2520|MG3600 series|TS5300 series|G3010 series|WF-C5790BA|WF-7610|L3150 Series|L4160 Series|\
         ET-2750|DCP-L3550CDW|MFC-J680DW|HL-L2390DW|Aficio MP C3002|MP 2014AD|IM C2500|SP 3710SF|bizhub C250i|bizhub 227|\
         ineo+ 258|TASKalfa 2552ci|ECOSYS M2540dn|FS-1135MFP|2506ci|WorkCentre 3345|VersaLink C405|AltaLink C8045|\
         DocuCentre-V C2265|Apeos C2570|DocuPrint M355 df|SCX-3405|CLX-3305|M2070 Series|SL-K4350|e-STUDIO2518A|MX-3570N|\
         BP-30C25|MC563|BM5100ADW series|M6550NW|KX-MB2090",
    );
}

#[test]
fn printers_of_the_great_makers() {
    assert_all(
        Family::Printer,
        "HP LaserJet P2055d|HP LaserJet Pro M404dn|HP Color LaserJet Pro M454dw|HP LaserJet M402dne|HP LaserJet M110we|\
         HP LaserJet M209dw|HP LaserJet M14-M17|HP LaserJet M118dw|HP Color LaserJet 3000|HP Color LaserJet 3600|\
         HP Laser 107w|HP Color Laser 150nw|HP Neverstop Laser 1000w|HP LaserJet Tank 2502dw|HP PageWide Pro 452dw|\
         HP OfficeJet Enterprise Color X555|HP Officejet Pro X451dw Printer|HP Officejet 7110 series|HP OfficeJet Pro 8210|\
         HP Deskjet 3000 J310 series|HP DeskJet 1110 series|HP DeskJet 1200 series|hp deskjet 3550|HP Ink Tank 115|\
         HP Smart Tank 210|HP DesignJet T520|Canon LBP6230/6240|Canon LBP2900|Canon iP110 series|Canon iX6870 series|\
         Canon G1020 series|Canon G5070 series|Canon G570 series|Canon GM2070 series|Canon GX5070 series|\
         Canon TR150 series|Canon TS207|Canon TS700 series|Canon iPF770|EPSON L120 Series|EPSON L310 Series|\
         EPSON L810 Series|EPSON L1800 Series|EPSON L1250 Series|EPSON L8050 Series|EPSON L11050 Series|\
         EPSON M1120 Series|EPSON M105 Series|EPSON WF-C529R Series|EPSON WF-C5210 Series|EPSON WF-7211 Series|\
         EPSON WF-2010 Series|EPSON ET-M1180 Series|EPSON AL-M2310|EPSON LQ-590II|EPSON PLQ-20|EPSON SC-T3100|\
         EPSON Stylus Photo R230|EPSON Stylus T11|Brother HL-L2321D series|Brother HL-L2366DW series|\
         Brother HL-B2080DW series|Brother HL-L3280CDW|Brother HL-T4000DW|Brother QL-820NWB",
    );
    assert_all(
        Family::Printer,
        "RICOH SP 230DNw|RICOH SP C261DNw|RICOH SP 3500 Series|RICOH P 501|RICOH P C301W|KYOCERA ECOSYS PA2100cx|\
         Kyocera PA2001w|UTAX P-4532DN|KONICA MINOLTA bizhub 4700P|KONICA MINOLTA bizhub 5000i|Xerox VersaLink C7000|\
         Xerox VersaLink C8000|Xerox B210|Xerox B310|Xerox C230|FUJI XEROX DocuPrint CP225 w|FUJI XEROX DocuPrint 3105|\
         FUJIFILM ApeosPrint C325 dw|Lexmark MS415dn|Lexmark B2338dw|Lexmark C3224dw|Lexmark T650|Lexmark E260dn|\
         Samsung M332x 382x 402x Series|Samsung M262x 282x Series|Samsung M2020 Series|Samsung M283x Series|\
         Samsung C43x Series|Samsung ML-2160 Series|TOSHIBA e-STUDIO305CP|OKI ES5112|OKI ES4132|OKI ES7412|OKI B432|\
         OKI C612|Pantum P2500W Series|Pantum BP5100DN Series|Pantum CP1100DW|Dell 2330dn Laser Printer|\
         Dell B1160w Laser Printer|SHARP MX-B350P|SHARP MX-C407P|SINDOH A410dn",
    );
}

#[test]
fn multifunction_devices_of_the_great_makers() {
    assert_all(
        Family::Multifunction,
        "HP LaserJet MFP M130nw|HP LaserJet M1132 MFP|HP LaserJet M1319f|HP LaserJet M1522nf|HP LaserJet M2727nf|\
         HP LaserJet M28a|HP LaserJet 3055|HP LaserJet 3200|HP Color LaserJet 2840|HP Color LaserJet CM1312nfi|\
         HP OfficeJet Pro 8720|HP OfficeJet 250 Mobile|HP Ink Tank 310 series|HP Ink Tank Wireless 410 series|\
         HP Smart Tank 510 series|HP DeskJet GT 5820 series|HP Deskjet 5520 series|HP Deskjet Ink Adv 3525|\
         HP DeskJet 2130 series|HP DeskJet 2720e|HP Deskjet 1050 J410 series|HP Laser MFP 131 133 135-138|\
         HP PageWide 377dw|Canon MF4700 Series|Canon iR2006N|Canon iR C3020|Canon iR-ADV C5235 /P|Canon E470 series|\
         Canon E480 series|Canon E410 series|Canon E3370 series|Canon G2010 series|Canon G6070 series|Canon GX6070 series|\
         Canon GM4070 series|Canon G640 series|Canon MG2500 series|Canon D520|Canon D1100 Series|Canon iPR C165|\
         EPSON L360 Series|EPSON L4150 Series|EPSON L850 Series|EPSON L1455 Series|EPSON L15150 Series|EPSON L550 Series|\
         EPSON M200 Series|EPSON M205 Series|EPSON M2140 Series|EPSON M3170 Series|EPSON M15140 Series|\
         EPSON ET-2720 Series|EPSON XP-4100 Series|EPSON WF-C579R Series|EPSON WF-2860 Series|EPSON WF-C17590 Series|\
         EPSON TX121 Series|EPSON ME Office 620F|Brother HL-3180CDW series|Brother HL-L3300CDW series|\
         Brother HL-L2465DW|Brother DCP-T520W",
    );
    assert_all(
        Family::Multifunction,
        "RICOH SP 220SNw|RICOH SP 204SN|RICOH SP 111SU|RICOH SP C261SFNw|RICOH Aficio 2020D|RICOH M C250FW|RICOH M 2700|\
         RICOH IM 350F|RICOH Pro C5200S|KYOCERA TASKalfa 1800|Kyocera ECOSYS MA2100cwfx|Kyocera MA2001|KYOCERA KM-1635|\
         UTAX 2506ci|UTAX CDC 1945|UTAX CD 1435_DC 2435|KONICA MINOLTA bizhub C3320i|KONICA MINOLTA bizhub 4750i|KONICA MINOLTA bizhub PRO 951|\
         KONICA MINOLTA pagepro 1390MF|KONICA MINOLTA C368SeriesPCL|Xerox VersaLink B615|Xerox VersaLink C7025|Xerox B215|\
         Xerox C235|Xerox B1025|Xerox Phaser 6180MFP-D|FUJI XEROX DocuPrint CM315 z|FUJI XEROX DocuPrint M225 dw|\
         FUJI XEROX DocuCentre S2011|FUJIFILM Apeos 2150 NDA|Lexmark X464de|Lexmark MB2236adw|Lexmark MX611dhe|\
         Lexmark CX522|Samsung M267x 287x Series|Samsung M288x Series|Samsung M337x 387x 407x Series|\
         Samsung M458x Series|Samsung C48x Series|Samsung C268x Series|Samsung SL-M4072FD|Samsung SL-M2876HN|\
         Samsung SL-M2885FW|Samsung SL-C480FW|Samsung K2200 Series|Samsung X3220 Series|TOSHIBA e-STUDIO2309A|\
         SHARP AR-6020D|SHARP BP-20M22|OKI MC362|OKI MB472|OKI ES5162 MFP|OKI ES5473|Pantum M6500NW Series|\
         Pantum M7100DN Series|Pantum BM5100ADN Series|Pantum CM1100ADW|Panasonic KX-MB2120|Panasonic DP-3010|\
         Dell 1135n Laser MFP|Dell E514dw|Dell B1265dnf|SINDOH D330e",
    );
}

#[test]
fn the_maker_may_be_known_by_other_means() {
    for (name, maker, expected) in [
        ("M205 Series", "Epson", Some(Family::Multifunction)),
        ("M2020 Series", "Samsung", Some(Family::Printer)),
        ("E470 series", "Canon", Some(Family::Multifunction)),
        ("E260dn", "Lexmark", Some(Family::Printer)),
        ("C610", "OKI", Some(Family::Printer)),
        ("ECOSYS M2040dn", "Konica Minolta", Some(Family::Multifunction)),
        ("Ethernet", "HP", None),
    ] {
        assert_eq!(of_maker(name, &[maker]), expected, "{maker} {name}");
    }
}

#[test]
fn scanners_and_other_things() {
    assert_all(
        Family::Scanner,
        "ADS-2800W|HP ScanJet Pro 4500 fn1|EPSON DS-780N|EPSON ES-60W|fi-7300NX|ScanFront 400|KV-N1058X|ScanSnap iX1500|\
         Canon DR-C225|FUJITSU SP-1120N",
    );
    assert_all(
        Family::Other,
        "EPSON Projector|EB-1785W|SEH myUTN-50a Device Server|EPSON PowerLite 1781W|EPSON EB-X41",
    );
}

#[test]
fn names_of_other_things_tell_nothing() {
    for name in [
        "",
        "Printer",
        "JetDirect",
        "Ethernet",
        "DS-7608NI-K2",
        "ES-3124",
        "Dell MS116 USB Optical Mouse",
        "Logitech HD Webcam C615",
        "Canon EOS R50",
        "Canon EOS M200",
        "Canon PowerShot G7 X",
        "Samsung Flash Drive FIT",
        "HP v236w",
        "TOSHIBA External USB 3.0",
        "OKI OkiLAN 8100e Rev.01.02 10/100BASE Ethernet Print Server",
        "HP ETHERNET MULTI-ENVIRONMENT,ROM none,JETDIRECT,JD153",
        "Brother NC-8200h, Firmware Ver.1.04",
        "Intel(R) Xeon(R) CPU E5-2620 v4 @ 2.10GHz",
        "Linux server 5.15.0-91-generic #101-Ubuntu SMP x86_64",
        "Cisco IOS Software, C2960 Software, Version 12.2(55)SE5",
    ] {
        assert_eq!(of(name), None, "{name}");
    }
}
