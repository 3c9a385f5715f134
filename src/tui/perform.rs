//! The loop, and everything that is not pure: threads, disk, clipboard, clock, signals. Nothing is decided
//! here; effects are done, and their ends told as messages.

mod audit;
pub(super) mod export;
pub(super) mod import;
mod input;
mod keys;
pub(super) mod listing;
mod vault;

use std::io;
use std::panic::{self, AssertUnwindSafe};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::complete::Listing;
use super::effect::{Asking, AuditJob, Effect, ExportJob, ImportJob};
use super::message::{Copied, KeyEnd, LookEnd, MadeEnd, Message};
use super::model::entrance::{Locked, Wizard};
use super::model::{Model, Screen as Place, Settings};
use super::terminal::{self, Screen};
use super::update::update;
use super::view::view;
use super::{Options, Source, theme};
use crate::browser::Browser;
use crate::clipboard::{Clipboard, Environment, Ticket};
use crate::clock;
use crate::config::{Config, Maps, Places, Profiles, known_sites};
use crate::crypto::random::SystemRandom;
use crate::report::{Exit, Failure, sentence};
use crate::secret::{Secret, stack};
use crate::session::BackupSettings;
use crate::session::watch::Noticed;
use vault::{Job, Opener};

/// How long the machine must have been asleep for the screen to lock: clocks differ by less.
const SLEPT: Duration = Duration::from_secs(1);
/// How long the signal that stops the program may take to.
const STOPPING: Duration = Duration::from_millis(500);
/// Messages handled before the next frame is drawn.
const AT_ONCE: usize = 256;

/// Runs the screen until the user leaves it.
///
/// # Errors
/// Where there is no terminal, the vault file is not one, or the last changes could not be saved.
pub fn run(options: Options) -> Result<(), Failure> {
    if !terminal::is_there() {
        return Err(Failure::usage("the screen needs a terminal").hint("`tresor --help` lists the commands."));
    }
    let (tell, told) = mpsc::channel();
    let mut model = start(&options)?;
    let mut world = World::new(options, tell.clone());
    let away = Arc::clone(&world.away);
    input::listen_to_signals(tell.clone(), Arc::clone(&away)).map_err(failed("listen to signals"))?;
    restore_on_panic();
    let ended = world.enter().and_then(|()| {
        thread::Builder::new().name("input".to_owned()).spawn(move || input::read_input(&tell, &away))?;
        turn(&mut model, &mut world, &told)
    });
    // All that was open goes before the terminal does.
    drop(model);
    world.screen = None;
    let _ = panic::take_hook();
    world.finish(&told)?;
    ended.map_err(failed("use the terminal"))
}

/// The model that the screen starts with.
fn start(options: &Options) -> Result<Model, Failure> {
    let Options { source, config, .. } = options;
    let (screen, name) = match source {
        Source::Sample => (Place::Locked(Locked::default()), "a sample vault; nothing is written".to_owned()),
        Source::File { vault, state } => {
            let screen = if vault::is_there(vault, state)? {
                Place::Locked(Locked::default())
            } else {
                Place::Wizard(Wizard::default())
            };
            (screen, vault.display().to_string())
        }
    };
    let settings = Settings {
        clear_after: config.clear_after,
        lock_after: config.lock_after,
        reveal_for: config.reveal_for,
        lock_on_focus_loss: config.lock_on_focus_loss,
        opens_pages: browser_of(config).is_some(),
        old_after: config.old_after,
    };
    let theme = theme::of_environment(|name| std::env::var(name).ok());
    let mut model = Model::new(screen, terminal::size(), name, settings, theme, clock::now());
    if let (Source::File { .. }, Ok(places)) = (source, Places::of_this_user()) {
        let (sites, mut problems) = known_sites(&places);
        model.known.sites = sites;
        match Profiles::load(&places.profiles) {
            Ok(profiles) => model.known.profiles = profiles,
            Err(error) => problems.push(error.to_string()),
        }
        // The vault opens all the same: these are tables for the generator.
        if let Some(first) = problems.first() {
            model.complain(sentence(first));
        }
    }
    Ok(model)
}

fn browser_of(config: &Config) -> Option<Browser> {
    Browser::of(config.browser.as_deref(), |name| std::env::var_os(name))
}

