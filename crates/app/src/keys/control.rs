//! Switching a running key's faults, its power, and the finger on it: one command on each line.

use authenticator::fault::{Faults, Spec, SpecError};

use std::path::Path;
use virtual_key::PrivateSocket;

use super::{RunningKey, explain};
use crate::{
    error::{AppError, Code},
    prompts::Finger,
};

/// What a line of a control asks.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Control {
    /// `fault SPEC`
    Set(Spec),
    /// `clear NAME`, or `clear all`
    Clear(Option<String>),
    /// `list`
    List,
    /// `power-cycle`
    PowerCycle,
    /// `touch on`, `touch on FINGER`, or `touch off`
    Touch(Option<Finger>),
}

/// The faults that a key starts with.
///
/// # Errors
/// `usage` for one that does not exist or is not written as docs/faults.md says.
pub fn faults(specs: &[String]) -> Result<Faults, AppError> {
    let faults = Faults::default();
    for spec in specs {
        faults.set(parse(spec)?);
    }
    Ok(faults)
}

impl RunningKey {
    /// Switches a fault on, from the next message on.
    ///
    /// # Errors
    /// As for [`faults`].
    pub fn set_fault(&self, spec: &str) -> Result<(), AppError> {
        self.set(parse(spec)?);
        Ok(())
    }

    /// Switches the faults of this name off, or all.
    ///
    /// # Errors
    /// `not-found` where none of this name is on.
    pub fn clear_fault(&self, name: Option<&str>) -> Result<(), AppError> {
        if self.faults.clear(name) == 0
            && let Some(name) = name
        {
            let message = format!("No fault named {name} is on.");
            return Err(AppError::new(Code::NotFound, message, "`list` says which are."));
        }
        self.note(::trace::Event::FaultCleared { fault: name.unwrap_or("all").to_owned() });
        Ok(())
    }

    /// The faults that are on, with what is left of their limits.
    pub fn list_faults(&self) -> Vec<String> {
        self.faults.list().iter().map(ToString::to_string).collect()
    }

    /// Unplugs the key and plugs it in again.
    ///
    /// # Errors
    /// `busy` where the key has more to do than it takes in.
    pub fn power_cycle(&self) -> Result<(), AppError> {
        if self.replug() {
            return Ok(());
        }
        Err(AppError::new(Code::Busy, "The key has more to do than it takes in.", "Try again in a moment."))
    }

    /// Puts this finger on the key, where it stays, or lifts the one that is there. One touch answers one question.
    ///
    /// # Errors
    /// `usage` at a key that is not started with [`super::Approval::Touch`].
    pub fn touch(&self, finger: Option<Finger>) -> Result<(), AppError> {
        let touched = self.touched.as_ref().ok_or_else(|| {
            AppError::new(
                Code::Usage,
                "A touch answers nothing at this key.",
                "Start it with `emulate --approve touch`.",
            )
        })?;
        if let Some(finger) = finger {
            self.note(::trace::Event::Touched { finger: finger.to_string() });
            touched.touch(finger.into());
        } else {
            self.note(::trace::Event::Lifted);
            touched.lift();
        }
        Ok(())
    }

    /// Does what a line of a control says, and answers with the faults that are on then.
    ///
    /// # Errors
    /// `usage` for a line that is no command, and those of the command.
    pub fn control(&self, line: &str) -> Result<Vec<String>, AppError> {
        match Control::parse(line)? {
            Control::Set(spec) => self.set(spec),
            Control::Clear(name) => self.clear_fault(name.as_deref())?,
            Control::PowerCycle => self.power_cycle()?,
            Control::Touch(finger) => self.touch(finger)?,
            Control::List => {}
        }
        Ok(self.list_faults())
    }

    fn set(&self, spec: Spec) {
        self.note(::trace::Event::FaultSet { fault: spec.to_string() });
        self.faults.set(spec);
    }

