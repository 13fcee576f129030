using System.Diagnostics;
using ContainerChaos.Linux;

namespace ContainerChaos.Runtime.Tests;

/// <summary>
/// The life cycle many times over, and with its commands killed at any point of it: nothing grows, nothing is orphaned. A few rounds
/// as a rule, thousands with CONTAINERCHAOS_LONG=1.
/// </summary>
public sealed class LifecycleEnduranceTests : IDisposable
{
    private readonly TestRoot _root = new();
    private readonly Hardening.Bundle _bundle;

    public LifecycleEnduranceTests() => _bundle = new Hardening.Bundle(_root, ["pause"]);

    public void Dispose() => _root.Dispose();

    [Fact]
    public void Nothing_grows_over_many_life_cycles()
    {
        Cycle();
        var before = Holdings();
        var rounds = Patience.Rounds(ofLong: 10_000, ofShort: 15);
        for (var round = 0; round < rounds; round++)
            Cycle();
        // The kernel's own counts are everybody's, so others on this machine may have added a few for now; a leak adds one a round, and stays.
        // A removed group of the memory controller counts until the last page cached in it is gone, and those of others may have many.
        var watch = Stopwatch.StartNew();
        while (Grown() is var grown && grown.Any())
        {
            Assert.True(watch.Elapsed < Patience.Limit, string.Join(", ", grown));
            Cycle();
        }

        IEnumerable<string> Grown() => Holdings().Where(now => now.Value - before[now.Key] > (now.Key == "memory" ? Math.Max(rounds / 2, 500) : Math.Max(rounds / 100, 12)))
            .Select(now => $"{now.Key}: {before[now.Key]} grew to {now.Value} in {rounds} rounds").ToArray();

        void Cycle()
        {
            Assert.Equal(0, Ccrun("create", "--bundle", _root["bundle"], _bundle.Id));
            Assert.Equal(0, Ccrun("start", _bundle.Id));
            Assert.Equal(0, Ccrun("kill", _bundle.Id, "KILL"));
            Assert.Equal(0, Ccrun("delete", "--force", _bundle.Id));
            Nothing_is_left();
        }
    }

    [Theory]
    [InlineData("create")]
    [InlineData("run")]
    public void A_command_that_is_killed_at_any_point_leaves_a_container_that_can_be_deleted(string verb)
    {
        var random = new Random(4711);
        for (var round = 0; round < Patience.Rounds(ofLong: 1000, ofShort: 25); round++)
        {
            using (var creating = Start(verb, "--bundle", _root["bundle"], _bundle.Id))
            {
                // Any point from before its first instruction to after its last.
                if (!creating.WaitForExit(TimeSpan.FromMilliseconds(random.NextDouble() * 25)))
                    creating.Kill();
                creating.WaitForExit();
            }
            Assert.Equal(0, Ccrun("delete", "--force", _bundle.Id));
            Nothing_is_left();
        }
    }

    private void Nothing_is_left()
    {
        _root.ReapAdopted();
        // One that was killed early has not made it yet.
        if (Directory.Exists(_root["ids"]))
            Assert.Empty(Directory.EnumerateFileSystemEntries(_root["ids"]));
        Assert.DoesNotContain(MountInfo.ReadSelf(), mount => mount.MountPoint.StartsWith(_root.Directory, StringComparison.Ordinal));
        Assert.Empty(Groups());
    }

    private IEnumerable<string> Groups() =>
        MountInfo.ReadSelf().Where(mount => mount.FileSystem is "cgroup" or "cgroup2").Select(mount => mount.MountPoint + _root.CgroupParent + "/" + _bundle.Id).Where(Directory.Exists);

    /// <summary>What the kernel holds as a whole: mounts, and groups of every controller.</summary>
    private static Dictionary<string, int> Holdings() => File.ReadLines("/proc/cgroups").Skip(1)
        .Select(line => line.Split('\t'))
        .Select(fields => (Name: fields[0], Count: int.Parse(fields[2], System.Globalization.CultureInfo.InvariantCulture)))
        .Append(("mounts", MountInfo.ReadSelf().Count))
        .ToDictionary();

    private int Ccrun(params string[] arguments)
    {
        using var process = Start(arguments);
        process.WaitForExit();
        return process.ExitCode;
    }

    private Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo(TestRoot.CcrunPath);
        foreach (var argument in (string[])["--root", _root["ids"], .. arguments])
            start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }
}