/// The loop: draw, wait for what happens or for time to pass, handle it.
fn turn(model: &mut Model, world: &mut World, told: &Receiver<Message>) -> io::Result<()> {
    if world.opens_at_once() {
        world.perform(Effect::Unlock(Secret::with_capacity(0)), told)?;
    }
    let mut asleep = clock::asleep();
    loop {
        world.draw(model)?;
        stack::wipe();
        let mut next = match model.still_for() {
            None => told.recv().ok(),
            Some(wait) => match told.recv_timeout(wait) {
                Ok(message) => Some(message),
                Err(RecvTimeoutError::Timeout) => Some(Message::Tick),
                Err(RecvTimeoutError::Disconnected) => None,
            },
        };
        let before = std::mem::replace(&mut asleep, clock::asleep());
        if asleep.saturating_sub(before) >= SLEPT {
            // Before the message that came first: it must not reach the vault.
            for effect in update(model, Message::Slept, clock::now()) {
                world.perform(effect, told)?;
            }
        }
        let mut handled = 0;
        while let Some(message) = next {
            for effect in update(model, message, clock::now()) {
                if matches!(effect, Effect::Quit) {
                    return Ok(());
                }
                world.perform(effect, told)?;
            }
            handled += 1;
            next = if handled < AT_ONCE { told.try_recv().ok() } else { None };
        }
    }
}

/// What effects are done with.
struct World {
    opener: Opener,
    clipboard: Option<Clipboard>,
    environment: Environment,
    clear_after: Duration,
    /// What an audit is to know of the settings.
    old_after: Option<u32>,
    breached: Option<PathBuf>,
    ticket: Option<Ticket>,
    screen: Option<Screen>,
    saver: Option<(Sender<Job>, JoinHandle<()>)>,
    /// The last export: it is not to leave half a file behind.
    writing: Option<(Arc<AtomicBool>, JoinHandle<()>)>,
    reports_focus: bool,
    /// Whether the terminal is left to another program.
    away: Arc<AtomicBool>,
    /// Tells the thread that guesses at a wrong password to stop.
    stop: Arc<AtomicBool>,
    browser: Option<Browser>,
    tell: Sender<Message>,
}

impl World {
    fn new(options: Options, tell: Sender<Message>) -> Self {
        let backups = BackupSettings {
            dir: options.config.backup_dir.clone(),
            generations: options.config.backups.map(usize::from),
        };
        Self {
            browser: browser_of(&options.config),
            opener: Opener::new(options.source, options.key_file, backups),
            clipboard: None,
            environment: options.environment,
            clear_after: options.config.clear_after,
            old_after: options.config.old_after,
            breached: options.config.breached,
            ticket: None,
            screen: None,
            saver: None,
            writing: None,
            stop: Arc::default(),
            away: Arc::default(),
            reports_focus: options.config.lock_on_focus_loss,
            tell,
        }
    }

    fn enter(&mut self) -> io::Result<()> {
        self.screen = Some(Screen::enter(self.reports_focus)?);
        Ok(())
    }

    fn opens_at_once(&self) -> bool {
        self.opener.needs_no_password()
    }

    fn draw(&mut self, model: &Model) -> io::Result<()> {
        match &mut self.screen {
            Some(screen) if !self.away.load(Ordering::SeqCst) => {
                screen.keys_in_full(model.wants_keys_in_full())?;
                screen.draw(|frame| view(model, frame))
            }
            _ => Ok(()),
        }
    }

    fn conceal(&mut self) -> io::Result<()> {
        self.screen.as_mut().map_or(Ok(()), Screen::conceal)
    }

