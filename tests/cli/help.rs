//! Help, version, completions, and command lines that are none.

use crate::home::Home;

#[test]
fn help_and_version_go_to_standard_output() {
    let home = Home::empty();
    for arguments in [&["--help"][..], &["-h"], &["help"], &["get", "--help"], &["help", "get"]] {
        let (out, err) = home.fed("", arguments).both();
        assert!(out.contains("Usage: tresor") && err.is_empty(), "{arguments:?}: {out}{err}");
    }
    let top = home.fed("", &["--help"]).ok();
    for command in [
        "init",
        "add",
        "ls",
        "get",
        "copy",
        "edit",
        "rm",
        "restore",
        "history",
        "otp",
        "generate",
        "import",
        "export",
        "passwd",
        "info",
        "verify",
        "completions",
        "demo",
        "trash",
    ] {
        assert!(top.contains(&format!("\n  {command} ")), "{command}");
    }
    assert!(top.contains("5 several match") && top.contains("8 done in part"), "the exit statuses are said");
    assert_eq!(home.fed("", &["--version"]).ok(), concat!("tresor ", env!("CARGO_PKG_VERSION"), "\n"));
}

#[test]
fn a_wrong_command_line_is_usage() {
    let home = Home::empty();
    for (arguments, what) in [
        (&["banana"][..], "unrecognized subcommand"),
        (&["ls", "--banana"], "unexpected argument"),
        (&["--vault"], "--vault"),
        (&["restore"], "QUERY"),
        (&["import"], "FILE"),
        (&["export", "f"], "--to"),
        (&["export", "f", "--to", "banana"], "banana"),
        (&["completions"], "SHELL"),
        (&["completions", "tcsh"], "tcsh"),
        (&["copy", "x", "--clear-after", "-1"], "-1"),
        (&["copy", "x", "--clear-after", "soon"], "soon"),
    ] {
        home.fed("", arguments).fails(2, what);
    }
}

#[test]
fn without_a_command_or_for_a_look_at_the_sample_a_terminal_is_wanted() {
    let home = Home::new();
    for arguments in [&[][..], &["demo"], &["--no-input"], &["--password-stdin"]] {
        home.fed("x\n", arguments).fails(2, "the screen needs a terminal");
    }
}

#[test]
fn completions_are_scripts_of_their_shell() {
    let home = Home::empty();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let (script, err) = home.fed("", &["completions", shell]).both();
        assert!(
            script.contains("password-stdin") && script.contains("generate") && err.is_empty(),
            "{shell}"
        );
        // Every machine that tests has bash; the others where they are there.
        let there =
            home.command("sh").args(["-c", "command -v \"$0\"", shell]).output().unwrap().status.success();
        if shell == "bash" || there && ["zsh", "fish"].contains(&shell) {
            let mut check = home.command(shell);
            check.arg("-n").arg(home.write("script", &script));
            assert_eq!(home.finish(check, "").ok(), "", "{shell}");
        }
    }
}
