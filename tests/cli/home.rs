//! A home folder of a test's own, the program run in it, and what came of a run.

use std::ffi::OsStr;
use std::fs::Permissions;
use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use std::{env, fmt, fs, process, thread};

use serde_json::Value;
use tresor::clock;
use tresor::crypto::kdf::Cost;
use tresor::format::Passphrase;
use tresor::secret::Secret;
use tresor::session::Session;

pub const PASSWORD: &str = "correct horse battery staple";
/// No command takes so long, not even beside all the others.
const PATIENCE: Duration = Duration::from_secs(60);

pub struct Home {
    root: PathBuf,
}

impl Home {
    /// A home without a vault.
    pub fn empty() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("tresor-cli-{}-{}", process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let root = env::temp_dir().join(name);
        fs::create_dir_all(&root).unwrap();
        // As `mktemp -d` does: a plain export goes nowhere that others can read.
        fs::set_permissions(&root, Permissions::from_mode(0o700)).unwrap();
        Self { root }
    }

    /// A home with a vault that [`PASSWORD`] opens, at the reader's cheapest costs: no command makes such a
    /// one, and a derivation takes a hundredth of the time of one that a command makes.
    pub fn new() -> Self {
        static VAULT: OnceLock<Vec<u8>> = OnceLock::new();
        let home = Self::empty();
        let bytes = VAULT.get_or_init(|| {
            let maker = Self::empty();
            let password = Passphrase::new(&Secret::copy_of(PASSWORD.as_bytes())).unwrap();
            let cost = Cost::READER_FLOOR;
            // Made today: a vault that is older is offered a recovery kit.
            Session::create(&maker.vault(), &maker.path("state"), &password, cost, clock::now()).unwrap();
            fs::read(maker.vault()).unwrap()
        });
        fs::create_dir_all(home.vault().parent().unwrap()).unwrap();
        fs::write(home.vault(), bytes).unwrap();
        home
    }

    pub fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.root.join(name)
    }

    /// Where the vault is unless something else is said.
    pub fn vault(&self) -> PathBuf {
        self.path("data/tresor/vault.tresor")
    }

    pub fn bytes(&self) -> Vec<u8> {
        fs::read(self.vault()).unwrap_or_default()
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        path
    }

    /// The folder that this installation keeps for the one vault there is.
    pub fn state(&self) -> PathBuf {
        let mut dirs = fs::read_dir(self.path("state/tresor")).unwrap();
        let dir = dirs.next().unwrap().unwrap().path();
        assert!(dirs.next().is_none(), "one vault");
        dir
    }

    /// The program in this home, with nothing of this process's environment.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.env_clear().current_dir(&self.root);
        for (name, value) in self.variables() {
            command.env(name, value);
        }
        command
    }

    pub fn variables(&self) -> [(&'static str, PathBuf); 5] {
        [
            ("HOME", self.root.clone()),
            ("XDG_DATA_HOME", self.path("data")),
            ("XDG_CONFIG_HOME", self.path("config")),
            ("XDG_STATE_HOME", self.path("state")),
            ("PATH", PathBuf::from("/usr/local/bin:/usr/bin:/bin")),
        ]
    }

    /// Runs the program with the password as the first line of its input.
    pub fn run(&self, arguments: &[&str]) -> Done {
        self.given("", arguments)
    }

    /// As [`Home::run`], with more input behind the password.
    pub fn given(&self, input: impl AsRef<[u8]>, arguments: &[&str]) -> Done {
        let input = [PASSWORD.as_bytes(), b"\n", input.as_ref()].concat();
        self.fed(input, &[&["--password-stdin"], arguments].concat())
    }

    /// Runs the program with this input alone.
    pub fn fed(&self, input: impl AsRef<[u8]>, arguments: &[&str]) -> Done {
        let mut command = self.command(env!("CARGO_BIN_EXE_tresor"));
        command.args(arguments);
        self.finish(command, input)
    }

    /// Runs any command of [`Home::command`].
    pub fn finish(&self, mut command: Command, input: impl AsRef<[u8]>) -> Done {
        let (before, input) = (self.bytes(), input.as_ref());
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let (mut stdin, mut stdout, mut stderr) =
            (child.stdin.take().unwrap(), child.stdout.take().unwrap(), child.stderr.take().unwrap());
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let status = thread::scope(|scope| {
            // The program may have ended before it has read all.
            scope.spawn(move || stdin.write_all(input).unwrap_or_default());
            scope.spawn(|| stdout.read_to_end(&mut out).unwrap());
            scope.spawn(|| stderr.read_to_end(&mut err).unwrap());
            wait(&mut child)
        });
        let err = String::from_utf8(err).unwrap();
        Done { what: format!("{command:?}"), status, out, err, before, after: self.bytes() }
    }

    /// What is listed, as JSON.
    pub fn listed(&self, arguments: &[&str]) -> Vec<Value> {
        let out = self.run(&[&["ls", "--json"], arguments].concat()).ok();
        serde_json::from_str::<Vec<Value>>(&out).unwrap_or_else(|error| panic!("{error}: {out}"))
    }

    /// Adds an entry with a password and gives its id.
    pub fn add(&self, title: &str, password: &str, more: &[&str]) -> String {
        let input = format!("{password}\n");
        let done = self.given(input, &[&["--json", "add", title, "--secret-stdin"], more].concat());
        done.json()["id"].as_str().unwrap().to_owned()
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.root);
    }
}

