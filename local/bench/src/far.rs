//! A connection from far away: what the other side sends arrives a round trip late.

use std::io::{Read, Result, Write};
use std::net::TcpStream;
use std::thread::sleep;
use std::time::Duration;

/// A TCP stream whose first byte of each flight takes `round_trip`.
pub(crate) struct Far {
    stream: TcpStream,
    round_trip: Duration,
    turned: bool,
}

impl Far {
    /// Waits for TCP's own handshake, too.
    pub(crate) fn new(stream: TcpStream, round_trip: Duration) -> Result<Self> {
        stream.set_nodelay(true)?;
        sleep(round_trip);
        Ok(Self { stream, round_trip, turned: true })
    }
}

impl Read for Far {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        if self.turned && !self.round_trip.is_zero() {
            // What comes in meanwhile belongs to the same flight.
            self.stream.peek(&mut [0])?;
            sleep(self.round_trip);
        }
        self.turned = false;
        self.stream.read(buffer)
    }
}

impl Write for Far {
    fn write(&mut self, buffer: &[u8]) -> Result<usize> {
        self.turned = true;
        self.stream.write(buffer)
    }

    fn flush(&mut self) -> Result<()> {
        self.stream.flush()
    }
}
