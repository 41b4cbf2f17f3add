//! System calls as an attacker makes them: by number.
//!
//! Refuses to be used for anything but the stand-in's attempts. Nothing here is reachable while a clip is decoded.

use libc::c_long;

/// Up to six arguments; the rest are zero.
pub(super) type Arguments<'a> = &'a [c_long];

/// Asks for call `number`.
///
/// # Errors
/// The kernel's error number.
#[expect(unsafe_code, reason = "plays the attacker: safe wrappers do not offer these calls")]
pub(super) fn call(number: c_long, arguments: Arguments<'_>) -> Result<c_long, i32> {
    let a = |n: usize| arguments.get(n).copied().unwrap_or(0);
    // SAFETY: each attempt gives numbers, null pointers or lengths that no buffer can have, so that a kernel without a
    // filter answers with an error or with something harmless. Where memory of ours is named (mlock), it is only held.
    let answer = unsafe { libc::syscall(number, a(0), a(1), a(2), a(3), a(4), a(5)) };
    if answer == 0 && makes_processes(number) {
        // The copy of this process: it must not go on and report a second time.
        std::process::abort();
    }
    if answer < 0 { Err(std::io::Error::last_os_error().raw_os_error().unwrap_or(0)) } else { Ok(answer) }
}

fn makes_processes(number: c_long) -> bool {
    #[cfg(target_arch = "x86_64")]
    if [libc::SYS_fork, libc::SYS_vfork].contains(&number) {
        return true;
    }
    [libc::SYS_clone, libc::SYS_clone3].contains(&number)
}

/// Asks for a socket through the 32-bit door of a 64-bit kernel, whose numbers mean other calls. Does not return where a
/// filter looks at the door.
#[cfg(target_arch = "x86_64")]
#[expect(unsafe_code, reason = "plays the attacker: this door has no wrapper at all")]
pub(super) fn socket_by_the_old_door() -> i32 {
    const SOCKET: i32 = 359;
    let answer;
    // SAFETY: three numbers go in and one comes out; the kernel touches no memory of ours. `rbx` is the compiler's own, so
    // it is put back.
    unsafe {
        std::arch::asm!(
            "xchg rbx, {first}", "int 0x80", "xchg rbx, {first}",
            first = inout(reg) i64::from(libc::AF_INET) => _,
            inout("eax") SOCKET => answer,
            in("ecx") libc::SOCK_STREAM,
            in("edx") 0,
            out("r8") _, out("r9") _, out("r10") _, out("r11") _,
        );
    }
    answer
}