    /// Does one thing. What takes long is done on a thread; the clipboard is not, for it answers within a
    /// second and may write to the same terminal that is drawn on.
    fn perform(&mut self, effect: Effect, told: &Receiver<Message>) -> io::Result<()> {
        match effect {
            Effect::Unlock(password) => {
                let opener = self.opener.clone();
                self.unlock(move || match opener.demand() {
                    Ok(Some(demand)) => Err(Message::CostAsked(vault::question(demand), password)),
                    _ => Ok(password),
                });
            }
            Effect::UnlockAtAnyCost(password) => self.unlock(move || Ok(password)),
            Effect::StopGuessing => self.stop_guessing(),
            Effect::Create { password, kit } => {
                let opener = self.opener.clone();
                let make = move || opener.create(&password, kit);
                self.work(not_opened, move || Message::Opened(make().map(Box::new)));
            }
            Effect::ChangeKeys(change) => {
                let (opener, ticket) = (self.opener.clone(), change.ticket);
                let failed = move |failure| Message::Renewed(KeyEnd { ticket, result: Err(failure) });
                self.work(failed, move || opener.change_keys(&change));
            }
            Effect::SavePage { page, path } => {
                let saved = keys::save_page(&page, &path);
                self.answer(Message::PageSaved(saved));
            }
            Effect::Save(save) => {
                let ticket = save.ticket;
                if !self.queue(Job::Save(save)) {
                    self.answer(vault::save_failed(ticket));
                }
            }
            Effect::Look(look) => {
                let ticket = look.ticket;
                if !self.queue(Job::Look(look)) {
                    let end = LookEnd { ticket, noticed: Noticed::Nothing };
                    self.answer(Message::Looked(Box::new(end)));
                }
            }
            Effect::AcceptOlderKey => self.opener.accept_older_key(),
            Effect::Copy { value, what } => {
                let copied = self.copy(&value, what);
                self.answer(Message::Copied(copied));
            }
            Effect::ClearClipboard => {
                let cleared = self.ticket.take().map_or(Ok(()), |ticket| ticket.clear_now());
                self.answer(Message::ClipboardCleared(cleared.map_err(Failure::from)));
            }
            Effect::CheckClipboard => {
                if self.ticket.take_if(|ticket| !ticket.is_held()).is_some() {
                    self.answer(Message::ClipboardReplaced);
                }
            }
            Effect::Generate(recipe) => {
                let made = recipe.generate(&mut SystemRandom).map_err(Failure::from);
                self.answer(Message::Generated(made));
            }
            Effect::MakeUnused(make) => {
                let (ticket, recipe) = (make.ticket, make.recipe.to_string());
                let made = move |recipe, result| Message::Made(MadeEnd { ticket, recipe, result });
                let failed = move |failure| made(String::new(), Err(failure));
                self.work(failed, move || made(recipe, vault::make_unused(make)));
            }
            Effect::OpenPage(page) => {
                if let Some(browser) = self.browser.clone() {
                    let opened =
                        move || Message::PageOpened(browser.open(&page.address).map_err(Failure::from));
                    self.work(|failure| Message::PageOpened(Err(failure)), opened);
                }
            }
            Effect::Audit(job) => self.audit(job),
            Effect::List(typed) => {
                let listed = |typed, listing| Message::Listed { typed, listing };
                self.work(
                    move |_| listed(String::new(), Listing::default()),
                    move || {
                        let listing = listing::names(&typed);
                        listed(typed, listing)
                    },
                );
            }
            Effect::Import(job) => self.import(job),
            Effect::Export(job) => self.export(job),
            Effect::AskGpg(asking) => self.ask_gpg(asking),
            Effect::ComeBack => self.come_back()?,
            // The terminal is gpg's.
            Effect::Conceal | Effect::Suspend | Effect::Retake if self.is_away() => {}
            Effect::Conceal => self.conceal()?,
            Effect::Suspend => self.suspend(told)?,
            Effect::Retake => self.retake()?,
            Effect::Quit => {}
        }
        Ok(())
    }

    /// Opens the vault with the password that `ask` gives, or tells what it gives instead; where the password is
    /// wrong, guesses at what it was meant to be.
    fn unlock(&mut self, ask: impl FnOnce() -> Result<Secret, Message> + Send + 'static) {
        self.stop_guessing();
        let (opener, tell, stop) = (self.opener.clone(), self.tell.clone(), Arc::clone(&self.stop));
        self.work(not_opened, move || {
            let password = match ask() {
                Ok(password) => password,
                Err(instead) => return instead,
            };
            match opener.answer(&password) {
                Message::Opened(Err(failure)) if failure.exit == Exit::WrongSecret => {
                    let _ = tell.send(Message::Opened(Err(failure)));
                    opener.guess(&password, &stop).map_or(Message::Tick, Message::Guessed)
                }
                answer => answer,
            }
        });
    }

