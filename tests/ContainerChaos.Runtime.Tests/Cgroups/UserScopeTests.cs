using static ContainerChaos.Runtime.Tests.RootlessBundle;

namespace ContainerChaos.Runtime.Tests;

/// <summary>An ordinary user's containers in scopes of the user's own systemd.</summary>
[Trait("Category", "Kernel")]
public sealed class UserScopeTests : IDisposable
{
    private readonly TestRoot _root = new();

    public void Dispose() => _root.Dispose();

    [SystemdFact(needsUsers: true)]
    public void A_scope_of_the_user_s_manager_has_the_container_and_its_limits()
    {
        using var manager = new UserManager(_root);
        Subreaper.Become();
        var bundle = Limited();
        bundle.Before = manager.Enter;
        bundle.Environment = $"XDG_RUNTIME_DIR='{manager.RuntimeDirectory}'";
        bundle.Configure("pause");
        bundle.Read("--systemd-cgroup", "create", "limited");
        bundle.Read("start", "limited");
        var group = manager.Group + "/user.slice/ccrun-limited.scope";
        Assert.Equal("33554432\n", File.ReadAllText(group + "/memory.max"));
        Assert.Equal("50000 100000\n", File.ReadAllText(group + "/cpu.max"));
        Assert.Equal(("33554432", "30"), (manager.Show("ccrun-limited.scope", "MemoryMax"), manager.Show("ccrun-limited.scope", "TasksMax")));
        Assert.Equal("0::/\n", bundle.Read("exec", "limited", "/target", "cat", "/proc/self/cgroup"));
        bundle.Read("update", "--memory", "67108864", "limited");
        Assert.Equal(("67108864\n", "67108864"), (File.ReadAllText(group + "/memory.max"), manager.Show("ccrun-limited.scope", "MemoryMax")));
        bundle.Read("delete", "--force", "limited");
        Assert.False(Directory.Exists(group));
        Assert.Equal("not-found", manager.Show("ccrun-limited.scope", "LoadState"));
    }

    [SystemdFact(needsUsers: true)]
    public void The_manager_is_reached_over_the_session_s_bus()
    {
        using var manager = new UserManager(_root);
        var bundle = Limited();
        bundle.Before = manager.Enter;
        bundle.Environment += $" DBUS_SESSION_BUS_ADDRESS='unix:path={manager.RuntimeDirectory}/bus'";
        bundle.Configure("cat", "/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/pids.max", "/sys/fs/cgroup/cpu.max");
        Assert.Equal(["33554432", "30", "50000", "100000"], Words(bundle.Read("--systemd-cgroup", "run", "limited")));
    }

    [SystemdFact(needsUsers: true)]
    public void Without_a_manager_of_the_user_the_option_is_refused()
    {
        var bundle = Limited();
        bundle.Configure("true");
        var (code, _, errors) = bundle.Ccrun("--systemd-cgroup", "run", "limited");
        Assert.Equal(1, code);
        Assert.Contains("--systemd-cgroup: systemd cannot be reached over D-Bus", errors);
        Assert.Contains("XDG_RUNTIME_DIR", errors);
        bundle.Leaves_nothing();
    }

    private RootlessBundle Limited()
    {
        var bundle = new RootlessBundle(_root);
        bundle.Limit(32 << 20, 30, 50_000);
        return bundle;
    }
}
