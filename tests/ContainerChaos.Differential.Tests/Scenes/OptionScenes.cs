namespace ContainerChaos.Differential.Tests;

/// <summary>Options of identity, privileges and limits, as the kernel shows them inside.</summary>
internal static class OptionScenes
{
    private static readonly ContainerRequest s_capabilities = ContainerRequest.Script("grep -E 'Cap(Inh|Prm|Eff|Bnd|Amb)' /proc/self/status");

    // Those that come and go with what others of the host do are left out.
    private const string HostDevices = "cd /dev; find . -xdev -type b -o -xdev -type c | grep -v -E '/(loop|dm-|vcs)' | sort | xargs stat -c '%n %a %t:%T %u:%g'";

    public static IReadOnlyList<Scene> All { get; } =
    [
        Scene.Run("cap-add", s_capabilities with { CapAdd = ["SYS_ADMIN"] }),
        // Not every host has this one to give.
        Scene.Run("cap-add-all", s_capabilities with { CapAdd = ["ALL"], CapDrop = ["NET_RAW", "SYS_RESOURCE"] }),
        Scene.Run("cap-drop", s_capabilities with { CapDrop = ["NET_RAW", "CAP_MKNOD"] }),
        Scene.Run("cap-drop-all", s_capabilities with { CapDrop = ["ALL"], CapAdd = ["CHOWN"] }),
        Scene.Run("cap-add-as-a-user", s_capabilities with { CapAdd = ["SYS_ADMIN"], User = "app" }),
        Scene.Run("cap-unknown", s_capabilities with { CapAdd = ["NO_SUCH"] }),
        Scene.Run("cap-add-mounts", ContainerRequest.Script("mkdir -p /mnt; mount -t tmpfs none /mnt && echo mounted; unshare -n true && echo unshared; hostname other && hostname") with { CapAdd = ["SYS_ADMIN"] }),
        Scene.Run("security-no-new-privileges", ContainerRequest.Script("grep NoNewPrivs /proc/self/status") with { SecurityOptions = ["no-new-privileges=true"] }),
        Scene.Run("security-seccomp-unconfined", ContainerRequest.Script("grep Seccomp: /proc/self/status; unshare -U true && echo made") with { SecurityOptions = ["seccomp=unconfined"] }),
        Scene.Inside(
            "privileged", new ContainerRequest { Privileged = true },
            ("capabilities", "grep -E 'Cap(Prm|Eff|Bnd|Amb)' /proc/self/status"),
            ("seccomp", "grep -E 'Seccomp:|NoNewPrivs' /proc/self/status"),
            ("masked-and-read-only", "awk '$5 ~ \"^/(proc|sys)/\" && $5 !~ \"^/sys/fs/cgroup\" { print $5 }' /proc/self/mountinfo"),
            ("sys", "awk '$5 == \"/sys\" { print $6 }' /proc/self/mountinfo; echo 60000 > /sys/class/net/lo/mtu; cat /sys/class/net/lo/mtu"),
            ("sysctl", "sysctl -w net.ipv4.ip_forward=1"),
            ("cgroup", "awk '$5 == \"/sys/fs/cgroup/memory\" { print $6 }' /proc/self/mountinfo"),
            ("devices", HostDevices),
            ("disks", "for d in $(find /dev -xdev -type b | grep -v -E '/(loop|dm-)'); do head -c 1 $d > /dev/null || echo $d; done; : < /dev/kmsg && echo log"),
            ("mknod", "mknod /tmp/null c 1 3 && echo x > /tmp/null && echo written"),
            ("mount", "mkdir -p /mnt; mount -t tmpfs none /mnt && echo mounted; unshare -n unshare -U true && echo unshared")),
        Scene.Run("privileged-as-a-user", s_capabilities with { Privileged = true, User = "app" }),
        Scene.Run("group-add", ContainerRequest.Script("id -G") with { GroupAdd = ["video", "123"], User = "app" }),
        Scene.Run("group-add-unknown", ContainerRequest.Script("id -G") with { GroupAdd = ["nothing-here"] }),
        Scene.Run("domain-name", ContainerRequest.Script("hostname; cat /proc/sys/kernel/domainname") with { Hostname = "box", Domainname = "example.org" }),
        Scene.Run("oom-score", ContainerRequest.Script("cat /proc/self/oom_score_adj") with { OomScoreAdj = 321 }),
        Scene.Run("ulimits", ContainerRequest.Script("awk '/open files|processes|core file/ { print $1, $2, $(NF-2), $(NF-1) }' /proc/self/limits") with { Ulimits = ["nofile=100:200", "nproc=64:64", "core=0:0"] }),
        Scene.Run("ulimit-unknown", ContainerRequest.Script("true") with { Ulimits = ["nosuch=1:1"] }),
        Scene.Run("shm-size", ContainerRequest.Script("df -k /dev/shm | awk 'NR == 2 { print $2 }'") with { ShmSize = 1 << 20 }),
        Scene.Run("sysctl", ContainerRequest.Script("cat /proc/sys/net/ipv4/ip_forward /proc/sys/kernel/msgmax") with { Sysctl = new Dictionary<string, string> { ["net.ipv4.ip_forward"] = "1", ["kernel.msgmax"] = "65536" } }),
        Scene.Run("sysctl-of-the-host", ContainerRequest.Script("true") with { Sysctl = new Dictionary<string, string> { ["kernel.panic"] = "1" } }),
        Scene.Run("device", ContainerRequest.Script("stat -c '%t:%T %a' /dev/second; echo x > /dev/second && echo written") with { Devices = ["/dev/null:/dev/second:rwm"] }),
        Scene.Run("device-missing", ContainerRequest.Script("true") with { Devices = ["/dev/no-such-device:/dev/x:rwm"] }),
        new("memory-options", ["swap", "no-swap-limit", "reservation"], stage =>
        {
            var request = ContainerRequest.Script("echo ready; sleep 100") with { Memory = 32 << 20 };
            stage.Tell("swap", LimitScenes.Group(stage, stage.Ready(request with { MemorySwap = 48 << 20 }), "memory", "memory.limit_in_bytes", "memory.memsw.limit_in_bytes"));
            stage.Tell("no-swap-limit", LimitScenes.Group(stage, stage.Ready(request with { MemorySwap = -1 }), "memory", "memory.memsw.limit_in_bytes"));
            stage.Tell("reservation", LimitScenes.Group(stage, stage.Ready(request with { MemoryReservation = 16 << 20 }), "memory", "memory.soft_limit_in_bytes"));
        }),
        new("cpu-options", ["shares", "set"], stage =>
        {
            var container = stage.Ready(ContainerRequest.Script("echo ready; sleep 100") with { CpuShares = 256, CpusetCpus = "0" });
            stage.Tell("shares", LimitScenes.Group(stage, container, "cpu", "cpu.shares"));
            stage.Tell("set", LimitScenes.Group(stage, container, "cpuset", "cpuset.cpus") + stage.Ask(container, "nproc; grep Cpus_allowed_list /proc/self/status"));
        }),
        new("namespaces", ["pid-host", "ipc-host", "uts-host"], stage =>
        {
            string Shared(ContainerRequest request, string name)
            {
                var pid = stage.Host.Look(stage.Ready(request)).Pid;
                return $"{new FileInfo($"/proc/{pid}/ns/{name}").LinkTarget == new FileInfo($"/proc/self/ns/{name}").LinkTarget}";
            }
            var plain = ContainerRequest.Script("echo ready; exec sleep 100");
            stage.Tell("pid-host", Shared(plain with { Pid = "host" }, "pid"));
            stage.Tell("ipc-host", Shared(plain with { Ipc = "host" }, "ipc"));
            stage.Tell("uts-host", Shared(plain with { Uts = "host" }, "uts"));
        }),
        new("rename", ["name", "old-name", "taken", "running"], stage =>
        {
            var container = stage.Ready(ContainerRequest.Script("echo ready; sleep 100") with { Name = stage.Name("-old") });
            var other = stage.Create(new ContainerRequest { Name = stage.Name("-other"), Command = ["true"] });
            stage.Host.Rename(container, stage.Name("-new"));
            stage.Tell("name", stage.Host.Look(container).Name);
            stage.TellRefusal("old-name", () => stage.Host.Look(stage.Name("-old")));
            stage.TellRefusal("taken", () => stage.Host.Rename(other, stage.Name("-new")));
            stage.Tell("running", stage.State(container));
        }),
    ];
}
