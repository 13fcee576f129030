namespace ContainerChaos.Target.Tests;

/// <summary>A group of the pids controller, in whichever cgroup version has it; removed with the test.</summary>
internal sealed class PidsLimit : IDisposable
{
    private static readonly string? s_hierarchy = new[] { "/sys/fs/cgroup/pids", "/sys/fs/cgroup" }.FirstOrDefault(IsUsable);
    private readonly string _group;

    public PidsLimit(int limit)
    {
        _group = Path.Combine(s_hierarchy!, $"target-tests-{Guid.NewGuid():N}");
        Directory.CreateDirectory(_group);
        File.WriteAllText(Path.Combine(_group, "pids.max"), limit.ToString());
    }

    /// <summary>Whether this machine lets us make one.</summary>
    public static bool IsAvailable => s_hierarchy is not null;

    /// <summary>A command line that joins the group and goes on with what follows.</summary>
    public string[] Launcher => ["/bin/sh", "-c", $"echo 0 > {_group}/cgroup.procs && exec \"$@\"", "sh"];

    public void Dispose()
    {
        // The kernel takes a moment to let go of processes that were just reaped.
        if (!SpinWait.SpinUntil(() => File.ReadAllText(Path.Combine(_group, "cgroup.procs")).Length == 0, TargetProcess.Patience))
            throw new InvalidOperationException($"{_group} still has processes");
        Directory.Delete(_group);
    }

    private static bool IsUsable(string hierarchy)
    {
        string control = Path.Combine(hierarchy, "cgroup.subtree_control");
        return File.Exists(control) ? File.ReadAllText(control).Split(' ', '\n').Contains("pids") : hierarchy.EndsWith("/pids", StringComparison.Ordinal) && Directory.Exists(hierarchy);
    }
}