    fn audit(&self, job: AuditJob) {
        let (ticket, tell) = (job.ticket, self.tell.clone());
        let (old_after, breached) = (self.old_after, self.breached.clone());
        let failed = move |failure| Message::Audited { ticket, result: Err(failure) };
        self.work(failed, move || audit::run(job, old_after, breached.as_deref(), &tell));
    }

    fn import(&self, job: ImportJob) {
        let (ticket, tell) = (job.ticket, self.tell.clone());
        let opener = self.opener.clone();
        let failed = move |failure| Message::Imported { ticket, result: Err(failure) };
        let run = move || {
            let result = Maps::of_this_user().map_err(Failure::from).and_then(|maps| {
                import::run(job, import::Around { state: opener.state(), maps: &maps }, &tell)
            });
            Message::Imported { ticket, result }
        };
        self.work(failed, run);
    }

    /// Leaves the terminal to gpg for a question. What is typed meanwhile is not read here.
    fn ask_gpg(&mut self, asking: Asking) {
        self.away.store(true, Ordering::SeqCst);
        if let Some(screen) = &mut self.screen {
            screen.leave();
            screen.say("gpg asks for the passphrase of its key.");
        }
        let ticket = asking.ticket;
        let failed = move |failure| Message::GpgAsked { ticket, result: Err(failure) };
        self.work(failed, move || Message::GpgAsked { ticket, result: import::ask_gpg(&asking) });
    }

    fn is_away(&self) -> bool {
        self.away.load(Ordering::SeqCst)
    }

    /// Takes the terminal again. What was typed and not read was not meant for this screen: it may be a passphrase.
    fn come_back(&mut self) -> io::Result<()> {
        if self.is_away() {
            let _ = rustix::termios::tcflush(rustix::stdio::stdin(), rustix::termios::QueueSelector::IFlush);
            self.away.store(false, Ordering::SeqCst);
            self.retake()?;
        }
        Ok(())
    }

    fn export(&mut self, job: ExportJob) {
        let (ticket, tell, stop) = (job.ticket, self.tell.clone(), Arc::clone(&job.stop));
        let opener = self.opener.clone();
        let failed = move |failure| Message::Exported { ticket, result: Err(failure) };
        let run = move || Message::Exported { ticket, result: export::run(job, opener.key_file(), &tell) };
        self.writing = self.work(failed, run).map(|thread| (stop, thread));
    }

    fn stop_guessing(&mut self) {
        // The thread that guesses has the old one.
        std::mem::take(&mut self.stop).store(true, Ordering::Relaxed);
    }

    fn copy(&mut self, value: &Secret, what: String) -> Result<Copied, Failure> {
        let environment = &self.environment;
        let clipboard = self.clipboard.get_or_insert_with(|| Clipboard::open(environment.clone()));
        match clipboard.copy(value, self.clear_after, clock::now()) {
            Ok(ticket) => {
                let copied = Copied { what, backend: ticket.backend(), deadline: ticket.deadline() };
                self.ticket = Some(ticket);
                Ok(copied)
            }
            Err(error) => {
                // Another display may answer the next time.
                self.clipboard = None;
                Err(error.into())
            }
        }
    }

    /// Hands a save or a look to the thread that does them one after another; whether it could be.
    fn queue(&mut self, job: Job) -> bool {
        if self.saver.is_none() {
            let (jobs, queue) = mpsc::channel();
            let tell = self.tell.clone();
            let saving = move || vault::save_all(&queue, &tell);
            self.saver = thread::Builder::new()
                .name("save".to_owned())
                .spawn(saving)
                .ok()
                .map(|thread| (jobs, thread));
        }
        let sent = self.saver.as_ref().map(|(jobs, _)| jobs.send(job));
        let is_sent = matches!(sent, Some(Ok(())));
        if !is_sent {
            self.saver = None;
        }
        is_sent
    }

