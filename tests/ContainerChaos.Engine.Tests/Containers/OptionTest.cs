using System.Diagnostics;
using ContainerChaos.Linux;

namespace ContainerChaos.Engine.Tests;

/// <summary>A test of an option by what the container, or the kernel, shows of it.</summary>
public abstract class OptionTest : ContainerTest
{
    protected Container Start(ContainerCreateOptions options) => Engine.Start(Engine.Create(options).Id);

    protected Container Start(string name, Func<ContainerCreateOptions, ContainerCreateOptions> with) => Start(with(Target("pause") with { Name = name, StopTimeout = TimeSpan.Zero }));

    /// <summary>What a command of the embedded image writes in a container.</summary>
    protected string[] Look(Container container, params string[] command)
    {
        var result = Engine.Invoke(container.Id, new ContainerCommandOptions { Command = ["/target", .. command] });
        return result.ExitCode == 0 ? [.. result.Output] : throw new InvalidOperationException(string.Join('\n', result.Error));
    }

    /// <summary>A file of a container.</summary>
    protected string Cat(Container container, string path) => string.Join('\n', Look(container, "cat", path));

    /// <summary>A line of a file such as <c>/proc/1/status</c>, without its key.</summary>
    protected string Field(Container container, string path, string key) =>
        Look(container, "cat", path).First(line => line.StartsWith(key, StringComparison.Ordinal))[key.Length..].Trim();

    protected static Cgroup GroupOf(Container container) => CgroupHost.Current.Group(container.CgroupPath, further: ["cpuset", "devices"]);

    /// <summary>One of the two files of a controller, by its version.</summary>
    protected static string Read(Container container, string controller, string file, string unifiedFile)
    {
        var group = GroupOf(container);
        return group.Read(controller, group.IsUnified(controller) ? unifiedFile : file);
    }

    /// <summary>Kills a monitor while something else is under way.</summary>
    protected static Thread KillAfter(PidFd monitor, TimeSpan delay)
    {
        var thread = new Thread(() =>
        {
            var started = Stopwatch.GetTimestamp();
            SpinWait.SpinUntil(() => Stopwatch.GetElapsedTime(started) >= delay);
            monitor.SendSignal(9);
        });
        thread.Start();
        return thread;
    }
}