/// Waits for a program's end, and kills it where that never comes.
pub fn wait(child: &mut Child) -> ExitStatus {
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status;
        }
        if start.elapsed() > PATIENCE {
            child.kill().unwrap();
            panic!("does not end: {:?}", child.wait().unwrap());
        }
        thread::sleep(Duration::from_millis(2));
    }
}

/// What came of a run.
pub struct Done {
    what: String,
    status: ExitStatus,
    out: Vec<u8>,
    err: String,
    /// The vault's file before and after.
    before: Vec<u8>,
    after: Vec<u8>,
}

impl Done {
    /// Standard output of a run that succeeded.
    pub fn ok(self) -> String {
        String::from_utf8(self.bytes()).unwrap()
    }

    pub fn bytes(self) -> Vec<u8> {
        assert_eq!(self.status.code(), Some(0), "{self:?}");
        self.out
    }

    /// Standard output and standard error of a run that succeeded.
    pub fn both(self) -> (String, String) {
        let err = self.err.clone();
        (self.ok(), err)
    }

    pub fn json(self) -> Value {
        let out = self.ok();
        serde_json::from_str(&out).unwrap_or_else(|error| panic!("{error}: {out}"))
    }

    /// A run that failed with this status, printed nothing on standard output, says `what` on standard error,
    /// and has changed nothing. Gives what it says.
    pub fn fails(self, status: i32, what: &str) -> String {
        assert_eq!(self.status.code(), Some(status), "{self:?}");
        assert!(self.out.is_empty(), "{self:?}");
        assert!(self.before == self.after, "the vault was changed: {self:?}");
        self.says(what)
    }

    /// What it says on standard error, `what` within it: first of all what happened.
    pub fn says(self, what: &str) -> String {
        let err = &self.err;
        // Notes on the vault file may come before it.
        assert!(
            err.lines().any(|line| line.starts_with("tresor: ") || line.starts_with("error: ")),
            "{self:?}"
        );
        assert!(err.contains(what), "{what:?} is not said: {self:?}");
        assert!(!err.contains("panicked"), "{self:?}");
        self.err
    }

    /// Standard output and standard error of a run that ends with this status and has changed nothing.
    pub fn ends_with(self, status: i32) -> (String, String) {
        assert_eq!(self.status.code(), Some(status), "{self:?}");
        assert!(self.before == self.after, "the vault was changed: {self:?}");
        (String::from_utf8(self.out).unwrap(), self.err)
    }

    /// Standard error, whatever came of the run.
    pub fn err(&self) -> &str {
        &self.err
    }

    /// Standard output, whatever came of the run.
    pub fn out(&self) -> &str {
        std::str::from_utf8(&self.out).unwrap()
    }

    pub fn code(&self) -> Option<i32> {
        self.status.code()
    }
}

impl fmt::Debug for Done {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let out = String::from_utf8_lossy(&self.out);
        write!(f, "{}\n{}\nstdout: {out}\nstderr: {}", self.what, self.status, self.err)
    }
}