    fn note(&self, event: ::trace::Event) {
        if let Some(recording) = &self.recording {
            recording.event(event);
        }
    }
}

/// A socket file for commands, for its owner alone; it goes with this value.
pub struct ControlSocket(PrivateSocket);

impl ControlSocket {
    /// Listens at `path`; within a runtime.
    ///
    /// # Errors
    /// `busy` where somebody listens there, `failed` where the path may not be written.
    pub fn bind(path: &Path) -> Result<Self, AppError> {
        PrivateSocket::bind(path, "--control").map(Self).map_err(|error| explain(&error))
    }

    /// The next one who connects.
    ///
    /// # Errors
    /// `failed` where the system lets nobody in.
    pub async fn accept(&self) -> Result<tokio::net::UnixStream, AppError> {
        let failed = |error| AppError::plain(Code::Failed, format!("The control lets nobody in: {error}."));
        self.0.accept().await.map_err(failed)
    }
}

impl Control {
    fn parse(line: &str) -> Result<Self, AppError> {
        let line = line.trim();
        let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let rest = rest.trim();
        match (word, rest) {
            ("fault", spec) if !spec.is_empty() => parse(spec).map(Self::Set),
            ("clear", "all") => Ok(Self::Clear(None)),
            ("clear", name) if !name.is_empty() => Ok(Self::Clear(Some(name.to_owned()))),
            ("list", "") => Ok(Self::List),
            ("power-cycle", "") => Ok(Self::PowerCycle),
            ("touch", "off") => Ok(Self::Touch(None)),
            ("touch", "on") => Ok(Self::Touch(Some(Finger::RightIndex))),
            ("touch", on) if on.starts_with("on ") => finger(on.trim_start_matches("on").trim()),
            _ => Err(AppError::new(
                Code::Usage,
                format!("{line:?} is no command of a control."),
                "The commands are `fault NAME[=VALUE][,count=N][,command=X]`, `clear NAME`, `clear all`, `list`, \
                 `power-cycle`, `unlock`, `touch on [FINGER]` and `touch off`.",
            )),
        }
    }
}

fn finger(name: &str) -> Result<Control, AppError> {
    name.parse().map(|finger| Control::Touch(Some(finger))).map_err(|_| {
        let fingers: Vec<String> = Finger::ALL.iter().map(ToString::to_string).collect();
        let hint = format!("The fingers are {}.", fingers.join(", "));
        AppError::new(Code::Usage, format!("There is no finger named {name}."), hint)
    })
}

fn parse(spec: &str) -> Result<Spec, AppError> {
    spec.parse().map_err(|error: SpecError| AppError::new(Code::Usage, error.to_string(), error.hint()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_command_or_says_what_would_be() {
        assert_eq!(Control::parse(" clear  all\n").unwrap(), Control::Clear(None));
        assert_eq!(Control::parse("clear slow").unwrap(), Control::Clear(Some("slow".to_owned())));
        assert_eq!(Control::parse("power-cycle").unwrap(), Control::PowerCycle);
        assert_eq!(Control::parse("fault slow=5").unwrap(), Control::Set("slow=5".parse().unwrap()));
        assert_eq!(Control::parse("fault fast").unwrap_err().message, "There is no fault named fast.");
        assert_eq!(Control::parse("touch off").unwrap(), Control::Touch(None));
        assert_eq!(Control::parse("touch  on").unwrap(), Control::Touch(Some(Finger::RightIndex)));
        assert_eq!(Control::parse("touch on left-thumb").unwrap(), Control::Touch(Some(Finger::LeftThumb)));
        let hint = Control::parse("touch on nose").unwrap_err().hint.unwrap();
        assert!(hint.starts_with("The fingers are right-thumb, right-index, "), "{hint}");
        for wrong in ["", "fault", "clear", "list all", "reboot", "touch", "touch once"] {
            assert_eq!(Control::parse(wrong).unwrap_err().code, Code::Usage, "{wrong}");
        }
    }
}
