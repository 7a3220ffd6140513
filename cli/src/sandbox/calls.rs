//! The system calls a sensor needs. Any other fails as if it were not permitted.

use std::os::fd::RawFd;

use libc::c_long;
use seccompiler::{
    BackendError, BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition,
    SeccompFilter, SeccompRule,
};

/// The filter; to the sockets in `mute` nothing can be written, and no second descriptor leads to
/// them. They alone can be bound, to an interface that was made anew.
pub(super) fn program(mute: &[RawFd]) -> Result<BpfProgram, BackendError> {
    let others: Vec<_> = mute.iter().map(|fd| not(*fd)).collect::<Result<_, _>>()?;
    let spoken = if others.is_empty() { Vec::new() } else { vec![SeccompRule::new(others)?] };
    let quiet = QUIET.iter().chain(OLD).map(|call| (*call, Vec::new()));
    let loud = LOUD.iter().map(|call| (*call, spoken.clone()));
    let again = mute.iter().map(|fd| SeccompRule::new(vec![is(*fd)?])).collect::<Result<_, _>>()?;
    let bind = Some((libc::SYS_bind, again)).filter(|_| !mute.is_empty());
    let refused = SeccompAction::Errno(libc::EPERM.unsigned_abs());
    let arch = std::env::consts::ARCH.try_into()?;
    SeccompFilter::new(
        quiet.chain(loud).chain(bind).collect(),
        refused,
        SeccompAction::Allow,
        arch,
    )?
    .try_into()
}

/// The first argument is another descriptor.
fn not(fd: RawFd) -> Result<SeccompCondition, BackendError> {
    let fd = u64::from(fd.unsigned_abs());
    SeccompCondition::new(0, SeccompCmpArgLen::Dword, SeccompCmpOp::Ne, fd)
}

/// The first argument is this one.
fn is(fd: RawFd) -> Result<SeccompCondition, BackendError> {
    let fd = u64::from(fd.unsigned_abs());
    SeccompCondition::new(0, SeccompCmpArgLen::Dword, SeccompCmpOp::Eq, fd)
}

/// Calls that write to a descriptor, or copy one.
const LOUD: &[c_long] =
    &[libc::SYS_write, libc::SYS_writev, libc::SYS_pwrite64, libc::SYS_fcntl, libc::SYS_sendto];

/// All others.
const QUIET: &[c_long] = &[
    // Reading, and looking after files.
    libc::SYS_read,
    libc::SYS_readv,
    libc::SYS_pread64,
    libc::SYS_lseek,
    libc::SYS_openat,
    libc::SYS_close,
    libc::SYS_fstat,
    libc::SYS_newfstatat,
    libc::SYS_statx,
    libc::SYS_getdents64,
    libc::SYS_ftruncate,
    libc::SYS_fsync,
    libc::SYS_fdatasync,
    libc::SYS_mkdirat,
    libc::SYS_unlinkat,
    libc::SYS_renameat,
    libc::SYS_renameat2,
    libc::SYS_ioctl,
    // Hearing.
    libc::SYS_ppoll,
    libc::SYS_recvfrom,
    libc::SYS_recvmsg,
    libc::SYS_getsockopt,
    libc::SYS_setsockopt,
    libc::SYS_getsockname,
    libc::SYS_accept4,
    libc::SYS_shutdown,
    libc::SYS_epoll_create1,
    libc::SYS_epoll_ctl,
    libc::SYS_epoll_pwait,
    libc::SYS_eventfd2,
    libc::SYS_pipe2,
    libc::SYS_socketpair,
    // Memory.
    libc::SYS_mmap,
    libc::SYS_munmap,
    libc::SYS_mremap,
    libc::SYS_mprotect,
    libc::SYS_madvise,
    libc::SYS_brk,
    // Threads.
    libc::SYS_clone,
    libc::SYS_clone3,
    libc::SYS_futex,
    libc::SYS_set_robust_list,
    libc::SYS_set_tid_address,
    libc::SYS_rseq,
    libc::SYS_membarrier,
    libc::SYS_sched_yield,
    libc::SYS_sched_getaffinity,
    libc::SYS_gettid,
    libc::SYS_getpid,
    libc::SYS_prctl,
    libc::SYS_prlimit64,
    libc::SYS_exit,
    libc::SYS_exit_group,
    // Signals, and to stop for one (`SIGTSTP`).
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sigaltstack,
    libc::SYS_restart_syscall,
    libc::SYS_tgkill,
    libc::SYS_kill,
    // Time and chance.
    libc::SYS_clock_gettime,
    libc::SYS_clock_nanosleep,
    libc::SYS_nanosleep,
    libc::SYS_gettimeofday,
    libc::SYS_getrandom,
    libc::SYS_getrusage,
    libc::SYS_sysinfo,
    libc::SYS_uname,
];

/// What older libraries call where newer ones call something above.
#[cfg(target_arch = "x86_64")]
const OLD: &[c_long] = &[
    libc::SYS_open,
    libc::SYS_stat,
    libc::SYS_lstat,
    libc::SYS_poll,
    libc::SYS_epoll_wait,
    libc::SYS_mkdir,
    libc::SYS_unlink,
    libc::SYS_rename,
];
#[cfg(not(target_arch = "x86_64"))]
const OLD: &[c_long] = &[];
