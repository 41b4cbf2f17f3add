//! What a process of the trusted machine holds in memory stays there: no core file, no other process of the same user that reads
//! it, and, where the system allows, no swap.
//!
//! Locking covers this process only. Clips also lie in memory files and in decoders, which the kernel may swap: swap is off or
//! encrypted on a trusted machine, and `hamseda doctor` says when it is not.

use rustix::mm::{MlockAllFlags, mlockall};
use rustix::process::{DumpableBehavior, Resource, Rlimit, getrlimit, set_dumpable_behavior, setrlimit};

/// Shuts this process's memory for good. Every part that the system refuses is a weaker machine, not a reason to stop.
pub(crate) fn shut() {
    // Inherited by decoders and encoders as well.
    let refused = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) }).is_err()
        | set_dumpable_behavior(DumpableBehavior::NotDumpable).is_err();
    if refused {
        tracing::warn!("the system refuses to keep this process's memory out of core files");
    }
    lock();
}

/// Keeps pages out of swap. Only where the limit is lifted: with a limit, memory that is asked for later would be refused.
fn lock() {
    let limit = getrlimit(Resource::Memlock);
    if limit.maximum.is_some() {
        tracing::debug!("this process's memory may be swapped: its limit of locked memory is not lifted");
        return;
    }
    let lifted = setrlimit(Resource::Memlock, Rlimit { current: None, maximum: None });
    let all = MlockAllFlags::CURRENT | MlockAllFlags::FUTURE | MlockAllFlags::ONFAULT;
    if lifted.is_err() || mlockall(all).is_err() {
        tracing::debug!("this process's memory may be swapped: the system refuses to lock it");
    }
}
