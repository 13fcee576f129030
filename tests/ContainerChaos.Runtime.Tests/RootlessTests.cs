using System.Text.Json.Nodes;
using static ContainerChaos.Runtime.Tests.RootlessBundle;

namespace ContainerChaos.Runtime.Tests;

/// <summary>ccrun as an ordinary user: one that the host has no name for, with nothing but a directory of its own.</summary>
public sealed class RootlessTests : IDisposable
{
    private const int FirstSubordinate = 200_000;

    private readonly TestRoot _root = new();

    private readonly RootlessBundle _bundle;

    public RootlessTests() => _bundle = new RootlessBundle(_root);

    public void Dispose() => _root.Dispose();

    [RootlessFact]
    public void What_spec_writes_runs_with_the_user_as_its_root()
    {
        Configure("seq", "cat", "/proc/self/uid_map", ";", "cat", "/proc/self/setgroups", ";", "exit", "42");
        var (code, output, errors) = Ccrun("run", "own");
        Assert.Equal((42, ""), (code, errors));
        Assert.Equal(["0", $"{User}", "1", "deny"], Words(output));
        Leaves_nothing();
    }

    [RootlessFact]
    public void A_created_container_is_started_entered_killed_and_deleted()
    {
        Configure("signals");
        Assert.Equal((0, "", ""), Ccrun("create", "four"));
        Assert.Equal((0, "", ""), Ccrun("start", "four"));
        var (code, output, _) = Ccrun("exec", "four", "/target", "cat", "/proc/self/uid_map");
        Assert.Equal((0, $"{User}"), (code, Words(output)[1]));
        Assert.Contains($"{User}", Ccrun("list").Output);
        // Nothing was asked for, and the hierarchies are not the user's: it has no group, which is an error only when one is needed.
        Assert.Contains("no control group of its own", Ccrun("pause", "four").Errors);
        Assert.Equal((0, "", ""), Ccrun("delete", "--force", "four"));
        Leaves_nothing();
    }

    [RootlessFact(needsIdPrograms: true)]
    public void More_ids_are_mapped_by_newuidmap()
    {
        Configure("seq", "cat", "/proc/self/uid_map", ";", "cat", "/proc/self/setgroups");
        MapMore();
        // The lists are the user's in a mount namespace of this test's own.
        File.WriteAllText(_root["subid"], $"{User}:{FirstSubordinate}:65536\n");
        File.WriteAllText(_root["passwd"], File.ReadAllText("/etc/passwd") + $"ccuser:x:{User}:{User}::/:/bin/sh\n");
        var (code, output, errors) = Sh(
            $"mount --make-rprivate /; mount --bind '{_root["subid"]}' /etc/subuid; mount --bind '{_root["subid"]}' /etc/subgid; mount --bind '{_root["passwd"]}' /etc/passwd; "
            + $"cd '{_root["bundle"]}'; exec env {_bundle.Environment} {AsUser} '{_root["ccrun"]}' run many", "unshare", "--mount");
        Assert.Equal((0, ""), (code, errors));
        Assert.Equal(["0", $"{User}", "1", "1", $"{FirstSubordinate}", "65535", "allow"], Words(output));
        Leaves_nothing();
    }

    [RootlessFact]
    public void Ids_that_are_not_the_user_s_are_refused_with_the_way_to_get_them()
    {
        Configure("true");
        MapMore();
        var (code, _, errors) = Ccrun("run", "many");
        Assert.Equal(1, code);
        Assert.Contains("linux.uidMappings: ", errors);
        Assert.Contains("/etc/subuid", errors);
        Leaves_nothing();
    }

    [RootlessFact]
    public void A_limit_without_a_delegated_group_is_refused()
    {
        Configure("true");
        Edit(config => config["linux"]!["resources"] = new JsonObject { ["memory"] = new JsonObject { ["limit"] = 33554432 } });
        var (code, _, errors) = Ccrun("run", "limited");
        Assert.Equal(1, code);
        Assert.Contains("delegated", errors);
        Leaves_nothing();
    }

    [RootlessFact(needsVersion1: true)]
    public void A_limit_in_a_delegated_group_is_set_and_one_beside_it_is_refused()
    {
        var group = $"/sys/fs/cgroup/memory{_root.CgroupParent}";
        Sh($"mkdir '{group}'; chown {User} '{group}' '{group}/cgroup.procs'");
        Configure("seq", "cat", "/proc/self/cgroup", ";", "cat", "/sys/fs/cgroup/memory/memory.limit_in_bytes");
        Edit(config => config["linux"]!["cgroupsPath"] = _root.CgroupParent + "/limited");
        Edit(config => config["linux"]!["resources"] = new JsonObject { ["memory"] = new JsonObject { ["limit"] = 33554432 } });
        var (code, output, errors) = Ccrun("run", "limited");
        Assert.Equal((0, ""), (code, errors));
        Assert.Contains($":memory:{_root.CgroupParent}/limited", output);
        Assert.EndsWith("33554432", output.Trim());
        Edit(config => config["linux"]!["resources"]!["pids"] = new JsonObject { ["limit"] = 10 });
        (code, _, errors) = Ccrun("run", "limited");
        Assert.Equal(1, code);
        Assert.Contains("linux.resources.pids", errors);
        Leaves_nothing();
    }

    [RootlessFact]
    public void A_state_that_has_no_place_is_an_error_with_the_way_to_give_it_one()
    {
        Configure("true");
        var (code, _, errors) = Sh($"cd '{_root["bundle"]}'; exec {AsUser} '{_root["ccrun"]}' --root /proc/none run nowhere");
        Assert.Equal(1, code);
        (code, _, errors) = Sh($"mkdir -m 700 '{_root["closed"]}'; cd '{_root["bundle"]}'; exec {AsUser} '{_root["ccrun"]}' --root '{_root["closed"]}/x' run nowhere");
        Assert.Equal(1, code);
        Assert.Contains("XDG_RUNTIME_DIR", errors);
    }

    private (int Code, string Output, string Errors) Ccrun(params string[] arguments) => _bundle.Ccrun(arguments);

    private void Configure(params string[] command) => _bundle.Configure(command);

    private void Edit(Action<JsonNode> change) => _bundle.Edit(change);

    private void MapMore() => Edit(config =>
    {
        foreach (var field in new[] { "uidMappings", "gidMappings" })
        {
            config["linux"]![field] = new JsonArray(
                new JsonObject { ["containerID"] = 0, ["hostID"] = User, ["size"] = 1 },
                new JsonObject { ["containerID"] = 1, ["hostID"] = FirstSubordinate, ["size"] = 65535 });
        }
    });

    private void Leaves_nothing()
    {
        _bundle.Leaves_nothing();
        Assert.Empty(_root.FindLeaks());
    }
}