    /// Lets running saves end; tells if the last one failed after the screen was gone.
    fn finish(&mut self, told: &Receiver<Message>) -> Result<(), Failure> {
        if let Some((jobs, thread)) = self.saver.take() {
            drop(jobs);
            let _ = thread.join();
        }
        if let Some((stop, thread)) = self.writing.take() {
            stop.store(true, Ordering::Relaxed);
            let _ = thread.join();
        }
        let ends = told.try_iter().filter_map(|message| match message {
            Message::Saved(end) => Some(end.result.map(drop)),
            _ => None,
        });
        match ends.last() {
            Some(Err(failure)) => {
                let message = format!("the last changes were NOT saved: {}", failure.message);
                Err(Failure::new(failure.exit, message).hint(failure.hint))
            }
            _ => Ok(()),
        }
    }

    /// Stops as any program does at Ctrl-Z, and comes back when the shell says so.
    fn suspend(&mut self, told: &Receiver<Message>) -> io::Result<()> {
        let Some(screen) = &mut self.screen else { return Ok(()) };
        screen.leave();
        // A save holds the lock on the vault, which other programs would wait for.
        if let Some((jobs, thread)) = self.saver.take() {
            drop(jobs);
            let _ = thread.join();
        }
        // To the whole group, as the terminal does it.
        let stop = || rustix::process::kill_current_process_group(rustix::process::Signal::STOP);
        if can_be_woken() && stop().is_ok() {
            // The stop comes a moment later; what is waited for is the signal to go on. What was typed meanwhile
            // was not meant for a screen that is not there.
            while let Ok(message) = told.recv_timeout(STOPPING) {
                match message {
                    Message::Resumed => break,
                    Message::Key(_) | Message::Paste(_) | Message::Stop => {}
                    other => self.answer(other),
                }
            }
        }
        self.retake()
    }

    /// Takes the terminal again, whatever was done to it meanwhile.
    fn retake(&mut self) -> io::Result<()> {
        if let Some(screen) = &mut self.screen {
            screen.leave();
            screen.again()?;
        }
        let (columns, rows) = terminal::size();
        self.answer(Message::Resized(columns, rows));
        self.answer(Message::Tick);
        Ok(())
    }

    /// Does what takes long on a thread of its own, if there is one; `failed` tells that there was none, or that it panicked.
    fn work(
        &self,
        failed: impl Fn(Failure) -> Message + Copy + Send + 'static,
        work: impl FnOnce() -> Message + Send + 'static,
    ) -> Option<JoinHandle<()>> {
        let tell = self.tell.clone();
        let caught = move || {
            let message = panic::catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| failed(bug()));
            // The system keeps the stack for the next thread.
            stack::wipe();
            let _ = tell.send(message);
        };
        let thread = thread::Builder::new().name("open".to_owned()).spawn(caught).ok();
        if thread.is_none() {
            self.answer(failed(Failure::new(Exit::Failed, "the system gives no thread")));
        }
        thread
    }

    fn answer(&self, message: Message) {
        // The receiver lives as long as the loop does.
        let _ = self.tell.send(message);
    }
}

/// Whether a shell would notice that the program stopped, and could let it go on: the program is a job of a shell
/// in the same session. The system itself knows that for SIGTSTP only, which is handled here.
fn can_be_woken() -> bool {
    use nix::unistd::{getpgrp, getppid, getsid};
    // 0 where it is outside the container.
    let (parent, session) = (getppid().as_raw(), getsid(None).ok().filter(|session| session.as_raw() > 0));
    parent > 0 && session.is_some() && getsid(Some(getppid())).ok() == session && session != Some(getpgrp())
}

/// A panic of this thread gives the terminal back before it is told; one of a worker is told as a message.
fn restore_on_panic() {
    let (ours, before) = (thread::current().id(), panic::take_hook());
    panic::set_hook(Box::new(move |info| {
        if thread::current().id() == ours {
            terminal::restore();
            before(info);
        }
    }));
}

fn not_opened(failure: Failure) -> Message {
    Message::Opened(Err(failure))
}

fn bug() -> Failure {
    Failure::new(Exit::Failed, "something went wrong that should not: a bug of tresor")
}

fn failed(doing: &'static str) -> impl Fn(io::Error) -> Failure {
    move |error| Failure::new(Exit::Failed, format!("cannot {doing}: {error}"))
}
