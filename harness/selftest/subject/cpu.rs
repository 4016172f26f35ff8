//! CPU time. A wall clock would measure how busy the machine is.

use std::time::Duration;

/// Returns the CPU time of this thread. Without such a clock, the time that passed.
pub(crate) fn of_thread() -> Duration {
    clock::of_thread()
}

/// Returns the CPU time of this process, of all its threads. Without such a clock, the time that passed.
pub(crate) fn of_process() -> Duration {
    clock::of_process()
}

#[cfg(unix)]
mod clock {
    use std::time::Duration;

    use rustix::time::{ClockId, clock_gettime};

    pub(super) fn of_thread() -> Duration {
        read(ClockId::ThreadCPUTime)
    }

    pub(super) fn of_process() -> Duration {
        read(ClockId::ProcessCPUTime)
    }

    fn read(clock: ClockId) -> Duration {
        let time = clock_gettime(clock);
        Duration::new(u64::try_from(time.tv_sec).unwrap_or_default(), u32::try_from(time.tv_nsec).unwrap_or_default())
    }
}

#[cfg(not(unix))]
mod clock {
    use std::sync::LazyLock;
    use std::time::{Duration, Instant};

    static START: LazyLock<Instant> = LazyLock::new(Instant::now);

    pub(super) fn of_thread() -> Duration {
        START.elapsed()
    }

    pub(super) fn of_process() -> Duration {
        START.elapsed()
    }
}

#[cfg(test)]
mod tests {
    use super::{of_process, of_thread};

    #[test]
    fn work_takes_cpu_time_of_the_thread_and_of_the_process() {
        let (thread, process) = (of_thread(), of_process());
        while of_thread() == thread || of_process() == process {
            std::hint::black_box([0_u8; 64]);
        }
        assert!(of_thread() > thread && of_process() > process);
    }
}
