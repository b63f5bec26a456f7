//! Captures, judged by Wireshark's own `tshark`.

use std::{path::Path, process::Command};

use super::{record, trace};
use crate::program::{Home, errors};

/// The fields of every packet that the filter lets through.
fn tshark(capture: &Path, filter: &str, fields: &[&str]) -> Vec<Vec<String>> {
    let mut command = Command::new("tshark");
    command.args(["-r", capture.to_str().unwrap(), "-Y", filter, "-T", "fields"]);
    for field in fields {
        command.args(["-e", field]);
    }
    let output = command.output().expect("tshark is installed: `cargo xtask setup tests` installs it");
    assert!(output.status.success(), "{}", errors(&output));
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| line.split('\t').map(str::to_owned).collect()).collect()
}

/// The HID report descriptor in Wireshark's words.
fn described(capture: &Path) -> String {
    let mut command = Command::new("tshark");
    command.args(["-r", capture.to_str().unwrap(), "-V", "-Y", "usbhid.item.global.usage"]);
    String::from_utf8(command.output().unwrap().stdout).unwrap()
}

// proves: trace-pcapng
#[test]
fn wireshark_opens_an_exported_trace_as_a_fido_hid_device() {
    let home = Home::new();
    let path = record(&home, "run", &[]);
    let capture = home.path("run.pcapng");
    let output = trace(&home, &["export", path.to_str().unwrap(), "--pcapng", capture.to_str().unwrap()]);
    assert!(output.status.success(), "{}", errors(&output));
    check(&capture);
}

// proves: trace-pcapng
#[test]
fn wireshark_opens_what_was_recorded_as_a_capture() {
    let home = Home::new();
    check(&record(&home, "live.pcapng", &[]));
    let capture = home.path("other");
    check(&record(&home, capture.to_str().unwrap(), &["--trace-format", "pcapng"]));
}

fn check(capture: &Path) {
    assert_eq!(
        tshark(capture, "_ws.malformed || _ws.expert.severity >= 6291456", &["frame.number"]),
        [[""; 0]; 0]
    );
    let interface = tshark(capture, "usb.bEndpointAddress", &["usb.bInterfaceClass", "usb.bEndpointAddress"]);
    assert_eq!(interface, [["0x03", "0x81,0x01"]]);
    assert!(described(capture).contains("Usage Page: FIDO Alliance (0xf1d0)"));
    // The interrupt transfers are those of the HID interface, and carry the reports.
    let fields = ["usb.endpoint_address", "usb.bInterfaceClass", "usbhid.data"];
    let transfers = tshark(capture, "usb.transfer_type == 0x01 && usb.data_len == 64", &fields);
    assert!(transfers.len() > 10);
    for [endpoint, class, report] in
        transfers.iter().map(|fields| <&[String; 3]>::try_from(fields.as_slice()).unwrap())
    {
        assert!(endpoint == "0x81" || endpoint == "0x01", "{endpoint}");
        assert_eq!(class, "0x03");
        assert_eq!(report.len(), 128, "{report}");
    }
    assert!(transfers[0][2].starts_with("ffffffff860008"), "INIT on the broadcast channel");
}
