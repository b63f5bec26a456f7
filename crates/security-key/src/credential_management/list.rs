//! The whole list, in as few messages as there can be: one for the count, one for each site, one for each credential.

use ctap::{
    Command, Status,
    credential_management::{self as wire, Params, sub_command as sub},
    get_info,
};

use super::{Metadata, Site, StoredCredential};
use crate::{Error, Proof, Session, Transport};

/// Everything that is on a key.
#[derive(Clone)]
pub struct List {
    /// How much of the key's room is used.
    pub metadata: Metadata,
    /// The sites, in the key's order.
    pub sites: Vec<AtSite>,
    /// Entries that the key told of in a way that cannot be read. They are on the key all the same.
    pub unreadable: u64,
}

/// The credentials of one site.
#[derive(Clone)]
pub struct AtSite {
    /// The site.
    pub site: Site,
    /// Its credentials, in the key's order; newest first by §6.8.4.
    pub credentials: Vec<StoredCredential>,
}

/// How far a listing is.
pub struct Listed<'a> {
    /// Credentials found up to now, this one included.
    pub found: u64,
    /// Credentials that there are.
    pub of: u64,
    /// Where the newest find belongs.
    pub site: &'a Site,
    /// The newest find.
    pub credential: &'a StoredCredential,
}

/// No key has room for more. One that says so is not believed.
const MOST: u64 = 100_000;

impl<T: Transport> Session<T> {
    /// Every credential of the key; `found` hears of each as it comes. Dropping the future ends the listing.
    ///
    /// # Errors
    /// As [`Session::credential_metadata`].
    pub async fn credentials(
        &mut self,
        info: &get_info::Response,
        proof: &Proof,
        mut found: impl FnMut(Listed<'_>) + Send,
    ) -> Result<List, Error> {
        let metadata = self.credential_metadata(info, proof).await?;
        let mut list = List { metadata, sites: Vec::new(), unreadable: 0 };
        if metadata.existing == 0 {
            return Ok(list);
        }
        let (sites, unreadable) = self.sites(info, proof).await?;
        list.unreadable = unreadable;
        let mut number = 0;
        for site in sites {
            if number >= MOST {
                break;
            }
            let hear = |credential: &StoredCredential| {
                number += 1;
                found(Listed { found: number, of: metadata.existing.max(number), site: &site, credential });
            };
            let (credentials, unreadable) = self.credentials_of(info, proof, &site.rp_id_hash, hear).await?;
            list.unreadable += unreadable;
            list.sites.push(AtSite { site, credentials });
        }
        Ok(list)
    }

    /// The sites that the key has credentials for, and how many more it told of in a way that cannot be read.
    ///
    /// # Errors
    /// As [`Session::credential_metadata`].
    pub async fn sites(
        &mut self,
        info: &get_info::Response,
        proof: &Proof,
    ) -> Result<(Vec<Site>, u64), Error> {
        let first = self.manage_credentials(info, proof, sub::ENUMERATE_RPS_BEGIN, None).await;
        let Some(first) = first_entry(first)? else { return Ok((Vec::new(), 0)) };
        let mut rest = Rest::of(first.total_rps);
        let mut sites = Vec::from_iter(rest.read(Site::of(first)));
        while rest.goes_on() {
            let next = self.go_on_with_credentials(info, sub::ENUMERATE_RPS_GET_NEXT_RP).await;
            let Some(next) = rest.next(next)? else { break };
            sites.extend(rest.read(Site::of(next)));
        }
        Ok((sites, rest.unreadable))
    }

    /// The credentials of one site, and how many more the key told of in a way that cannot be read; `found` hears of
    /// each as it comes.
    ///
    /// # Errors
    /// As [`Session::credential_metadata`].
    pub async fn credentials_of(
        &mut self,
        info: &get_info::Response,
        proof: &Proof,
        rp_id_hash: &[u8; 32],
        mut found: impl FnMut(&StoredCredential) + Send,
    ) -> Result<(Vec<StoredCredential>, u64), Error> {
        let params = Params { rp_id_hash: Some(*rp_id_hash), ..Params::default() };
        let begun = self.manage_credentials(info, proof, sub::ENUMERATE_CREDENTIALS_BEGIN, Some(params));
        let Some(first) = first_entry(begun.await)? else { return Ok((Vec::new(), 0)) };
        let mut rest = Rest::of(first.total_credentials);
        let mut credentials = Vec::from_iter(rest.read(StoredCredential::of(first)));
        credentials.iter().for_each(&mut found);
        while rest.goes_on() {
            let next =
                self.go_on_with_credentials(info, sub::ENUMERATE_CREDENTIALS_GET_NEXT_CREDENTIAL).await;
            let Some(next) = rest.next(next)? else { break };
            if let Some(credential) = rest.read(StoredCredential::of(next)) {
                found(&credential);
                credentials.push(credential);
            }
        }
        Ok((credentials, rest.unreadable))
    }
}

/// The answer that an enumeration begins with, `None` where there is nothing. One that cannot be read is as one that
/// says nothing: others follow it.
fn first_entry(answer: Result<wire::Response, Error>) -> Result<Option<wire::Response>, Error> {
    match answer {
        Err(Error::Status(Status::NO_CREDENTIALS)) => Ok(None),
        Err(Error::Answer(Command::CredentialManagement, _)) => Ok(Some(wire::Response::default())),
        answer => answer.map(Some),
    }
}

/// What an enumeration has yet to tell.
struct Rest {
    left: u64,
    /// The key did not say how many there are, so whatever it refuses or garbles ends it.
    untold: bool,
    unreadable: u64,
}

impl Rest {
    /// Behind the first entry, of a total that stands in it.
    fn of(total: Option<u64>) -> Self {
        let left = total.unwrap_or(MOST).min(MOST).saturating_sub(1);
        Self { left, untold: total.is_none(), unreadable: 0 }
    }

    fn goes_on(&self) -> bool {
        self.left > 0
    }

    /// One entry, `None` where the key has no more of those that it promised. One that cannot be read does not lose the
    /// others.
    fn next<R: Default>(&mut self, answer: Result<R, Error>) -> Result<Option<R>, Error> {
        self.left -= 1;
        match answer {
            Err(Error::Status(Status::NO_CREDENTIALS | Status::NOT_ALLOWED)) => Ok(None),
            Err(Error::Status(_)) if self.untold => Ok(None),
            Err(Error::Answer(..)) => {
                if self.untold {
                    self.left = 0;
                }
                Ok(Some(R::default()))
            }
            answer => answer.map(Some),
        }
    }

    fn read<E>(&mut self, entry: Option<E>) -> Option<E> {
        self.unreadable += u64::from(entry.is_none());
        entry
    }
}
