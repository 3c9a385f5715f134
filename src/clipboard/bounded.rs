//! Reading and writing that ends by a given time, so that a display, a holder or a terminal that does not
//! answer can never hang the program.

use std::io::{self, ErrorKind};
use std::os::fd::AsFd;
use std::time::Instant;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

/// Bytes written at once: a pipe that is ready takes this many without blocking (PIPE_BUF on Linux).
const PIECE: usize = 4096;

/// Writes all of `bytes`.
///
/// # Errors
/// `TimedOut` where `by` comes first; the system's otherwise.
pub fn write_all(to: impl AsFd, mut bytes: &[u8], by: Instant) -> io::Result<()> {
    while !bytes.is_empty() {
        wait_for(&to, PollFlags::OUT, by)?;
        let piece = bytes.get(..PIECE).unwrap_or(bytes);
        match rustix::io::write(&to, piece) {
            Ok(0) => return Err(ErrorKind::WriteZero.into()),
            Ok(written) => bytes = bytes.get(written..).unwrap_or_default(),
            Err(Errno::AGAIN | Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// Reads what there is, at most `buffer`; 0 is the end.
///
/// # Errors
/// As [`write_all`].
pub fn read(from: impl AsFd, buffer: &mut [u8], by: Instant) -> io::Result<usize> {
    loop {
        wait_for(&from, PollFlags::IN, by)?;
        match rustix::io::read(&from, &mut *buffer) {
            Ok(read) => return Ok(read),
            Err(Errno::AGAIN | Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

fn wait_for(descriptor: impl AsFd, flags: PollFlags, by: Instant) -> io::Result<()> {
    loop {
        let left = by.saturating_duration_since(Instant::now());
        let timeout = Timespec::try_from(left).map_err(io::Error::other)?;
        match poll(&mut [PollFd::new(&descriptor, flags)], Some(&timeout)) {
            Ok(0) => return Err(ErrorKind::TimedOut.into()),
            // An error or a hang-up of the other side is told by the read or write that follows.
            Ok(_) => return Ok(()),
            Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::thread;
    use std::time::Duration;

    use super::*;

    fn soon() -> Instant {
        Instant::now() + Duration::from_millis(50)
    }

    #[test]
    fn more_than_a_pipe_holds_goes_through_while_it_is_read() {
        let (reader, writer) = rustix::pipe::pipe().unwrap();
        let sent: Vec<u8> = (0..1_000_000_u32).map(|n| n as u8).collect();
        let copy = sent.clone();
        let by = Instant::now() + Duration::from_secs(20);
        let writing = thread::spawn(move || write_all(writer, &copy, by));
        let (mut received, mut buffer) = (Vec::new(), [0; 5000]);
        loop {
            match read(&reader, &mut buffer, by).unwrap() {
                0 => break,
                count => received.extend_from_slice(&buffer[..count]),
            }
        }
        writing.join().unwrap().unwrap();
        assert!(received == sent);
    }

    #[test]
    fn nobody_on_the_other_side_ends_by_the_time() {
        let (reader, writer) = rustix::pipe::pipe().unwrap();
        assert_eq!(read(&reader, &mut [0; 8], soon()).unwrap_err().kind(), ErrorKind::TimedOut);
        assert_eq!(write_all(&writer, &[0; 1 << 20], soon()).unwrap_err().kind(), ErrorKind::TimedOut);
        drop(reader);
        assert_eq!(write_all(&writer, b"x", soon()).unwrap_err().kind(), ErrorKind::BrokenPipe);
    }
}
