namespace ContainerChaos.Differential.Tests;

/// <summary>What a container is when nothing was asked for, as it sees itself.</summary>
internal static class DefaultScenes
{
    private const string Masked = "/proc/asound /proc/acpi /proc/interrupts /proc/kcore /proc/keys /proc/latency_stats /proc/timer_list /proc/timer_stats /proc/sched_debug /proc/scsi /sys/firmware";

    public static IReadOnlyList<Scene> All { get; } =
    [
        Scene.Inside(
            "default", new ContainerRequest(),
            ("capabilities-inheritable", "grep CapInh /proc/self/status"),
            ("capabilities-permitted", "grep CapPrm /proc/self/status"),
            ("capabilities-effective", "grep CapEff /proc/self/status"),
            ("capabilities-bounding", "grep CapBnd /proc/self/status"),
            ("capabilities-ambient", "grep CapAmb /proc/self/status"),
            ("no-new-privileges", "grep NoNewPrivs /proc/self/status"),
            ("seccomp", "grep Seccomp: /proc/self/status"),
            ("ids", "id; grep -E '^(Uid|Gid|Groups)' /proc/self/status"),
            ("environment", "env | grep -v -E '^(SHLVL|PWD|OLDPWD)=' | sort"),
            ("working-directory", "pwd"),
            ("umask", "umask"),
            ("signals-of-pid-1", "grep -E '^Sig(Blk|Ign)' /proc/1/status"),
            ("session", "cut -d' ' -f5,6 /proc/1/stat"),
            ("descriptors", "ls /proc/1/fd | grep -v '^10$'"),
            ("input", "readlink /proc/1/fd/0 | sed 's/:.*//'; wc -c"),
            ("terminal", "tty; echo 2> /dev/null > /dev/tty"),
            ("oom-score", "cat /proc/self/oom_score_adj"),
            ("nice", "cut -d' ' -f19 /proc/self/stat"),
            ("first-pid", "cat /proc/1/comm"),
            ("host-name", "hostname; cat /etc/hostname"),
            ("domain-name", "cat /proc/sys/kernel/domainname"),
            ("interfaces", "ip -o link | cut -d: -f2; ip -o addr | awk '{ print $2, $4 }'"),
            ("hosts", "cat /etc/hosts"),
            ("resolver", "grep -q nameserver /etc/resolv.conf"),
            ("kernel", "uname -s -r -m; nproc")),
        Scene.Inside(
            "mounts", new ContainerRequest(),
            [
            ("points", "awk '{ print $5 }' /proc/self/mountinfo | grep -v ^/sys/fs/cgroup/ | sort | uniq"),
            ("root", Mount("/")),
            ("proc", Mount("/proc")),
            ("dev", Mount("/dev")),
            ("dev-pts", Mount("/dev/pts")),
            ("dev-shm", Mount("/dev/shm") + "; df -k /dev/shm | awk 'NR == 2 { print $2 }'; stat -c %a /dev/shm"),
            ("dev-mqueue", Mount("/dev/mqueue")),
            ("sys", Mount("/sys")),
            ("cgroup", Mount("/sys/fs/cgroup")),
            ("cgroup-controllers", "ls /sys/fs/cgroup | sort"),
            ("cgroup-memory", Mount("/sys/fs/cgroup/memory")),
            ("propagation", "awk '$5 == \"/\" || $5 == \"/proc\" { print $5, ($7 == \"-\" ? \"private\" : $7) }' /proc/self/mountinfo | sed 's/:[0-9]*$//'"),
            ("proc-sys", Mount("/proc/sys") + "; echo 1 > /proc/sys/kernel/core_uses_pid"),
            ("proc-bus", Mount("/proc/bus")),
            ("proc-irq", Mount("/proc/irq")),
            ("proc-sysrq", Mount("/proc/sysrq-trigger")),
            .. Masked.Split(' ').Select(path => ("masked-" + path[1..].Replace('/', '-'), $"test -e {path} || exit 0; if test -d {path}; then ls -A {path} | wc -l; touch {path}/x; else cat {path} | wc -c; fi")),
            ("devices", "cd /dev; for f in $(ls -A | sort); do test -c $f -o -b $f && stat -c '%n %a %t:%T %u:%g' $f; done"),
            ("device-links", "cd /dev; for f in $(ls -A | sort); do test -L $f && echo $f $(readlink $f); done"),
            ("root-entries", "ls -A / | sort"),
            ("etc-entries", "ls -A /etc | sort"),
            ("writable", "touch /x && rm /x; touch /proc/x; touch /sys/x; touch /sys/fs/cgroup/x; touch /dev/x && rm /dev/x"),
            ("root-mode", "stat -c '%a %u:%g' / /tmp /dev /proc /sys"),
            ]),
        Scene.Inside(
            "denied", new ContainerRequest(),
            ("mount", "mkdir -p /mnt; mount -t tmpfs none /mnt"),
            ("remount", "mount -o remount,rw /sys"),
            ("bind-mount", "mount -o bind /tmp /root"),
            ("unmount", "umount /proc/sys"),
            ("unshare-user", "unshare -U true"),
            ("unshare-network", "unshare -n true"),
            ("set-time", "date -s 2001-01-01"),
            ("set-host-name", "hostname other"),
            ("add-interface", "ip link add type dummy"),
            ("set-address", "ip addr add 127.0.0.9/8 dev lo"),
            ("sysctl", "sysctl -w net.ipv4.ip_forward=1"),
            ("mknod", "mknod /tmp/null c 1 3 && echo x > /tmp/null"),
            ("mknod-disk", "mknod /tmp/disk b 254 0 && head -c 1 /tmp/disk"),
            ("mknod-fifo", "mkfifo /tmp/fifo"),
            ("chroot", "chroot / true"),
            ("chown", "touch /tmp/f && chown 1:1 /tmp/f && stat -c %u:%g /tmp/f"),
            ("set-user-id-file", "cp /bin/busybox /tmp/b && chmod 4755 /tmp/b && stat -c %a /tmp/b"),
            ("become-another-user", "su app -c id"),
            ("raw-nice", "nice -n -5 true"),
            ("oom-score", "echo -100 > /proc/self/oom_score_adj"),
            ("core-pattern", "echo x > /proc/sys/kernel/core_pattern"),
            ("cgroup", "mkdir /sys/fs/cgroup/memory/x"),
            ("kernel-log", "dmesg | wc -c"),
            ("kill-all", "kill -0 2"),
            ("personality", "setarch i686 uname -m"),
            ("trace", "cat /proc/1/environ | tr '\\0' '\\n' | grep ^PATH=")),
        new("isolation", ["namespaces", "shared-with-the-host", "time-namespace", "group", "status"], stage =>
        {
            var container = stage.Ready(ContainerRequest.Script("echo ready; sleep 100"));
            var pid = stage.Host.Look(container).Pid;
            string[] all = ["cgroup", "ipc", "mnt", "net", "pid", "user", "uts"];
            stage.Tell("namespaces", string.Join(' ', all.Where(name => Namespace(pid.ToString(), name) != Namespace("self", name))));
            stage.Tell("shared-with-the-host", string.Join(' ', all.Where(name => Namespace(pid.ToString(), name) == Namespace("self", name))));
            stage.Tell("time-namespace", Namespace(pid.ToString(), "time") == Namespace("self", "time"));
            // The same controllers, each in a group of the container's own.
            stage.Tell("group", string.Join(' ', File.ReadLines($"/proc/{pid}/cgroup").Select(line => line.Split(':')).Where(parts => parts[2].Contains(container, StringComparison.Ordinal)).Select(parts => parts[1]).Order()));
            stage.Tell("status", string.Join('\n', File.ReadLines($"/proc/{pid}/status").Where(line => line.StartsWith("Cap", StringComparison.Ordinal) || line.StartsWith("NSpid", StringComparison.Ordinal)).Select(line => line.Replace(pid.ToString(), "PID"))));
        }),
    ];

    // mountinfo(5): the fifth field is the mount point, the sixth its options; the type is behind the hyphen. Of several the last is seen.
    private static string Mount(string point) =>
        $"awk '$5 == \"{point}\" {{ for (i = 7; $i != \"-\"; i++); last = $6 \" \" $(i + 1) }} END {{ print last }}' /proc/self/mountinfo";

    private static string? Namespace(string process, string name) => new FileInfo($"/proc/{process}/ns/{name}").LinkTarget;
}
