//! The terminal itself: raw mode, the alternate screen, and a writer that keeps nothing of what it wrote.
//! Whatever way the program ends, the terminal is as it was.

use std::io::{self, IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use crossterm::cursor::{Hide, Show};
use crossterm::event::{DisableBracketedPaste, DisableFocusChange, EnableBracketedPaste, EnableFocusChange};
use crossterm::execute;
use crossterm::style::Print;
use crossterm::terminal::{
    Clear, ClearType, EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use ratatui::Frame;
use ratatui::backend::CrosstermBackend;
use ratatui::buffer::Buffer;

use super::decode::kitty;
use crate::secret::Secret;

/// Bytes that are written at once.
const PIECE: usize = 32 * 1024;

static ENTERED: AtomicBool = AtomicBool::new(false);
/// Whether the terminal was asked to tell keys in full.
static IN_FULL: AtomicBool = AtomicBool::new(false);

/// Which flags of the kitty keyboard protocol are switched on? A terminal that does not know it says nothing.
const WHICH_KEYS: &str = "\x1b[?u";
/// Back to what it was before [`Screen::keys_in_full`].
const KEYS_AS_EVER: &str = "\x1b[<u";

/// Whether standard input and output are a terminal.
pub fn is_there() -> bool {
    io::stdin().is_terminal() && io::stdout().is_terminal()
}

/// Columns and rows.
pub fn size() -> (u16, u16) {
    crossterm::terminal::size().unwrap_or((80, 24))
}

/// Gives the terminal back as it was, if it was taken. Done once, however often it is called.
pub fn restore() {
    if ENTERED.swap(false, Ordering::SeqCst) {
        // What fails here fails because the terminal is gone.
        let cleared = Clear(ClearType::All);
        if IN_FULL.swap(false, Ordering::SeqCst) {
            let _ = execute!(io::stdout(), Print(KEYS_AS_EVER));
        }
        let _ = execute!(
            io::stdout(),
            DisableFocusChange,
            DisableBracketedPaste,
            cleared,
            LeaveAlternateScreen,
            Show
        );
        let _ = disable_raw_mode();
    }
}

/// The terminal while the screen is on it. Dropping it gives the terminal back.
pub struct Screen {
    terminal: ratatui::Terminal<CrosstermBackend<Output>>,
    reports_focus: bool,
}

impl Screen {
    /// Takes the terminal; with `reports_focus` it is asked to tell when its window is no longer in use.
    ///
    /// # Errors
    /// Where there is none.
    pub fn enter(reports_focus: bool) -> io::Result<Self> {
        take(reports_focus)?;
        let terminal = ratatui::Terminal::new(CrosstermBackend::new(Output::default()));
        let terminal = terminal.inspect_err(|_| restore())?;
        execute!(io::stdout(), Print(WHICH_KEYS)).inspect_err(|_| restore())?;
        Ok(Self { terminal, reports_focus })
    }

    /// Draws a frame: what differs from the last one.
    ///
    /// # Errors
    /// Where the terminal is gone.
    pub fn draw(&mut self, draw: impl FnOnce(&mut Frame<'_>)) -> io::Result<()> {
        self.terminal.draw(draw).map(drop)
    }

    /// Asks the terminal to tell keys in full, or no longer. It answers which of that it does.
    ///
    /// # Errors
    /// Where the terminal is gone.
    pub fn keys_in_full(&mut self, wanted: bool) -> io::Result<()> {
        match (IN_FULL.swap(wanted, Ordering::SeqCst), wanted) {
            (false, true) => execute!(io::stdout(), Print(format!("\x1b[>{}u{WHICH_KEYS}", kitty::FLAGS))),
            (true, false) => execute!(io::stdout(), Print(KEYS_AS_EVER)),
            _ => Ok(()),
        }
    }

    /// Clears the screen and overwrites both buffers of cells, so that nothing that was drawn is left in memory.
    ///
    /// # Errors
    /// Where the terminal is gone.
    pub fn conceal(&mut self) -> io::Result<()> {
        for _ in 0..2 {
            self.terminal.draw(|frame| overwrite(frame.buffer_mut()))?;
        }
        self.clear()
    }

    /// Gives the terminal back until [`Screen::again`].
    pub fn leave(&mut self) {
        restore();
    }

    /// Says a line on the terminal that was given back.
    pub fn say(&mut self, line: &str) {
        let _ = execute!(io::stdout(), Print(line), Print("\r\n"));
    }

    /// Takes the terminal again.
    ///
    /// # Errors
    /// Where it is gone.
    pub fn again(&mut self) -> io::Result<()> {
        take(self.reports_focus)?;
        self.clear()
    }

    /// Clears the screen, so that the next frame is drawn whole.
    fn clear(&mut self) -> io::Result<()> {
        // Not ratatui's `clear`, which asks the terminal where the cursor is, and would wait for an answer
        // that the reader of keys takes.
        let size = self.terminal.size()?;
        self.terminal.resize(size.into())
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        // After a panic the terminal is given back already, and must not be drawn on.
        if ENTERED.load(Ordering::SeqCst) {
            let _ = self.conceal();
        }
        restore();
    }
}

fn take(reports_focus: bool) -> io::Result<()> {
    ENTERED.store(true, Ordering::SeqCst);
    let taken = enable_raw_mode()
        .and_then(|()| execute!(io::stdout(), EnterAlternateScreen, EnableBracketedPaste, Hide))
        .and_then(|()| if reports_focus { execute!(io::stdout(), EnableFocusChange) } else { Ok(()) });
    taken.inspect_err(|_| restore())
}

fn overwrite(buffer: &mut Buffer) {
    for cell in &mut buffer.content {
        // Not `reset`, which leaves the bytes of the old character in place.
        cell.set_symbol(" ");
    }
}

/// Standard output through one piece of locked memory, wiped after each flush: what is drawn may be a secret,
/// and the standard library's buffer would keep it.
struct Output {
    held: Secret,
}

impl Default for Output {
    fn default() -> Self {
        Self { held: Secret::with_capacity(PIECE) }
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.held.room() == 0 {
            self.flush()?;
        }
        let piece = bytes.get(..self.held.room()).unwrap_or(bytes);
        self.held.append(piece);
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let mut left = self.held.expose();
        let mut result = Ok(());
        while !left.is_empty() {
            match rustix::io::write(rustix::stdio::stdout(), left) {
                Ok(written) => left = left.get(written..).unwrap_or_default(),
                Err(rustix::io::Errno::INTR) => {}
                Err(error) => {
                    result = Err(error.into());
                    break;
                }
            }
        }
        self.held.clear();
        result
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::layout::Rect;

    #[test]
    fn overwriting_leaves_no_character() {
        let mut buffer = Buffer::with_lines(["hunter2 👩\u{200D}💻 漢字"]);
        overwrite(&mut buffer);
        assert_eq!(buffer.area, Rect::new(0, 0, 15, 1));
        assert!(buffer.content().iter().all(|cell| cell.symbol() == " "));
    }
}
