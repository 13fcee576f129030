namespace ContainerChaos.Differential.Tests;

/// <summary>Limits as the kernel shows them, from inside and from outside, and what it does at them.</summary>
internal static class LimitScenes
{
    private const long Memory = 32 << 20;

    public static IReadOnlyList<Scene> All { get; } =
    [
        new("no-limits", ["memory", "cpu", "pids"], stage =>
        {
            var container = stage.Ready(ContainerRequest.Script("echo ready; sleep 100"));
            stage.Tell("memory", Group(stage, container, "memory", "memory.limit_in_bytes", "memory.memsw.limit_in_bytes", "memory.soft_limit_in_bytes", "memory.swappiness", "memory.oom_control"));
            stage.Tell("cpu", Group(stage, container, "cpu", "cpu.cfs_quota_us", "cpu.cfs_period_us", "cpu.shares"));
            stage.Tell("pids", Group(stage, container, "pids", "pids.max"));
        }),
        new("limits", ["memory", "memory-inside", "cpu", "pids"], stage =>
        {
            var container = stage.Ready(ContainerRequest.Script("echo ready; sleep 100") with { Memory = Memory, Cpus = 0.25, PidsLimit = 17 });
            stage.Tell("memory", Group(stage, container, "memory", "memory.limit_in_bytes"));
            stage.Tell("memory-inside", stage.Ask(container, "cat /sys/fs/cgroup/memory/memory.limit_in_bytes"));
            stage.Tell("cpu", Group(stage, container, "cpu", "cpu.cfs_quota_us", "cpu.cfs_period_us", "cpu.shares"));
            stage.Tell("pids", Group(stage, container, "pids", "pids.max"));
        }),
        new("limits-swap", ["total"], stage =>
        {
            var container = stage.Ready(ContainerRequest.Script("echo ready; sleep 100") with { Memory = Memory });
            stage.Tell("total", Group(stage, container, "memory", "memory.memsw.limit_in_bytes"));
        }),
        new("out-of-memory", ["state", "events"], stage =>
        {
            var container = stage.Started(new ContainerRequest { Command = ["tail", "/dev/zero"], Memory = 16 << 20 });
            stage.Host.Wait(container);
            stage.Tell("state", stage.State(container));
            stage.TellEvents("events", container);
        }),
        new("out-of-memory-in-a-child", ["while-it-runs", "log", "ended"], stage =>
        {
            var container = stage.Ready(ContainerRequest.Script("trap 'exit 4' TERM; tail /dev/zero; echo child $?; echo ready; while :; do sleep 0.05; done") with { Memory = 16 << 20 });
            stage.Tell("while-it-runs", stage.Host.Look(container).State);
            stage.Tell("log", string.Join(',', stage.Host.ReadLog(container).Where(line => line.Contains("child", StringComparison.Ordinal))));
            stage.Host.Stop(container, 20);
            stage.Tell("ended", stage.State(container));
        }),
        new("out-of-memory-and-again", ["flag-goes"], stage =>
        {
            var container = stage.Started(ContainerRequest.Script("[ -e /seen ] && exit 0; touch /seen; exec tail /dev/zero") with { Memory = 16 << 20 });
            stage.Host.Wait(container);
            stage.Host.Start(container);
            stage.Host.Wait(container);
            stage.Tell("flag-goes", stage.State(container));
        }),
        Scene.Run("pids-limit-reached", ContainerRequest.Script("for i in 1 2 3 4 5 6 7 8; do sleep 5 & done 2>/tmp/e; grep -c 'fork' /tmp/e; kill $(jobs -p) 2>/dev/null; exit 0") with { PidsLimit = 5 }),
        Scene.Run("shared-memory-full", ContainerRequest.Script("dd if=/dev/zero of=/dev/shm/x bs=1M count=65 2>&1 | grep -o 'No space left on device'; stat -c %s /dev/shm/x")),
    ];

    /// <summary>Files of a container's control group, read from outside, where the kernel says that it is.</summary>
    public static string Group(Stage stage, string container, string controller, params string[] files)
    {
        var pid = stage.Host.Look(container).Pid;
        var path = File.ReadLines($"/proc/{pid}/cgroup").Select(line => line.Split(':', 3)).FirstOrDefault(parts => parts[1].Split(',').Contains(controller))?[2];
        var mount = Linux.MountInfo.ReadSelf().FirstOrDefault(mount => mount.FileSystem == "cgroup" && mount.SuperOptions.Split(',').Contains(controller))?.MountPoint;
        return path is null || mount is null
            ? "no such hierarchy"
            : string.Join('\n', files.Select(file => $"{file} {File.ReadAllText(Path.Combine(mount + path, file)).Trim().Replace('\n', ',')}"));
    }
}
