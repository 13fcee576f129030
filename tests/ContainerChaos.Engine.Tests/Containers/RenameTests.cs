using System.Diagnostics;
using System.Globalization;
using ContainerChaos.Linux;
using ContainerChaos.Runtime;
using Xunit;

namespace ContainerChaos.Engine.Tests;

/// <summary>Containers that get another name: one name each at every moment, whoever is killed.</summary>
public sealed class RenameTests : OptionTest
{
    [Fact]
    public void A_running_container_goes_on_under_its_new_name()
    {
        var container = Start("before", options => options);
        var before = DateTimeOffset.UtcNow;

        var renamed = Engine.Rename("before", "after");

        Assert.Equal(("after", container.Id, container.Pid), (renamed.Name, renamed.Id, renamed.Pid));
        Assert.Equal(container.Id, new ContainerEngine(Options).Get("after").Id);
        Fails(ErrorReason.ContainerNotFound, () => Engine.Get("before"));
        Assert.Equal(["after"], Engine.ListNames(""));
        Assert.Equal("hello", Look(renamed, "echo", "hello")[0]);
        Assert.NotEqual(container.Id, Engine.Create(Target() with { Name = "before" }).Id);
        Engine.Stop("after", TimeSpan.Zero);
        var events = Engine.ReadEvents(new() { Since = before, Until = DateTimeOffset.UtcNow }).Where(one => one.ContainerId == container.Id).ToArray();
        Assert.Equal(("after", "before"), (events.Single(one => one.Type == "rename").Name, events.Single(one => one.Type == "rename").Attributes["oldName"]));
        Assert.Equal("after", events.Single(one => one.Type == "die").Name);
        Engine.Rename("after", "at-last");
        Assert.Equal("at-last", Engine.Start("at-last").Name);
    }

    [Fact]
    public void A_name_that_another_container_has_is_refused_and_so_is_its_own()
    {
        var other = Engine.Create(Target() with { Name = "taken" });
        Start("app", options => options);

        Assert.Contains(other.Id[..12], Fails(ErrorReason.NameInUse, () => Engine.Rename("app", "taken")).Message, StringComparison.Ordinal);
        Fails(ErrorReason.NameInUse, () => Engine.Rename("app", "app"));
        Fails(ErrorReason.InvalidName, () => Engine.Rename("app", "a/b"));
        Fails(ErrorReason.ContainerNotFound, () => Engine.Rename("gone", "new"));

        Assert.Equal(["app", "taken"], Engine.ListNames(""));
        Assert.Equal(["app", "taken"], Engine.List().Select(container => container.Name).Order());
    }

    [Fact]
    public void A_kill_at_any_step_leaves_one_name()
    {
        var root = Prepare("count");
        var steps = int.Parse(Die(root, -1), CultureInfo.InvariantCulture);
        Assert.InRange(steps, 3, 10);
        for (var step = 0; step < steps; step++)
        {
            root = Prepare($"step{step}");
            Assert.Equal("", Die(root, step));

            var engine = Open(root);
            var container = Assert.Single(engine.List());
            Assert.Equal(container.Id, engine.Get(container.Name).Id);
            var lost = container.Name == "old" ? "new" : "old";
            Fails(ErrorReason.ContainerNotFound, () => engine.Get(lost));
            // The name that it does not have is free, and the one that it has is not.
            Fails(ErrorReason.NameInUse, () => engine.Create(new ContainerCreateOptions { Image = "none", Name = container.Name, Command = ["/hello"] }));
            var second = engine.Create(new ContainerCreateOptions { Image = "none", Name = lost, Command = ["/hello"] });
            engine.Remove(container.Id);
            Assert.Equal(second.Id, engine.Rename(lost, container.Name).Id);
            engine.Remove(second.Id);
            Assert.Equal([".lock"], Directory.GetFiles(Path.Combine(root, "names")).Select(Path.GetFileName));
        }
    }

    /// <summary>CONTAINERCHAOS_LONG=1 asks for the long form.</summary>
    [Fact]
    public void A_monitor_that_is_killed_during_a_rename_leaves_one_name()
    {
        var random = new Random(3);
        var container = Start("name-0", options => options);
        var rounds = Environment.GetEnvironmentVariable("CONTAINERCHAOS_LONG") == "1" ? 300 : 6;
        for (var round = 1; round <= rounds; round++)
        {
            var delay = TimeSpan.FromMicroseconds(random.Next(0, 3000));
            using var monitor = PidFd.Open(ReadMonitorPid(container));
            var killer = KillAfter(monitor, delay);
            Assert.Equal($"name-{round}", Engine.Rename($"name-{round - 1}", $"name-{round}").Name);
            killer.Join();
            AwaitEnd(monitor);
            Assert.Equal([$"name-{round}"], Engine.ListNames(""));
            Assert.Equal("it runs", Look(Engine.Get($"name-{round}"), "echo", "it runs")[0]);
        }
    }

    [Fact]
    public void Of_many_who_want_a_name_one_gets_it_and_nobody_loses_its_own()
    {
        var containers = Enumerable.Range(0, 6).Select(i => Engine.Create(Target() with { Name = $"own-{i}" })).ToArray();
        for (var round = 0; round < 5; round++)
        {
            var won = 0;
            Parallel.ForEach(containers, container =>
            {
                try
                {
                    new ContainerEngine(Options).Rename(container.Id, "wanted");
                    Interlocked.Increment(ref won);
                }
                catch (ContainerException e) when (e.Reason == ErrorReason.NameInUse)
                {
                }
            });
            Assert.Equal(1, won);
            var names = Engine.List().ToDictionary(container => container.Name, container => container.Id);
            Assert.Equal(6, names.Count);
            Assert.All(names, pair => Assert.Equal(pair.Value, Engine.Get(pair.Key).Id));
            Assert.Equal(names.Keys.Order(), Engine.ListNames(""));
            Engine.Rename("wanted", $"own-{Array.FindIndex(containers, container => container.Id == names["wanted"])}");
        }
    }

    private string Prepare(string name)
    {
        var root = Root[name];
        var engine = Open(root);
        engine.Images.Import(Directory.Exists(Root["tree"]) ? Root["tree"] : MakeTree(), "none");
        engine.Create(new ContainerCreateOptions { Image = "none", Name = "old", Command = ["/hello"] });
        return root;
    }

    private ContainerEngine Open(string root) => new(Options with { DataRoot = root, RunRoot = root + ".run", TargetPath = Root["none"] });

    private static string Die(string root, int step)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", [typeof(Program).Assembly.Location, "rename", root, "old:new", step.ToString(CultureInfo.InvariantCulture)]) { RedirectStandardOutput = true })!;
        var said = process.StandardOutput.ReadToEnd().Trim();
        process.WaitForExit();
        Assert.Equal(step < 0 ? 0 : 137, process.ExitCode);
        return said;
    }
}
