//! Every thing that a key can do: a name, the word that the footer offers it by, and one line that says it.
//! Declared here once; which keys do it is in `assets/keymap.toml` ([`super::keymap`]).

macro_rules! actions {
    ($($variant:ident $name:literal $word:literal $says:literal,)*) => {
        /// What a key can do.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[allow(missing_docs)] // `says` is the documentation
        pub enum Action { $($variant),* }

        impl Action {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The name in the key table.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }

            /// The word for it in the footer; empty where the footer need not offer it.
            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }

            /// What it does, in one line.
            pub fn says(self) -> &'static str {
                match self { $(Self::$variant => $says),* }
            }
        }
    };
}

actions! {
    Help "help" "help" "show the keys that work here",
    Back "back" "" "one level back; on the list: quit",
    QuitNow "quit-now" "" "quit from anywhere; asks only if something would be lost",
    Lock "lock" "lock" "lock now",
    Suspend "suspend" "" "conceal, and go to the shell (fg comes back)",
    Generate "generate" "generator" "generate a password",
    Redraw "redraw" "" "draw the screen anew",
    WipeClipboard "wipe-clipboard" "" "clear the clipboard now",
    Undo "undo" "undo" "undo the last change",
    Redo "redo" "" "do the undone change again",
    MergeCopies "merge-copies" "merge copies" "merge the copies that a sync program put beside the vault",

    CursorLeft "cursor-left" "" "one character left",
    CursorRight "cursor-right" "" "one character right",
    CursorHome "cursor-home" "" "to the start of the line",
    CursorEnd "cursor-end" "" "to the end of the line",
    DeleteBefore "delete-before" "" "delete the character before the cursor",
    DeleteAt "delete-at" "" "delete the character at the cursor",
    DeleteWord "delete-word" "" "delete the word before the cursor",
    DeleteToStart "delete-to-start" "" "delete to the start of the line",
    DeleteToEnd "delete-to-end" "" "delete to the end of the line",
    NewLine "new-line" "" "start a new line",

    MoveUp "move-up" "" "one up",
    MoveDown "move-down" "" "one down",
    PageUp "page-up" "" "one page up",
    PageDown "page-down" "" "one page down",
    HalfPageUp "half-page-up" "" "half a page up",
    HalfPageDown "half-page-down" "" "half a page down",
    GoToTop "go-to-top" "" "to the first",
    GoToBottom "go-to-bottom" "" "to the last",

    CopyMain "copy-main" "copy password" "copy the password (a note's text, a card's number)",
    CopyUsername "copy-username" "user" "copy the user name",
    CopyCode "copy-code" "code" "copy the one-time code (the next one if it ends within 5 s)",
    CopyUrl "copy-url" "" "copy the URL",
    PickField "pick-field" "any field" "copy any field, chosen by letter",
    CopyField "copy-field" "copy" "copy this field",
    Reveal "reveal" "reveal" "show the secret for some seconds, or hide it",

    ToList "to-list" "list" "to the list; the filter stays",
    ToSearch "to-search" "search" "to the search box",
    NextPane "next-pane" "" "to the other pane",
    OpenDetail "open-detail" "open" "show all fields",
    CloseDetail "close-detail" "back" "back to the list",
    ClearFilter "clear-filter" "" "clear the search, then the filter",
    Facet "facet" "filter" "show only favourites, a folder, a tag, a kind, or the trash",
    Add "add" "add" "add an entry",
    Edit "edit" "edit" "edit the entry",
    Trash "trash" "trash" "move the entry to the trash",
    Restore "restore" "restore" "take the entry out of the trash",
    Favourite "favourite" "" "mark as a favourite, or not",
    History "history" "history" "show what the fields were before",
    WorkList "work-list" "work-list" "what should change, worst first",
    Walk "walk" "change" "change the password at its site, step by step",
    Forgot "forgot" "forgot" "show all that helps to get back into the account",
    BackupCodes "backup-codes" "back-up codes" "the back-up codes of the account",
    Jump "jump" "" "to the entry that it signs in with; again, or Esc: back",
    Follow "follow" "copy or open" "copy this, or go to the entry that it names",
    TickOff "tick-off" "used or not" "tick off as used, or not",

    Audit "audit" "audit" "say what is wrong with passwords, pages and dates",
    GoToEntry "go-to-entry" "to the entry" "to the entry",
    Ignore "ignore" "ignore" "ignore the finding for a reason, or no longer",

    Import "import" "import" "take in what another program exported, or another vault",
    Export "export" "export" "write entries to a file, for another program or as a copy",
    Update "update" "update" "update the vault's entry; what it had becomes history",
    KeepBoth "keep-both" "keep both" "keep both: the file's becomes an entry of its own",
    LeaveIt "leave-it" "leave" "leave the vault's entry as it is",
    UpdateAll "update-all" "" "update all that differ",
    KeepBothAll "keep-both-all" "" "keep both of all that differ",
    LeaveAll "leave-all" "" "leave all that differ as they are",
    TakeOut "take-out" "take out" "take the entry out of the trash, or leave it there",
    TakeAllOut "take-all-out" "" "take all out of the trash, or leave them there",
    Formats "formats" "format" "say what kind of file it is",
    RemoveFile "remove-file" "remove the file" "overwrite and remove the file that was imported",

    Keys "keys" "" "the master password and the recovery kit",
    UseCode "use-code" "recover" "open with the recovery code",

    NextField "next-field" "next" "to the next field",
    PreviousField "previous-field" "" "to the previous field",
    Save "save" "save" "save",
    Cancel "cancel" "cancel" "close; asks if something would be lost",
    RevealField "reveal-field" "reveal" "show or hide what is typed",
    AddField "add-field" "add field" "add a field",
    RemoveField "remove-field" "remove field" "remove this field",

    Accept "accept" "accept" "go on",
    Less "less" "" "less, or the one before",
    More "more" "" "more, or the one after",
    Toggle "toggle" "on/off" "switch on or off",
    NextProfile "next-profile" "profile" "the next saved recipe",
    Again "again" "another" "make another one",
    RestoreValue "restore-value" "bring back" "make this value current again",
    Kept "kept" "history" "every password that was generated",
    Forget "forget" "delete" "delete this one for good",
    ForgetAll "forget-all" "delete all" "delete all of them for good",

    GoOn "go-on" "go on" "do the next step",
    OpenPage "open-page" "page" "open the page where the password is changed",
    CopyPage "copy-page" "" "copy the address of that page",
    CopyOld "copy-old" "old" "copy the old password",
    CopyNew "copy-new" "new" "copy the new password once more",
    DropPending "drop-pending" "drop" "drop the new password; it stays among the generated ones",
    Skip "skip" "skip" "leave it out of the list for now",

    Yes "yes" "yes" "yes",
    No "no" "no" "no",
}

impl Action {
    /// The action of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|action| action.name() == name)
    }
}
