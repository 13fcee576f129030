namespace ContainerChaos.Linux;

/// <summary>System call numbers of x86-64 (asm/unistd_64.h), by their native names.</summary>
public enum SystemCallNumber
{
#pragma warning disable CS1591 // Documented in section 2 of the manual.
    alarm = 37, getpriority = 140, setpriority = 141, fallocate = 285,
    read = 0, write = 1, open = 2, close = 3, poll = 7, lseek = 8, mmap = 9, munmap = 11, access = 21, rt_sigaction = 13, rt_sigprocmask = 14, ioctl = 16, pread64 = 17, dup2 = 33, getpid = 39,
    socket = 41, connect = 42, sendto = 44, recvfrom = 45, shutdown = 48, getsockname = 51, setsockopt = 54, splice = 275, sendmsg = 46, recvmsg = 47, bind = 49, listen = 50, getsockopt = 55, socketpair = 53, clone = 56, execve = 59,
    exit = 60, wait4 = 61, kill = 62, fcntl = 72, flock = 73, ftruncate = 77, getcwd = 79, chdir = 80, fchdir = 81, mkdir = 83, rmdir = 84, fchown = 93,
    umask = 95, getuid = 102, geteuid = 107, getegid = 108, setuid = 105, setgid = 106, setpgid = 109, setsid = 112, setgroups = 116, setresuid = 117, setresgid = 119, setfsuid = 122, setfsgid = 123,
    capget = 125, capset = 126, mknod = 133, rt_sigtimedwait = 128, personality = 135, statfs = 137, fstatfs = 138, pivot_root = 155, prctl = 157, arch_prctl = 158, chroot = 161, mount = 165, umount2 = 166,
    sched_setaffinity = 203, set_mempolicy = 238, ioprio_set = 251,
    sethostname = 170, setdomainname = 171, exit_group = 231, waitid = 247, keyctl = 250, openat = 257, mkdirat = 258, mknodat = 259, fchownat = 260,
    unlinkat = 263, symlinkat = 266, readlinkat = 267, fchmodat = 268, unshare = 272, eventfd2 = 290, epoll_create1 = 291, dup3 = 292, pipe2 = 293, timerfd_create = 283,
    timerfd_settime = 286, accept4 = 288, signalfd4 = 289, sendfile = 40, epoll_ctl = 233, epoll_pwait = 281, setns = 308, prlimit64 = 302, sched_setattr = 314, seccomp = 317,
    memfd_create = 319, bpf = 321, execveat = 322, pidfd_send_signal = 424, open_tree = 428, move_mount = 429, fsopen = 430, fsconfig = 431, fsmount = 432, pidfd_getfd = 438,
    statx = 332,
    pidfd_open = 434, clone3 = 435, close_range = 436, openat2 = 437, mount_setattr = 442, quotactl_fd = 443,
#pragma warning restore CS1591
}
