//! What is shown, and what the keys change of it.

use super::picture::Picture;
use super::sorted::Order;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::widgets::TableState;

/// A page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Page {
    #[default]
    Provinces,
    Stages,
    Nodes,
    Workers,
    Causes,
}

impl Page {
    pub(super) const ALL: [Self; 5] = [
        Self::Provinces,
        Self::Stages,
        Self::Nodes,
        Self::Workers,
        Self::Causes,
    ];

    pub(super) const fn title(self) -> &'static str {
        match self {
            Self::Provinces => "1 provinces",
            Self::Stages => "2 stages",
            Self::Nodes => "3 nodes",
            Self::Workers => "4 workers",
            Self::Causes => "5 causes",
        }
    }

    fn moved(self, by: usize) -> Self {
        let at = Self::ALL
            .iter()
            .position(|page| *page == self)
            .unwrap_or_default();
        Self::ALL[(at + by) % Self::ALL.len()]
    }
}

/// What a key asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Act {
    Draw,
    LookAgain,
    Leave,
}

/// What is shown.
#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) picture: Picture,
    pub(super) page: Page,
    pub(super) order: Order,
    /// The province that was gone into.
    pub(super) province: Option<String>,
    pub(super) help: bool,
    /// Where the cursor is.
    pub(super) cursor: TableState,
}

impl State {
    /// Takes a new picture; the cursor stays where it is.
    pub(super) fn see(&mut self, picture: Picture) {
        self.picture = picture;
        self.move_to(self.cursor.selected().unwrap_or_default());
    }

    /// What a key does.
    pub(super) fn press(&mut self, key: KeyEvent) -> Act {
        let at = self.cursor.selected().unwrap_or_default();
        match key.code {
            KeyCode::Char('c') if key.modifiers.contains(KeyModifiers::CONTROL) => return Act::Leave,
            KeyCode::Char('q') => return Act::Leave,
            KeyCode::Char('r') => return Act::LookAgain,
            KeyCode::Char('?' | 'h') => self.help = !self.help,
            KeyCode::Esc if self.help => self.help = false,
            KeyCode::Esc | KeyCode::Backspace => self.province = None,
            KeyCode::Char('s') => self.order = self.order.next(),
            KeyCode::Tab | KeyCode::Right => self.go(self.page.moved(1)),
            KeyCode::BackTab | KeyCode::Left => self.go(self.page.moved(Page::ALL.len() - 1)),
            KeyCode::Char(digit @ '1'..='5') => self.go(Page::ALL[digit as usize - '1' as usize]),
            KeyCode::Down | KeyCode::Char('j') => self.move_to(at + 1),
            KeyCode::Up | KeyCode::Char('k') => self.move_to(at.saturating_sub(1)),
            KeyCode::PageDown => self.move_to(at + 20),
            KeyCode::PageUp => self.move_to(at.saturating_sub(20)),
            KeyCode::Home => self.move_to(0),
            KeyCode::End => self.move_to(usize::MAX),
            KeyCode::Enter => self.go_in(at),
            _ => {}
        }
        Act::Draw
    }

    fn go(&mut self, page: Page) {
        self.page = page;
        self.move_to(0);
    }

    /// Into the province under the cursor: its stages, and behind Tab its nodes.
    fn go_in(&mut self, at: usize) {
        if self.page == Page::Provinces
            && let Some(row) = self.picture.provinces(self.order).get(at)
        {
            self.province.clone_from(&row.province);
            self.go(Page::Stages);
        }
    }

    fn move_to(&mut self, at: usize) {
        let last = self.rows().saturating_sub(1);
        self.cursor.select(Some(at.min(last)));
    }

    fn rows(&self) -> usize {
        let province = self.province.as_deref();
        match self.page {
            Page::Provinces => self.picture.provinces.len(),
            Page::Stages => self.picture.lags(province, self.order).len(),
            Page::Nodes => self.picture.nodes(province, self.order).len(),
            Page::Workers => self.picture.workers.len(),
            Page::Causes => self.picture.causes.len(),
        }
    }
}
