using System.Text.Json;
using ContainerChaos.Engine;
using ContainerChaos.Runtime;
using ContainerChaos.Scenarios.Faults;
using ContainerChaos.Supervisor;
using ContainerChaos.Testing;

namespace ContainerChaos.Scenarios.Tests.Faults;

/// <summary>What keeps working when the runtime itself loses its disk.</summary>
public sealed class RuntimeFaultTests : FaultTest
{
    [Fact]
    public void With_a_read_only_directory_a_container_runs_on_and_is_stopped_and_nothing_that_is_new_is_begun()
    {
        Container container = Run(policy: "always");
        using (RunningFault fault = Start("action: state-directory"))
        {
            AwaitService(container);
            Assert.Equal(0, Engine.Invoke(Name, new ContainerCommandOptions { Command = ["/target", "true"] }).ExitCode);
            Assert.Throws<IOException>(() => File.WriteAllText(Path.Combine(container.RootPath, "x"), ""));
            // Its writable layer can't be mounted where nothing may be written: the monitor goes on trying.
            Injector.Apply(new CrashFault(), Target);
            Await(() => Events(container).Count(e => e == EventTypes.BackOff) > 1, "the crash");
            Assert.Equal(ErrorReason.InvalidState, Assert.Throws<ContainerException>(() => Start("action: state-directory")).Reason);
            fault.Undo();
            Assert.Equal(FaultEnd.Undone, fault.WaitForEnd());
        }

        AwaitService(AwaitNext(container));
        using RunningFault again = Start("action: state-directory");
        // It is stopped, whatever can be written down of that.
        Engine.Stop(Name, TimeSpan.Zero);
        again.Undo();
        // The monitor writes it down when it can, and is not asked when.
        Await(() => Engine.List().All(one => one.State != ContainerStatus.Running), "the end that could not be written down");
        Engine.Start(Name);
        AwaitService(Engine.Get(Name));
    }

    [Fact]
    public void With_a_full_disk_of_the_log_a_container_runs_is_restarted_and_stopped_and_the_log_goes_on_afterwards()
    {
        Assert.Contains("the host lives on", Assert.Throws<ContainerException>(() => { Run("other"); Injector.Start(new LogDiskFault(), ChaosTarget.Of(Engine.Get("other")), new FaultOptions()); }).Message);
        using var disk = new SmallDisk(Root["small"], megabytes: 24);
        var engine = new ContainerEngine(Engine.Options with { DataRoot = Path.Combine(disk.Path, "data") });
        engine.Create(new ContainerCreateOptions { Name = Name, Image = "target", Command = ["serve", "--unix", "/http.sock"], Network = "none", RestartPolicy = RestartPolicy.Always, RestartDelay = RestartDelay.None });
        Container container = engine.Start(Name);
        try
        {
            AwaitService(container);
            var injector = new FaultInjector(engine);
            using RunningFault fault = injector.Start(FaultOwner.Read("action: log-disk"), ChaosTarget.Of(engine.Get(Name)), new FaultOptions { Duration = TimeSpan.FromMinutes(1) });
            Assert.Throws<IOException>(() => File.WriteAllBytes(Path.Combine(container.RootPath, "x"), new byte[1 << 16]));
            AwaitService(container);
            injector.Apply(new CrashFault(), ChaosTarget.Of(engine.Get(Name)));
            AwaitService(AwaitNext(container));
            // What is asked of the engine is what could be written down last.
            Assert.Equal(container.Pid, engine.Get(Name).Pid);
            fault.Undo();
            File.Delete(Path.Combine(container.RootPath, "x"));
            engine.Restart(Name, TimeSpan.Zero);
            AwaitService(engine.Get(Name));
            // What found no room is missing; what is there is whole.
            string[] log = File.ReadAllLines(container.LogPath);
            Assert.NotEmpty(log);
            Assert.All(log, line => JsonDocument.Parse(line).Dispose());
        }
        finally
        {
            engine.Remove(Name, force: true);
        }
    }

    /// <summary>The next incarnation, as its monitor knows it: that could perhaps not be written down.</summary>
    private static Container AwaitNext(Container container)
    {
        ContainerState? state = null;
        Await(
            () =>
            {
                using MonitorClient? monitor = MonitorClient.TryConnect(new ContainerPaths(container.RootPath, container.RunPath));
                return (state = monitor?.GetState()) is { Status: ContainerStatus.Running, Pid: > 0 } && state.Pid != container.Pid;
            },
            "the crash");
        return container with { Pid = state!.Pid };
    }

    private static IEnumerable<string> Events(Container container) =>
        File.ReadLines(Path.Combine(container.RootPath, "events.jsonl")).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("type").GetString()!);
}
