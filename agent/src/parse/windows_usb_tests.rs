use super::*;
use crate::parse::records;

const HEAD: &str = "Windows Registry Editor Version 5.00\r\n\r\n";
const ENUM: &str = "HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Enum";

fn registry(body: &str) -> Registry {
    registry::read(&format!("{HEAD}{}", body.replace("ENUM", ENUM))).unwrap()
}

/// Port, name, vendor, product, serial.
type Row = (String, String, Option<String>, Option<String>, Option<String>);

fn ports(body: &str) -> Vec<Row> {
    let found = printers(&registry(body), Timestamp::UNIX_EPOCH).unwrap();
    found
        .into_iter()
        .map(|p| (p.name, p.printer.name, p.printer.usb_vendor, p.printer.usb_product, p.printer.serial))
        .collect()
}

#[test]
fn a_printer_is_joined_by_its_container() {
    let body = "[ENUM\\USBPRINT\\BrotherHL-2140_series\\7&1&0&USB004]\r\n\"ContainerID\"=\"{A}\"\r\n\
        [ENUM\\USBPRINT\\BrotherHL-2140_series\\7&1&0&USB004\\Device Parameters]\r\n\"PortName\"=\"USB004\"\r\n\
        [ENUM\\USB\\VID_FFFE&PID_0033\\K7J123456]\r\n\"ContainerID\"=\"{a}\"\r\n";
    assert_eq!(
        ports(body),
        [(
            "USB004".to_owned(),
            "Brother HL-2140 series".to_owned(),
            Some("fffe".to_owned()),
            Some("0033".to_owned()),
            Some("K7J123456".to_owned())
        )]
    );
}

#[test]
fn on_old_windows_by_the_prefix_of_the_parent() {
    let body = "[ENUM\\USBPRINT\\CanonLASER_SHOT\\6&39&0&USB001]\r\n\"Class\"=\"Printer\"\r\n\
        [ENUM\\USB\\Vid_fffe&Pid_262b&MI_01\\5&77&0&0001]\r\n\"ParentIdPrefix\"=\"6&39&0\"\r\n\
        [ENUM\\USB\\Vid_fffe&Pid_262b\\49R8Ka]\r\n\"ParentIdPrefix\"=\"5&77&0\"\r\n\"Service\"=\"usbccgp\"\r\n";
    let found = ports(body);
    assert_eq!((found[0].0.as_str(), found[0].1.as_str()), ("USB001", "Canon LASER SHOT"));
    assert_eq!(found[0].4.as_deref(), Some("49R8Ka"));
}

#[test]
fn without_the_other_file_the_numbers_are_unknown() {
    let found = ports("[ENUM\\USBPRINT\\Zebra_LP2844_\\6&2ad9257f&0&USB002]\r\n\"Class\"=\"Printer\"\r\n");
    assert_eq!(found, [("USB002".to_owned(), "Zebra LP2844".to_owned(), None, None, None)]);
    assert!(printers(&registry("[ENUM\\USB]\r\n"), Timestamp::UNIX_EPOCH).is_err());
}

#[test]
fn a_printer_of_an_unknown_maker_keeps_its_name() {
    let body =
        "[ENUM\\USBPRINT\\Xprinter_XP-58\\8&9a&0&USB003]\r\n\"DeviceDesc\"=\"No Printer Attached\"\r\n";
    let found = ports(body);
    assert_eq!((found[0].0.as_str(), found[0].1.as_str()), ("USB003", "Xprinter XP-58"));
}

#[test]
fn logical_devices_are_devices_with_their_functions() {
    let text = "Name=USB Composite Device\nDeviceID=USB\\VID_FFFE&PID_0001\\AB12CD\nService=usbccgp\n\n\
        Name=EPSON Thing\nDeviceID=USB\\VID_FFFE&PID_0001&MI_00\\6&1&0&0000\nPNPClass=Image\nService=usbscan\nManufacturer=EPSON\n\n\
        Name=Smart card reader\nDeviceID=USB\\VID_FFFE&PID_0002\\5&2&0&1\nPNPClass=SmartCardReader\nManufacturer=(Standard)\n\n\
        Name=USB Root Hub\nDeviceID=USB\\ROOT_HUB30\\4&1\nService=USBHUB3\n\n\
        Name=Disk\nDeviceID=\\\\.\\PHYSICALDRIVE0\n";
    let devices = of_records(&records::read(text).unwrap()).unwrap();
    let kinds: Vec<_> = usb::peripherals(&devices, Timestamp::UNIX_EPOCH).devices;
    assert_eq!(kinds.iter().map(|d| d.kind).collect::<Vec<_>>(), [Kind::Scanner, Kind::CardReader]);
    assert_eq!(kinds[0].serial.as_deref(), Some("AB12CD"));
    assert_eq!(kinds[0].vendor.as_deref(), Some("Epson"));
    assert!(of_records(&records::read("Name=x\n").unwrap()).is_err());
}

