using ContainerChaos.Runtime;
using ContainerChaos.Supervisor;
using Xunit;

namespace ContainerChaos.Engine.Tests;

/// <summary>What an earlier boot left, made by changing the boot that the states on disk name.</summary>
public sealed class RestoreTests : ContainerTest
{
    [Fact]
    public void What_ran_in_an_earlier_boot_is_down_whoever_has_its_PID_now()
    {
        var container = Run("pause");
        var before = EndInAnEarlierBoot(container, Environment.ProcessId);
        var seen = Engine.Get(container.Name);
        Assert.Equal((ContainerStatus.Exited, 255, null), (seen.State, seen.ExitCode, seen.Pid));
        Assert.NotNull(seen.FinishedAt);
        Assert.Null(Engine.GetProcessId(container.Name));
        Assert.Empty(Engine.GetProcesses(container.Name));
        Assert.Equal(ContainerStatus.Exited, Engine.Wait(container.Id).State);
        Assert.Equal(ContainerStatus.Exited, Engine.Stop(container.Id).State);
        Fails(ErrorReason.InvalidState, () => Engine.Suspend(container.Id));
        Assert.Equal(0, before.RestartCount);
        Assert.NotEqual(before.Pid, Engine.Start(container.Id).Pid);
    }

    [Fact]
    public void The_policies_bring_back_what_Docker_brings_back()
    {
        // As observed of Docker 20.10 whose daemon, shims and containers were killed at once.
        var expected = new Dictionary<string, bool>
        {
            ["no-running"] = false,
            ["always-running"] = true,
            ["always-stopped"] = true,
            ["unless-running"] = true,
            ["unless-stopped"] = false,
            ["onfailure-running"] = true,
            ["onfailure-stopped"] = true,
            ["onfailure-ok"] = false,
            ["onfailure-usedup"] = false,
            ["always-created"] = false,
        };
        var policies = new Dictionary<string, string> { ["no"] = "no", ["always"] = "always", ["unless"] = "unless-stopped", ["onfailure"] = "on-failure" };
        foreach (var name in expected.Keys)
        {
            var policy = RestartPolicy.Parse(name == "onfailure-usedup" ? "on-failure:1" : policies[name.Split('-')[0]]);
            string[] command = name switch { "onfailure-ok" => ["true"], "onfailure-usedup" => ["false"], _ => ["pause"] };
            var made = Engine.Create(Target(command) with { Name = name, RestartPolicy = policy, RestartDelay = RestartDelay.None });
            if (name == "always-created")
                continue;
            var started = Engine.Start(made.Id);
            if (command[0] != "pause")
                Engine.Wait(made.Id);
            else if (name.EndsWith("stopped", StringComparison.Ordinal))
                Engine.Stop(made.Id, TimeSpan.Zero);
            else
                EndInAnEarlierBoot(started, started.Pid!.Value);
        }
        Assert.Equal(expected.Where(one => one.Value).Select(one => one.Key).Order(), Engine.FindRestorable().Select(container => container.Name).Order());
        foreach (var container in Engine.FindRestorable())
            Assert.Equal((ContainerStatus.Running, 0), (Engine.Start(container.Id).State, Engine.Get(container.Id).RestartCount));
        Assert.Empty(Engine.FindRestorable());
    }

    [Fact]
    public void A_container_whose_network_another_joins_comes_first()
    {
        var owner = Engine.Create(Target("pause") with { Name = "z-owner", RestartPolicy = RestartPolicy.Always });
        Engine.Start(owner.Id);
        var guest = Engine.Create(Target("pause") with { Name = "a-guest", RestartPolicy = RestartPolicy.Always, Network = "container:z-owner" });
        Engine.Start(guest.Id);
        EndInAnEarlierBoot(Engine.Get(guest.Id), Engine.Get(guest.Id).Pid!.Value);
        EndInAnEarlierBoot(Engine.Get(owner.Id), Engine.Get(owner.Id).Pid!.Value);
        Assert.Equal(["z-owner", "a-guest"], Engine.FindRestorable().Select(container => container.Name));
        foreach (var container in Engine.FindRestorable())
            Engine.Start(container.Id);
    }

    [Fact]
    public void What_was_to_be_removed_at_its_end_is_removed_after_the_boot()
    {
        var container = Engine.Start(Engine.Create(Target("pause") with { AutoRemove = true }).Id);
        EndInAnEarlierBoot(container, container.Pid!.Value);
        Assert.Empty(Engine.List());
        Assert.False(Directory.Exists(container.RootPath));
    }

    /// <summary>Ends monitor and container behind the engine's back, and lets the state say that it ran in another boot under a PID.</summary>
    private ContainerState EndInAnEarlierBoot(Container container, int pid)
    {
        KillMonitor(container);
        using (var first = Linux.PidFd.Open(container.Pid!.Value))
        {
            first.SendSignal(9);
            AwaitEnd(first);
        }
        var group = Linux.CgroupHost.Current.Group(container.CgroupPath);
        group.EndProcesses(TimeSpan.FromSeconds(10));
        group.TryDelete();
        // What is below /run goes with the boot.
        Directory.Delete(Path.Combine(Options.RunRoot, container.Id), recursive: true);
        var path = Path.Combine(container.RootPath, "state.json");
        var state = JsonFile.TryRead(path, SupervisorJson.ContainerState)!;
        Assert.Equal((ContainerStatus.Running, Linux.BootIdentity.Current), (state.Status, state.BootId));
        JsonFile.Write(path, state with { BootId = "00000000-0000-4000-8000-000000000000", Pid = pid, PidStartTime = Linux.ProcessStat.TryReadStartTime(pid) ?? 1, MonitorPid = Environment.ProcessId }, SupervisorJson.ContainerState);
        return state;
    }

    /// <summary>What systemd thinks of the unit, with the program where the build has put it.</summary>
    [ToolFact("systemd-analyze=systemd")]
    public void The_unit_that_restores_has_no_errors()
    {
        var binaries = Path.GetDirectoryName(Options.CcrunPath)!;
        var source = Path.Combine(binaries, "../../module/systemd/containerchaos-restore.service");
        var unit = Root["containerchaos-restore.service"];
        var text = File.ReadAllText(source);
        Assert.Contains("ExecStart=/usr/local/bin/containerchaos restore", text, StringComparison.Ordinal);
        File.WriteAllText(unit, text.Replace("/usr/local/bin/containerchaos", "/bin/true", StringComparison.Ordinal));
        using var verify = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("systemd-analyze", ["verify", "--man=no", "--generators=no", unit]) { RedirectStandardError = true })!;
        var said = verify.StandardError.ReadToEnd();
        verify.WaitForExit();
        Assert.Equal((0, ""), (verify.ExitCode, said));
    }
}
