//! What the operating system knows of a process.

use nix::time::{ClockId, clock_getcpuclockid};
use nix::unistd::Pid;
use std::io::{Error, Result};
use std::time::Duration;

/// The CPU time that it has used so far, in all its threads, in the kernel too.
pub(crate) fn cpu(process: u32) -> Result<Duration> {
    let process = Pid::from_raw(i32::try_from(process).map_err(Error::other)?);
    let clock: ClockId = clock_getcpuclockid(process)?;
    Ok(clock.now()?.into())
}

/// The most memory that it has held at a time, in bytes. <https://man7.org/linux/man-pages/man5/proc_pid_status.5.html>
pub(crate) fn peak_memory(process: u32) -> Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let kilobytes = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    kilobytes.map(|kilobytes| kilobytes * 1024).ok_or_else(|| Error::other("no VmHWM"))
}
