//! `intakectl top`: the pipeline on a terminal, kept up by looking again and again.
//!
//! [`picture`] looks, [`state`] is what the keys change, [`view`] draws. Nothing is drawn before something has changed, so
//! that a slow line carries little.

mod columns;
mod picture;
mod sorted;
mod state;
mod view;

use crate::{Ended, Settings};
use clap::Args;
use crossterm::event::{Event, EventStream, KeyEventKind};
use futures_util::StreamExt;
use picture::{Picture, Pictures};
use runtime::Fault;
use state::{Act, State};
use std::io::IsTerminal;
use std::time::Duration;
use tokio::sync::mpsc;

/// Options of `top`.
#[derive(Debug, Args)]
pub struct Options {
    /// Seconds between two looks
    #[arg(long, value_name = "SECONDS", default_value_t = 2, value_parser = clap::value_parser!(u64).range(1..=3600))]
    every: u64,
}

/// Shows the pipeline until `q`.
///
/// # Errors
/// Fatal when standard output is no terminal, or a setting is wrong. Trouble of the cluster or the database is shown, and
/// tried again.
pub async fn run(settings: Settings, options: &Options) -> Result<Ended, Fault> {
    if !std::io::stdout().is_terminal() {
        return Err(Fault::fatal(
            "`top` needs a terminal: elsewhere `intakectl lag --watch` prints the same provinces again and again",
        ));
    }
    let (again, asked) = mpsc::channel(1);
    let (sender, pictures) = mpsc::channel(1);
    let every = Duration::from_secs(options.every);
    let looking = tokio::spawn(Pictures::new(settings).send(every, asked, sender));
    let mut terminal =
        ratatui::try_init().map_err(|e| Fault::fatal(format!("can't use the terminal: {e}")))?;
    let shown = show(&mut terminal, pictures, again).await;
    ratatui::restore();
    looking.abort();
    shown.map(|()| Ended::Fine)
}

async fn show(
    terminal: &mut ratatui::DefaultTerminal,
    mut pictures: mpsc::Receiver<Picture>,
    again: mpsc::Sender<()>,
) -> Result<(), Fault> {
    let told = |e: std::io::Error| Fault::fatal(format!("can't use the terminal: {e}"));
    let (mut state, mut keys) = (State::default(), EventStream::new());
    loop {
        terminal
            .draw(|frame| view::draw(frame, &mut state))
            .map_err(told)?;
        tokio::select! {
            picture = pictures.recv() => match picture {
                Some(picture) => state.see(picture),
                None => return Err(Fault::fatal("looking ended: see the log")),
            },
            event = keys.next() => match event.transpose().map_err(told)? {
                None => return Ok(()),
                Some(Event::Key(key)) if key.kind == KeyEventKind::Press => match state.press(key) {
                    Act::Leave => return Ok(()),
                    Act::LookAgain => drop(again.try_send(())),
                    Act::Draw => {}
                },
                Some(_) => {}
            },
        }
    }
}