#[test]
fn several_records_of_one_thing_are_read_together() {
    let text = "CreationClassName=Win32_USBHub\nDeviceID=USB\\VID_05E3&PID_0608\\6&1\nName=Generic USB Hub\n\n\
        CreationClassName=Win32_USBHub\nDeviceID=USB\\VID_FFFE&PID_344F\\Z5D1YBGT\nName=USB Composite Device\n\n\
        DeviceID=USB\\VID_05E3&PID_0608\\6&1\nName=Generic USB Hub\nService=usbhub\nManufacturer=(Generic USB Hub)\n\n\
        DeviceID=USB\\VID_FFFE&PID_344F\\Z5D1YBGT\nName=USB Composite Device\nService=usbccgp\n\n\
        DeviceID=USB\\VID_FFFE&PID_344F&MI_01\\7&1\nName=USB Printing Support\nService=usbprint\nManufacturer=Microsoft\n\n\
        DeviceID=USB\\VID_FFFE&PID_344F&MI_00\\7&0\nName=SCX-3400 Series\nService=usbscan\nManufacturer=Samsung\nPNPClass=Image\n\n\
        CreationClassName=Win32_USBHub\nDeviceID=USB\\VID_05E3&PID_0610\\6&2\nName=Generic USB Hub\n";
    let devices = of_records(&records::read(text).unwrap()).unwrap();
    let listed = usb::list(&devices);
    assert_eq!(
        listed.iter().map(|device| device.name.as_str()).collect::<Vec<_>>(),
        ["Samsung SCX-3400 Series"]
    );
    assert_eq!(listed[0].interface_classes, ["06", "07"]);
}

#[test]
fn the_maker_of_a_driver_is_none_of_the_device() {
    let text = "Name=USB Printing Support\nDeviceID=USB\\VID_04A9&PID_2676\\1\nManufacturer=Microsoft\nService=usbprint\n\n\
        Name=Microsoft Usbccid Smartcard Reader (WUDF)\nDeviceID=USB\\VID_FFFE&PID_90CC\\5&1\nManufacturer=Microsoft\n\
        Service=WUDFRd\nPNPClass=SmartCardReader\n\n\
        Name=LifeCam\nDeviceID=USB\\VID_045E&PID_FFFE\\5&2\nManufacturer=Microsoft\nService=LCam\n";
    let devices = of_records(&records::read(text).unwrap()).unwrap();
    let makers: Vec<_> = usb::list(&devices).into_iter().map(|device| device.vendor).collect();
    assert_eq!(makers, [Some("Microsoft".to_owned()), None, None]);
    let found = usb::peripherals(&devices, Timestamp::UNIX_EPOCH).devices;
    let names: Vec<_> = found.iter().map(|device| (device.kind, device.name.as_str())).collect();
    let expected = [
        (Kind::Webcam, "Microsoft LifeCam"),
        (Kind::Printer, "Canon LBP2900"),
        (Kind::CardReader, "USB fffe:90cc"),
    ];
    assert_eq!(names, expected);
}

#[test]
fn places_are_no_names_and_unplugged_things_are_remembered() {
    let body = "[ENUM\\USB\\VID_FFFE&PID_0004\\AB12]\r\n\"LocationInformation\"=\"0000.001a.0007.006.000.000\"\r\n\
        \"CompatibleIDs\"=hex(7):55,00,53,00,42,00,5c,00,43,00,6c,00,61,00,73,00,73,00,5f,00,30,00,37,00,00,00,00,00\r\n\
        [ENUM\\USB\\VID_FFFE&PID_0005\\CD34]\r\n\"LocationInformation\"=\"LASER SHOT LBP-1120\"\r\n\
        [ENUM\\USB\\VID_FFFE&PID_0005\\CD34\\Control]\r\n[ENUM\\USB\\VID_0000&PID_0000\\5&1&0&3]\r\n";
    let registry = registry(body);
    let found = devices(&registry);
    let names: Vec<_> = found.iter().map(|device| device.product.as_deref()).collect();
    assert_eq!(names, [None, Some("LASER SHOT LBP-1120")]);
    assert_eq!(found[0].interfaces[0].class, 7);
    assert!(!is_plugged(&registry, "AB12") && is_plugged(&registry, "CD34"));
}

#[test]
fn the_maker_of_a_known_product_is_that_of_its_number() {
    let text = "Name=CHERRY SmartTerminal XX44\nDeviceID=USB\\VID_046A&PID_002D\\6&1\nManufacturer=OMNIKEY AG\n\
        ClassGuid={50DD5230-BA8A-11D1-BF5D-0000F805F530}\nService=cm\n\n\
        Name=USB Printing Support\nDeviceID=USB\\VID_03F0&PID_FFFE\\JV1234567\nService=usbprint\n";
    let devices = of_records(&records::read(text).unwrap()).unwrap();
    let found = usb::peripherals(&devices, Timestamp::UNIX_EPOCH).devices;
    let names: Vec<_> = found.iter().map(|device| (device.kind, device.vendor.as_deref())).collect();
    assert_eq!(names, [(Kind::Printer, Some("HP")), (Kind::CardReader, Some("CHERRY"))]);
}
