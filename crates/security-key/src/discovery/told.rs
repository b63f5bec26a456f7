//! What listeners were told of, and what became different since.

use tokio::sync::mpsc::UnboundedSender;

use super::{Event, Found, Identity};

/// The keys of one source, as they were told of.
#[derive(Default)]
pub(crate) struct Told(Vec<Found>);

impl Told {
    /// Whether this key was told of.
    pub(super) fn knows(&self, key: &Found) -> bool {
        holds(&self.0, &key.identity)
    }

    /// Tells what became different. Fails when nobody listens any more.
    pub(crate) fn tell(&mut self, now: Vec<Found>, tell: &UnboundedSender<Event>) -> Result<(), ()> {
        for gone in self.0.iter().filter(|key| !holds(&now, &key.identity)) {
            tell.send(Event::Unplugged { address: gone.address.clone() }).map_err(drop)?;
        }
        for new in now.iter().filter(|key| !holds(&self.0, &key.identity)) {
            tell.send(Event::Plugged(new.clone())).map_err(drop)?;
        }
        self.0 = now;
        Ok(())
    }
}

pub(super) fn holds(keys: &[Found], identity: &Identity) -> bool {
    keys.iter().any(|key| key.identity == *identity)
}

#[cfg(test)]
mod tests {
    use tokio::sync::mpsc::unbounded_channel;

    use super::*;
    use crate::Medium;

    fn key(node: &str, plugged: &str) -> Found {
        Found {
            address: node.to_owned(),
            medium: Medium::Usb,
            name: "Blue 5C".to_owned(),
            manufacturer: None,
            vendor_id: None,
            product_id: None,
            serial: Some("1000000000".to_owned()),
            port: None,
            identity: Identity(plugged.to_owned()),
        }
    }

    #[test]
    fn another_key_at_the_same_node_is_another_key() {
        let (tell, mut heard) = unbounded_channel();
        let mut told = Told::default();
        let (one, other) =
            (key("/dev/hidraw0", "0003:1D50:60FC.0001"), key("/dev/hidraw0", "0003:1D50:60FC.0002"));
        told.tell(vec![one.clone()], &tell).unwrap();
        assert_eq!(heard.try_recv(), Ok(Event::Plugged(one.clone())));
        told.tell(vec![one], &tell).unwrap();
        assert!(heard.try_recv().is_err(), "nothing changed");
        told.tell(vec![other.clone()], &tell).unwrap();
        assert_eq!(heard.try_recv(), Ok(Event::Unplugged { address: "/dev/hidraw0".to_owned() }));
        assert_eq!(heard.try_recv(), Ok(Event::Plugged(other)));
        told.tell(Vec::new(), &tell).unwrap();
        assert_eq!(heard.try_recv(), Ok(Event::Unplugged { address: "/dev/hidraw0".to_owned() }));
        drop(heard);
        assert_eq!(told.tell(vec![key("/dev/hidraw1", "x")], &tell), Err(()));
    }
}
