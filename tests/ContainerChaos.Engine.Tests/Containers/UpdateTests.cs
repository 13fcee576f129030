using System.Globalization;
using ContainerChaos.Linux;
using ContainerChaos.Runtime;
using ContainerChaos.Supervisor;
using Xunit;

namespace ContainerChaos.Engine.Tests;

/// <summary>Limits and restart policies that change, also while the container runs and its monitor is killed.</summary>
public sealed class UpdateTests : OptionTest
{
    private const string NoLimitLegacy = "9223372036854771712";

    [Fact]
    [Trait("Category", "Kernel")]
    public void Limits_of_a_running_container_change_at_once_stay_and_can_be_taken_away()
    {
        var container = Start("app", options => options with { MemoryBytes = 64 << 20 });
        var before = DateTimeOffset.UtcNow;

        Engine.Update("app", new ContainerUpdateOptions { MemoryBytes = 96 << 20, PidsLimit = 40, Cpus = 0.5, CpuShares = 512, CpusetCpus = "0", MemoryReservationBytes = 32 << 20 });

        AssertLimits(96 << 20, 40, "50000", "0");
        Assert.Equal("0", Field(container, "/proc/1/status", "Cpus_allowed_list:"));
        Assert.Equal((96 << 20, 40), (new ContainerEngine(Options).Get("app").Limits.MemoryBytes, Engine.Get("app").Limits.PidsLimit));
        Assert.Equal(96 << 20, RuntimeSpecJson.Read(Path.Combine(container.RootPath, "config.json")).Linux!.Resources!.Memory!.Limit);
        Assert.Equal("update", Assert.Single(Engine.ReadEvents(new() { Since = before, Until = DateTimeOffset.UtcNow }), one => one.Type == "update").Type);

        Engine.Restart("app", TimeSpan.Zero);
        AssertLimits(96 << 20, 40, "50000", "0");
        Engine.Stop("app", TimeSpan.Zero);
        Engine.Update("app", new ContainerUpdateOptions { PidsLimit = 41 });
        Engine.Start("app");
        AssertLimits(96 << 20, 41, "50000", "0");

        Engine.Update("app", new ContainerUpdateOptions { MemoryBytes = 0, PidsLimit = -1, Cpus = 0, CpuShares = 0, CpusetCpus = "", MemoryReservationBytes = 0 });
        var all = File.ReadAllText("/sys/devices/system/cpu/online").Trim();
        Assert.Equal(("max", all), (Read(container, "pids", "pids.max", "pids.max"), Field(container, "/proc/1/status", "Cpus_allowed_list:")));
        Assert.Contains(Read(container, "memory", "memory.limit_in_bytes", "memory.max"), new[] { NoLimitLegacy, "max" });
        Assert.Contains(Read(container, "memory", "memory.soft_limit_in_bytes", "memory.low"), new[] { NoLimitLegacy, "0" });
        Assert.Contains(Read(container, "cpu", "cpu.cfs_quota_us", "cpu.max"), new[] { "-1", "max 100000" });
        Assert.Contains(Read(container, "cpu", "cpu.shares", "cpu.weight"), new[] { "1024", "100" });
        Assert.Equal(new ContainerLimits(), Engine.Get("app").Limits);

        void AssertLimits(long memory, int pids, string quota, string cpus)
        {
            Assert.Equal(memory.ToString(CultureInfo.InvariantCulture), Read(container, "memory", "memory.limit_in_bytes", "memory.max"));
            Assert.Equal(pids.ToString(CultureInfo.InvariantCulture), Read(container, "pids", "pids.max", "pids.max"));
            Assert.StartsWith(quota, Read(container, "cpu", "cpu.cfs_quota_us", "cpu.max"), StringComparison.Ordinal);
            Assert.Equal(cpus, Read(container, "cpuset", "cpuset.cpus", "cpuset.cpus"));
        }
    }

