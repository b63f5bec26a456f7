//! The faults that are on.

use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use super::{Fault, Spec};

/// Those that are on, shared by the key and whoever switches them.
#[derive(Clone, Debug, Default)]
pub struct Faults(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    /// Something is on, or fired and was not told yet.
    armed: AtomicBool,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    active: Vec<Active>,
    fired: Vec<Fired>,
}

#[derive(Debug)]
struct Active {
    spec: Spec,
    /// What the fault remembers from one time to the next: the counter that it gave.
    memory: Option<u32>,
}

/// A fault that struck.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fired {
    /// Its name.
    pub name: &'static str,
    /// The command that it struck.
    pub command: &'static str,
}

impl Faults {
    /// Switches one on, in the place of another of its name and command.
    pub fn set(&self, spec: Spec) {
        let mut state = self.state();
        state
            .active
            .retain(|of| (of.spec.fault.name(), of.spec.command) != (spec.fault.name(), spec.command));
        state.active.push(Active { spec, memory: None });
        self.0.armed.store(true, Ordering::Release);
    }

    /// Switches those of this name off, or all; how many there were.
    pub fn clear(&self, name: Option<&str>) -> usize {
        let mut state = self.state();
        let before = state.active.len();
        state.active.retain(|of| name.is_some_and(|name| of.spec.fault.name() != name));
        before - state.active.len()
    }

    /// What is on, with what is left of each limit.
    pub fn list(&self) -> Vec<Spec> {
        self.state().active.iter().map(|of| of.spec.clone()).collect()
    }

    /// What struck since the last call, oldest first.
    pub fn take_fired(&self) -> Vec<Fired> {
        if !self.is_armed() {
            return Vec::new();
        }
        let mut state = self.state();
        if state.active.is_empty() {
            self.0.armed.store(false, Ordering::Release);
        }
        std::mem::take(&mut state.fired)
    }

    /// Whether a look at the list is worth while.
    pub fn is_armed(&self) -> bool {
        self.0.armed.load(Ordering::Acquire)
    }

    /// Whether this fault strikes `command` now.
    pub fn strikes(&self, command: &str, fault: &Fault) -> bool {
        self.strike(command, |of| (of == fault).then_some(())).is_some()
    }

    /// What `pick` makes of the first fault that it takes, if one is on for `command`: it has struck then.
    pub fn strike<T>(&self, command: &str, mut pick: impl FnMut(&Fault) -> Option<T>) -> Option<T> {
        self.strike_remembering(command, |fault, _| pick(fault))
    }

    /// The same for faults that remember.
    pub(super) fn strike_remembering<T>(
        &self,
        command: &str,
        mut pick: impl FnMut(&Fault, &mut Option<u32>) -> Option<T>,
    ) -> Option<T> {
        if !self.is_armed() {
            return None;
        }
        let mut state = self.state();
        let state = &mut *state;
        for (at, active) in state.active.iter_mut().enumerate() {
            if active.spec.command.is_some_and(|only| only != command) {
                continue;
            }
            let Some(picked) = pick(&active.spec.fault, &mut active.memory) else { continue };
            state.fired.push(Fired { name: active.spec.fault.name(), command: known(command) });
            if let Some(count) = &mut active.spec.count {
                *count -= 1;
                if *count == 0 {
                    state.active.remove(at);
                }
            }
            return Some(picked);
        }
        None
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Command names are few and live for ever.
fn known(command: &str) -> &'static str {
    super::COMMANDS.iter().find(|known| **known == command).copied().unwrap_or("unknown")
}
