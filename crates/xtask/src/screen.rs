//! Whether a window can open here.

use std::ffi::OsStr;

/// Whether X11 or Wayland is offered to this process.
pub(crate) fn is_there() -> bool {
    offered(std::env::var_os("DISPLAY").as_deref(), std::env::var_os("WAYLAND_DISPLAY").as_deref())
}

fn offered(x11: Option<&OsStr>, wayland: Option<&OsStr>) -> bool {
    // A variable set to nothing is how a display is taken away.
    [x11, wayland].into_iter().flatten().any(|display| !display.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn either_display_is_enough() {
        assert!(offered(Some(OsStr::new(":0")), None));
        assert!(offered(None, Some(OsStr::new("wayland-0"))));
        assert!(offered(Some(OsStr::new("")), Some(OsStr::new("wayland-0"))));
    }

    #[test]
    fn unset_and_empty_are_no_display() {
        assert!(!offered(None, None));
        assert!(!offered(Some(OsStr::new("")), None));
    }
}