    [Fact]
    public void An_update_that_fails_changes_nothing()
    {
        var container = Start("app", options => options with { MemoryBytes = 64 << 20, PidsLimit = 30 });
        var definition = File.ReadAllText(Path.Combine(container.RootPath, "container.json"));

        // Memory and pids come first and could be had; no kernel takes this quota.
        var error = Fails(ErrorReason.InvalidArgument, () => Engine.Update("app", new ContainerUpdateOptions { MemoryBytes = 128 << 20, PidsLimit = 31, CpuQuota = 1L << 45, RestartPolicy = RestartPolicy.Always }));
        Assert.Contains("-CpuQuota", error.Message, StringComparison.Ordinal);
        error = Fails(ErrorReason.LimitTooLow, () => Engine.Update("app", new ContainerUpdateOptions { MemoryBytes = 1 << 20 }));
        Assert.Contains("below the minimum", error.Message, StringComparison.Ordinal);

        Assert.Equal($"{64 << 20}", Read(container, "memory", "memory.limit_in_bytes", "memory.max"));
        Assert.Equal("30", Read(container, "pids", "pids.max", "pids.max"));
        Assert.Contains(Read(container, "cpu", "cpu.cfs_quota_us", "cpu.max"), new[] { "-1", "max 100000" });
        Assert.Equal(definition, File.ReadAllText(Path.Combine(container.RootPath, "container.json")));
        Assert.Equal(RestartPolicy.No, Engine.Get("app").RestartPolicy);
    }

    [Fact]
    public void A_policy_counts_from_the_next_end_on()
    {
        Start("app", options => options);
        using (var events = Engine.Subscribe("app"))
        {
            Engine.Update("app", new ContainerUpdateOptions { RestartPolicy = RestartPolicy.Always, RestartDelay = RestartDelay.None });
            Engine.Crash("app");
            Assert.Equal("1", AwaitEvent(events, EventTypes.Start).Attributes["restartCount"]);
        }
        Engine.Update("app", new ContainerUpdateOptions { RestartPolicy = RestartPolicy.Parse("on-failure:1") });
        Engine.Crash("app");
        Assert.Equal((ContainerStatus.Exited, 1), (Engine.Wait("app").State, Engine.Get("app").RestartCount));
    }

    /// <summary>CONTAINERCHAOS_LONG=1 asks for the long form.</summary>
    [Fact]
    public void A_monitor_that_is_killed_during_an_update_leaves_the_old_limits_or_the_new_ones()
    {
        var random = new Random(7);
        var container = Start("app", options => options with { MemoryBytes = 64 << 20, PidsLimit = 20 });
        var rounds = Environment.GetEnvironmentVariable("CONTAINERCHAOS_LONG") == "1" ? 300 : 6;
        for (var round = 1; round <= rounds; round++)
        {
            var delay = TimeSpan.FromMicroseconds(random.Next(0, 4000));
            using var monitor = PidFd.Open(ReadMonitorPid(container));
            var killer = KillAfter(monitor, delay);
            Engine.Update("app", new ContainerUpdateOptions { MemoryBytes = (64 + round) << 20, PidsLimit = 20 + round });
            killer.Join();
            AwaitEnd(monitor);

            // The call repeated itself, or it was over; either way it holds, and a new monitor has it from the disk.
            var limits = Engine.Get("app").Limits;
            Assert.Equal(((64L + round) << 20, 20 + round), (limits.MemoryBytes, limits.PidsLimit));
            Assert.Equal(($"{(64 + round) << 20}", $"{20 + round}"), (Read(container, "memory", "memory.limit_in_bytes", "memory.max"), Read(container, "pids", "pids.max", "pids.max")));
        }
        Assert.Equal(ContainerStatus.Running, Engine.Get("app").State);
    }

    [Fact]
    [Trait("Category", "Kernel")]
    public void What_a_killed_monitor_has_set_and_not_written_down_is_undone_by_the_next()
    {
        var container = Start("app", options => options with { MemoryBytes = 64 << 20, PidsLimit = 20 });
        KillMonitor(container);
        var group = GroupOf(container);
        group.Write("pids", "pids.max", "77");
        group.Write("memory", group.IsUnified("memory") ? "memory.max" : "memory.soft_limit_in_bytes", group.IsUnified("memory") ? "max" : "7340032");

        Engine.Get("app");

        Assert.Equal("20", Read(container, "pids", "pids.max", "pids.max"));
        Assert.Equal(group.IsUnified("memory") ? $"{64 << 20}" : NoLimitLegacy, Read(container, "memory", "memory.soft_limit_in_bytes", "memory.max"));
    }
}
