//! What sites say of their passkeys (WebAuthn §5.1.10). The latest word counts; nothing is destroyed.

use crate::{
    audit::Actor,
    edit::Edit,
    error::Error,
    passkey::Passkey,
    record::Standing,
    session::{Session, Stored},
    vault::Vault,
};

/// A signal of a relying party. It reaches every key's passkeys of that site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Signal {
    /// `signalUnknownCredential`: the site does not know this credential.
    UnknownCredential {
        /// `rpId`
        rp_id: String,
        /// `credentialId`
        credential_id: Vec<u8>,
    },
    /// `signalAllAcceptedCredentials`: the site knows these of an account and no others.
    AllAcceptedCredentials {
        /// `rpId`
        rp_id: String,
        /// `userId`
        user_id: Vec<u8>,
        /// `allAcceptedCredentialIds`
        all_accepted_credential_ids: Vec<Vec<u8>>,
    },
    /// `signalCurrentUserDetails`: what the account is called now.
    CurrentUserDetails {
        /// `rpId`
        rp_id: String,
        /// `userId`
        user_id: Vec<u8>,
        /// `name`
        name: String,
        /// `displayName`
        display_name: String,
    },
}

/// What a signal did to a passkey.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signalled {
    /// The passkey as it is now.
    pub passkey: Passkey,
    /// What was done to it.
    pub effect: SignalEffect,
}

/// What signals do to passkeys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignalEffect {
    /// Its site is not offered it any more.
    Hidden,
    /// Its site is offered it again.
    Shown,
    /// The account has another name.
    Renamed,
}

impl Vault {
    /// Does what a site says, and tells what changed. What is in the trash stays there.
    ///
    /// # Errors
    /// [`Error::Refused`] for names above 256 characters, [`Error::Locked`].
    pub fn apply(&self, signal: &Signal) -> Result<Vec<Signalled>, Error> {
        self.write(|session| match signal {
            Signal::UnknownCredential { rp_id, credential_id } => session.unknown(rp_id, credential_id),
            Signal::AllAcceptedCredentials { rp_id, user_id, all_accepted_credential_ids } => {
                session.all_accepted(rp_id, user_id, all_accepted_credential_ids)
            }
            Signal::CurrentUserDetails { rp_id, user_id, name, display_name } => {
                session.current_user(rp_id, user_id, name, display_name)
            }
        })
    }
}

impl Session<'_> {
    /// A registration that the site did not keep may have replaced the passkey that it does know: that one is
    /// offered again.
    fn unknown(&self, rp_id: &str, credential_id: &[u8]) -> Result<Vec<Signalled>, Error> {
        let by = Actor::Site(rp_id.to_owned());
        let mut changed = Vec::new();
        for mut stored in self.passkeys_at(rp_id)? {
            if stored.record.credential_id == credential_id && stored.record.standing() == Standing::Offered {
                self.hide(&mut stored, &by)?;
                changed.push(Signalled::new(&stored, SignalEffect::Hidden));
            }
        }
        if changed.is_empty() {
            return Ok(changed);
        }
        for mut stored in self.passkeys_at(rp_id)? {
            if stored.record.standing() == Standing::Replaced
                && stored.record.replaced_by.as_deref() == Some(credential_id)
                && self.rival(&stored.record)?.is_none()
            {
                self.show(&mut stored, &by)?;
                changed.push(Signalled::new(&stored, SignalEffect::Shown));
            }
        }
        Ok(changed)
    }

    /// Hides the others first, so that a passkey that one of them had replaced can come back.
    fn all_accepted(&self, rp_id: &str, user_id: &[u8], ids: &[Vec<u8>]) -> Result<Vec<Signalled>, Error> {
        let by = Actor::Site(rp_id.to_owned());
        let mut changed = Vec::new();
        let mut of_account = self.passkeys_at(rp_id)?;
        of_account.retain(|stored| stored.record.user_handle == user_id);
        let (accepted, others): (Vec<_>, Vec<_>) =
            of_account.into_iter().partition(|stored| ids.contains(&stored.record.credential_id));
        for mut stored in others {
            if stored.record.standing() == Standing::Offered {
                self.hide(&mut stored, &by)?;
                changed.push(Signalled::new(&stored, SignalEffect::Hidden));
            }
        }
        // The newest first: where several were replaced by one another, it is the one to offer.
        for mut stored in accepted.into_iter().rev() {
            if matches!(stored.record.standing(), Standing::Hidden | Standing::Replaced)
                && self.rival(&stored.record)?.is_none()
            {
                self.show(&mut stored, &by)?;
                changed.push(Signalled::new(&stored, SignalEffect::Shown));
            }
        }
        Ok(changed)
    }

    fn current_user(
        &self,
        rp_id: &str,
        user_id: &[u8],
        name: &str,
        display_name: &str,
    ) -> Result<Vec<Signalled>, Error> {
        let edit = Edit {
            user_name: Some(name.to_owned()),
            user_display_name: Some(display_name.to_owned()),
            ..Edit::default()
        };
        edit.check()?;
        let by = Actor::Site(rp_id.to_owned());
        let mut changed = Vec::new();
        for mut stored in self.passkeys_at(rp_id)? {
            let meant = stored.record.user_handle == user_id && stored.record.standing() != Standing::Deleted;
            if meant && self.edit(&mut stored, &edit, &by)? {
                changed.push(Signalled::new(&stored, SignalEffect::Renamed));
            }
        }
        Ok(changed)
    }
}

impl Signalled {
    fn new(stored: &Stored, effect: SignalEffect) -> Self {
        Self { passkey: Passkey::from(&stored.record), effect }
    }
}
