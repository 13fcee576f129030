using System.Text;
using ContainerChaos.Runtime;
using Xunit;

namespace ContainerChaos.Engine.Tests;

public sealed class CommandStreamTests : ShellTest
{
    [BusyboxFact]
    public void A_command_reads_its_input_and_its_end()
    {
        ImportShell();
        var container = Idle();
        var input = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 100_000).Select(i => $"line {i}\n")));

        Assert.Equal(Enumerable.Range(0, 100_000).Select(i => $"line {i}"), Run(container, input, "cat").Output);
        Assert.Equal(["1"], Run(container, "one\nmore\n"u8.ToArray(), "read x; read y; echo 1").Output);
        // Who does not read it is not waited for.
        Assert.Equal(["2"], Run(container, input, "echo 2").Output);
        Assert.Equal(["0"], Run(container, null, "wc -c").Output);
        Assert.Equal(["0"], Run(container, ReadOnlyMemory<byte>.Empty, "wc -c").Output);
    }

    [BusyboxFact]
    public void A_command_can_have_a_terminal_and_be_typed_to()
    {
        ImportShell();
        var container = Idle();

        var result = Engine.Invoke(container.Id, new ContainerCommandOptions { Command = ["/bin/sh", "-c", "tty; echo $TERM; echo error >&2; cat; echo end; exit 6"], Tty = true, Input = "typed\n"u8.ToArray() });

        Assert.Equal(6, result.ExitCode);
        Assert.Empty(result.Error);
        Assert.StartsWith("/dev/pts/", result.Output.First(line => line.Contains("pts", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Contains("xterm", result.Output);
        Assert.Contains("error", result.Output);
        // Echoed by the terminal, and read by cat.
        Assert.Equal(2, result.Output.Count(line => line.EndsWith("typed", StringComparison.Ordinal)));
        Assert.Equal("end", result.Output[^1]);
        Assert.Equal(["not a tty"], Run(container, null, "tty").Output);
    }

    [BusyboxFact]
    public void A_command_left_to_itself_runs_on()
    {
        ImportShell();
        var container = Idle();

        var process = Engine.InvokeDetached(container.Id, new ContainerCommandOptions { Command = ["/bin/sh", "-c", "sleep 1000; echo never"], User = "app" })!;

        Assert.Equal("app", process.User);
        Assert.Contains(Engine.GetProcesses(container.Id), other => other.HostPid == process.HostPid);
        Fails(ErrorReason.CommandNotFound, () => Engine.InvokeDetached(container.Id, new ContainerCommandOptions { Command = ["/nowhere"] }));
        Fails(ErrorReason.InvalidArgument, () => Engine.InvokeDetached(container.Id, new ContainerCommandOptions { Command = ["/bin/true"], Tty = true }));
    }

    [BusyboxFact]
    public void A_privileged_command_has_every_capability_and_a_user_their_home()
    {
        ImportShell(tree => Directory.CreateDirectory(Path.Combine(tree, "home/app")));
        var container = Idle();

        var few = Capabilities(new ContainerCommandOptions { Command = ["/bin/cat", "/proc/self/status"] });
        var all = Capabilities(new ContainerCommandOptions { Command = ["/bin/cat", "/proc/self/status"], Privileged = true });
        // As many as this process may give.
        var own = Convert.ToUInt64(File.ReadLines("/proc/self/status").First(line => line.StartsWith("CapEff", StringComparison.Ordinal)).Split('\t')[1], 16);
        Assert.Equal(0xa80425fbul, few);
        Assert.Equal(own, all & own);

        Assert.Equal(["/home/app"], Engine.Invoke(container.Id, new ContainerCommandOptions { Command = ["/bin/sh", "-c", "echo $HOME"], User = "app" }).Output);
        Assert.Equal(["/"], Engine.Invoke(container.Id, new ContainerCommandOptions { Command = ["/bin/sh", "-c", "echo $HOME"], User = "app", Env = new Dictionary<string, string> { ["HOME"] = "/" } }).Output);

        ulong Capabilities(ContainerCommandOptions options) =>
            Convert.ToUInt64(Engine.Invoke(container.Id, options).Output.First(line => line.StartsWith("CapEff", StringComparison.Ordinal)).Split('\t')[1], 16);
    }

    private ContainerCommandResult Run(Container container, ReadOnlyMemory<byte>? input, string script) =>
        Engine.Invoke(container.Id, new ContainerCommandOptions { Command = ["/bin/sh", "-c", script], Input = input });
}
