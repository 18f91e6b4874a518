//! What is left of events and changes once the person they are about is erased: who did what when, and nothing
//! that was written about the person.
//!
//! Law 91/2025/QH15 on personal data protection, article 14: personal data are erased on the person's request
//! or when they are no longer needed, and it must be kept from being restored without right.

use crate::change::{ApplicationState, EventSettled, ResidentChanged};
use crate::codec::{Change, Event, Unreadable};
use crate::event::{ApplicationSubmitted, Body};
use crate::{Applicant, IntakeEvent};
use std::collections::HashSet;
use uuid::Uuid;

impl ApplicationState {
    /// Takes out everything that was written about the person or found of it. The event stays one that can be
    /// read: its place, its times, its node and form.
    ///
    /// # Errors
    /// [`Unreadable`] when the event can't be read, so that nothing was taken out.
    pub fn erase(&mut self) -> Result<(), Unreadable> {
        let mut event = IntakeEvent::decode(&self.event)?;
        let Body::ApplicationSubmitted(form) = &mut event.body else {
            return Err(Unreadable::Malformed);
        };
        form.erase();
        self.event = event.encode().map_err(|_| Unreadable::Malformed)?;
        self.changes.clear();
        self.findings.clear();
        self.verifications.clear();
        Ok(())
    }
}

impl ApplicationSubmitted {
    /// Takes out everything that was written about the person. A village or a team may be enough to know who
    /// it was, and a dossier's code leads to the paper.
    pub fn erase(&mut self) {
        self.reference = None;
        self.commune = None;
        self.village = None;
        self.team = None;
        self.applicant = Applicant::default();
        self.attachments.clear();
    }
}

impl Change {
    /// The residents and applications whose values it may hold.
    pub fn about(&self) -> impl Iterator<Item = Uuid> {
        let (settled, resident) = match self {
            Self::Settled(change) => (Some(change), None),
            Self::Resident(change) => (None, Some(change)),
        };
        let of_settled = settled.into_iter().flat_map(|change| change.about());
        of_settled.chain(resident.into_iter().flat_map(|change| change.about()))
    }

    /// Takes out the values of these residents and applications.
    ///
    /// # Errors
    /// [`Unreadable`] when an application's event can't be read.
    pub fn erase(&mut self, erased: &HashSet<Uuid>) -> Result<(), Unreadable> {
        match self {
            Self::Settled(change) => change.erase(erased),
            Self::Resident(change) => change.erase(erased),
        }
    }
}

impl EventSettled {
    /// The application whose values it may hold.
    pub fn about(&self) -> impl Iterator<Item = Uuid> {
        self.application_id.into_iter()
    }

    /// Takes out the values of these applications.
    ///
    /// # Errors
    /// [`Unreadable`] when the application's event can't be read.
    pub fn erase(&mut self, erased: &HashSet<Uuid>) -> Result<(), Unreadable> {
        if self.about().any(|id| erased.contains(&id)) {
            self.application
                .as_mut()
                .map_or(Ok(()), ApplicationState::erase)?;
            self.held_event.iter_mut().for_each(Vec::clear);
            if let Some(refused) = &mut self.refused {
                refused.value.clear();
                refused.headers.clear();
            }
        }
        Ok(())
    }
}

impl ResidentChanged {
    /// The resident and the applications whose values it may hold.
    pub fn about(&self) -> impl Iterator<Item = Uuid> {
        let gained = self.gained.iter().map(|row| row.application_id);
        [self.resident_id]
            .into_iter()
            .chain(self.members.iter().copied())
            .chain(gained)
    }

    /// Takes out the values of these residents and applications. A golden record that an erased application
    /// may have spoken in is emptied whole.
    ///
    /// # Errors
    /// [`Unreadable`] when an application's event can't be read.
    pub fn erase(&mut self, erased: &HashSet<Uuid>) -> Result<(), Unreadable> {
        let gained = self.gained.iter_mut();
        for row in gained.filter(|row| erased.contains(&row.application_id)) {
            row.erase()?;
        }
        if erased.contains(&self.resident_id) || self.members.iter().any(|id| erased.contains(id)) {
            self.golden = Applicant::default();
            self.folded_name.clear();
        }
        Ok(())
    }
}
