using static ContainerChaos.Runtime.Tests.RootlessBundle;

namespace ContainerChaos.Runtime.Tests;

/// <summary>An ordinary user's limits on version 2, in the part of the hierarchy that is delegated (cgroup-v2.rst, Delegation).</summary>
[Trait("Category", "Kernel")]
public sealed class RootlessDelegationTests : IDisposable
{
    private readonly TestRoot _root = new();
    private readonly RootlessBundle? _bundle;

    public RootlessDelegationTests()
    {
        if (new RootlessFactAttribute(needsVersion2: true).Skip is not null)
            return;
        Subreaper.Become();
        _bundle = new RootlessBundle(_root);
        Assert.Equal(0, Sh(
            $"echo '+memory +pids +cpu' > /sys/fs/cgroup/cgroup.subtree_control; mkdir -p {Subtree}/own; "
            + $"chown {User} {Subtree} {Subtree}/cgroup.procs {Subtree}/cgroup.subtree_control {Subtree}/cgroup.threads; chown -R {User} {Subtree}/own").Code);
    }

    private string Subtree => "/sys/fs/cgroup" + _root.CgroupParent;

    public void Dispose()
    {
        if (_bundle is not null)
            Directory.Delete(Subtree + "/own");
        _root.Dispose();
    }

    [RootlessFact(needsVersion2: true)]
    public void Limits_are_in_force_beside_the_group_that_the_user_is_in()
    {
        var bundle = Delegated();
        bundle.Limit(32 << 20, 30, 50_000);
        bundle.Configure("cat", "/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/pids.max", "/sys/fs/cgroup/cpu.max");
        Assert.Equal(["33554432", "30", "50000", "100000"], Words(bundle.Read("run", "limited")));
        Leaves_nothing();
    }

    [RootlessFact(needsVersion2: true)]
    public void A_container_is_joined_frozen_updated_and_removed_there()
    {
        var bundle = Delegated();
        bundle.Limit(32 << 20, 30, 50_000);
        bundle.Configure("pause");
        bundle.Read("create", "limited");
        bundle.Read("start", "limited");
        var group = Subtree + "/limited";
        Assert.Equal("33554432\n", File.ReadAllText(group + "/memory.max"));
        // The command is moved from the user's group to the container's: both are below what is delegated.
        Assert.Equal("0::/\n", bundle.Read("exec", "limited", "/target", "cat", "/proc/self/cgroup"));
        bundle.Read("pause", "limited");
        Assert.Equal("1\n", File.ReadAllText(group + "/cgroup.freeze"));
        bundle.Read("resume", "limited");
        bundle.Read("update", "--memory", "67108864", "limited");
        Assert.Equal("67108864\n", File.ReadAllText(group + "/memory.max"));
        Assert.Contains("/target pause", bundle.Read("ps", "limited"));
        bundle.Read("delete", "--force", "limited");
        Leaves_nothing();
    }

    [RootlessFact(needsVersion2: true)]
    public void A_memory_limit_ends_what_goes_over_it()
    {
        var bundle = Delegated();
        bundle.Limit(32 << 20, 30, 100_000);
        bundle.Edit(config => config["linux"]!["resources"]!["memory"]!["swap"] = 32 << 20);
        bundle.Configure("leak");
        Assert.Equal(128 + 9, bundle.Ccrun("run", "limited").Code);
        Leaves_nothing();
    }

    [RootlessFact(needsVersion2: true)]
    public void A_group_is_named_by_its_path_too()
    {
        var bundle = Delegated();
        bundle.Limit(32 << 20, 30, 50_000);
        bundle.Edit(config => config["linux"]!["cgroupsPath"] = _root.CgroupParent + "/a/b");
        bundle.Configure("pause");
        bundle.Read("create", "limited");
        Assert.Equal("33554432\n", File.ReadAllText(Subtree + "/a/b/memory.max"));
        bundle.Read("delete", "--force", "limited");
        Leaves_nothing();
    }

    [RootlessFact(needsVersion2: true)]
    public void A_controller_that_is_not_passed_on_is_named_by_the_limit_that_needs_it()
    {
        var bundle = Delegated();
        // Whoever delegates decides which controllers go with it: here none, the group's own parent passes on nothing.
        Assert.Equal(0, Sh($"chown root {Subtree}/cgroup.subtree_control; mkdir -p {Subtree}/closed/own; chown -R {User} {Subtree}/closed").Code);
        bundle.Before = $"echo $$ > {Subtree}/closed/own/cgroup.procs";
        bundle.Limit(32 << 20, 30, 50_000);
        bundle.Configure("true");
        var (code, _, errors) = bundle.Ccrun("run", "limited");
        Assert.Equal(1, code);
        Assert.Matches("linux.resources.(memory|pids|cpu).*not (available|passed on)", errors);
        Assert.Empty(Directory.GetDirectories(Subtree + "/closed", "limited"));
        Assert.Equal(0, Sh($"rmdir {Subtree}/closed/own {Subtree}/closed").Code);
        Leaves_nothing();
    }

    [RootlessFact(needsVersion2: true)]
    public void Without_delegation_a_limit_is_refused_with_the_way_to_get_it_and_nothing_else_is()
    {
        _bundle!.Limit(32 << 20, 30, 50_000);
        _bundle.Configure("exit", "7");
        var (code, _, errors) = _bundle.Ccrun("run", "limited");
        Assert.Equal(1, code);
        Assert.Contains("Delegate=yes", errors);
        _bundle.Edit(config => config["linux"]!.AsObject().Remove("resources"));
        Assert.Equal((7, "", ""), _bundle.Ccrun("run", "limited"));
        Leaves_nothing();
    }

    [RootlessFact(needsVersion2: true)]
    public void A_user_in_the_delegated_group_itself_is_told_to_go_below_it()
    {
        _bundle!.Before = $"echo $$ > {Subtree}/cgroup.procs";
        _bundle.Limit(32 << 20, 30, 50_000);
        _bundle.Configure("true");
        var (code, _, errors) = _bundle.Ccrun("run", "limited");
        Assert.Equal(1, code);
        Assert.Contains($"{_root.CgroupParent} is delegated", errors);
        Leaves_nothing();
    }

    /// <summary>The user in a group below the delegated one, which a version 2 group with controllers needs to have room beside it.</summary>
    private RootlessBundle Delegated()
    {
        _bundle!.Before = $"echo $$ > {Subtree}/own/cgroup.procs";
        return _bundle;
    }

    private void Leaves_nothing()
    {
        _bundle!.Leaves_nothing();
        Assert.Equal([Subtree + "/own"], Directory.GetDirectories(Subtree));
    }
}
