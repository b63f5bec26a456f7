//! A USB bus with nothing behind it but two queues: what the driver reads, and what it has written.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use usb_device::{
    Result, UsbDirection, UsbError,
    bus::{PollResult, UsbBus},
    endpoint::{EndpointAddress, EndpointType},
};

/// Which endpoint reports go through, one in each direction.
const ENDPOINT: usize = 1;

/// The two queues; every clone has the same.
#[derive(Clone, Default)]
pub(crate) struct Bus(Arc<Mutex<Queues>>);

#[derive(Default)]
pub(crate) struct Queues {
    pub(crate) to_key: VecDeque<[u8; 64]>,
    pub(crate) to_computer: VecDeque<Vec<u8>>,
    written: bool,
}

impl Bus {
    pub(crate) fn queues(&self) -> MutexGuard<'_, Queues> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl UsbBus for Bus {
    fn alloc_ep(
        &mut self,
        direction: UsbDirection,
        address: Option<EndpointAddress>,
        kind: EndpointType,
        _: u16,
        _: u8,
    ) -> Result<EndpointAddress> {
        let own = if kind == EndpointType::Control { 0 } else { ENDPOINT };
        Ok(address.unwrap_or_else(|| EndpointAddress::from_parts(own, direction)))
    }

    fn write(&self, _: EndpointAddress, packet: &[u8]) -> Result<usize> {
        let mut queues = self.queues();
        queues.to_computer.push_back(packet.to_vec());
        queues.written = true;
        Ok(packet.len())
    }

    fn read(&self, _: EndpointAddress, packet: &mut [u8]) -> Result<usize> {
        let report = self.queues().to_key.pop_front().ok_or(UsbError::WouldBlock)?;
        packet.copy_from_slice(&report);
        Ok(report.len())
    }

    /// Says even where nothing happened that something did, so that the driver looks for the answer of its app.
    fn poll(&self) -> PollResult {
        let mut queues = self.queues();
        let ep_out = u16::from(!queues.to_key.is_empty()) << ENDPOINT;
        let ep_in_complete = u16::from(std::mem::take(&mut queues.written)) << ENDPOINT;
        PollResult::Data { ep_out, ep_in_complete, ep_setup: 0 }
    }

    fn enable(&mut self) {}
    fn reset(&self) {}
    fn set_device_address(&self, _: u8) {}
    fn set_stalled(&self, _: EndpointAddress, _: bool) {}
    fn is_stalled(&self, _: EndpointAddress) -> bool {
        false
    }
    fn suspend(&self) {}
    fn resume(&self) {}
}
