using System.Diagnostics;
using ContainerChaos.Runtime;
using Xunit;

namespace ContainerChaos.Engine.Tests;

public sealed class InvokeTests : ContainerTest
{
    [Fact]
    public void A_command_runs_beside_PID_1_and_its_lines_and_code_come_back()
    {
        var container = Engine.Start(Engine.Create(Target("pause") with { Env = new Dictionary<string, string> { ["OWN"] = "1" } }).Id);
        var lines = new List<ContainerCommandLine>();

        var result = Invoke(container, new() { Command = ["/target", "seq", "echo", "one", "two", ";", "env", "OWN", ";", "env", "MORE", ";", "exit", "3"], Env = new Dictionary<string, string> { ["MORE"] = "2" }, OnLine = lines.Add });

        Assert.Equal(3, result.ExitCode);
        Assert.Equal(["one two", "1", "2"], result.Output);
        Assert.Equal(result.Output, lines.Select(line => line.Line));
        Assert.Empty(result.Error);
        Assert.Empty(Engine.ReadLog(container.Id));
        Assert.NotEmpty(Invoke(container, new() { Command = ["/target", "cat", "/nowhere"] }).Error);
    }

    [Fact]
    public void A_lot_of_output_arrives_whole()
    {
        var container = Run("pause");
        File.WriteAllLines(Root["big"], Enumerable.Range(0, 100_000).Select(i => $"line {i}"));
        var mounted = Engine.Start(Engine.Create(Target("pause") with { Volumes = [Root["big"] + ":/big:ro"] }).Id);

        var result = Invoke(mounted, new() { Command = ["/target", "cat", "/big"] });

        Assert.Equal(Enumerable.Range(0, 100_000).Select(i => $"line {i}"), result.Output);
        Assert.Equal(0, result.ExitCode);
        Engine.Remove(container.Id, force: true);
    }

    [Theory]
    [InlineData(ErrorReason.CommandNotFound, "nowhere")]
    [InlineData(ErrorReason.CommandNotFound, "/nowhere")]
    [InlineData(ErrorReason.CommandNotExecutable, "/etc")]
    public void A_command_that_can_not_be_started_is_named(ErrorReason reason, string command)
    {
        var container = Run("pause");

        var error = Fails(reason, () => Invoke(container, new() { Command = [command] }));

        Assert.Contains($"'{command}'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_command_that_takes_too_long_is_killed()
    {
        var container = Run("pause");

        var error = Fails(ErrorReason.Timeout, () => Invoke(container, new() { Command = ["/target", "sleep", "infinity"], Timeout = TimeSpan.FromMilliseconds(100) }));
        Assert.Contains("0.1 s", error.Message, StringComparison.Ordinal);

        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        Assert.Throws<OperationCanceledException>(() => Engine.Invoke(container.Id, new() { Command = ["/target", "sleep", "infinity"] }, cancel.Token));
        var deadline = Stopwatch.StartNew();
        while (Engine.GetProcesses(container.Id).Count > 1)
            Assert.InRange(deadline.ElapsedMilliseconds, 0, 2_000);
    }

    [Fact]
    public void A_background_process_of_a_command_does_not_hold_the_call()
    {
        var container = Run("pause");
        var watch = Stopwatch.StartNew();

        var result = Invoke(container, new() { Command = ["/target", "seq", "sleep", "30", "&", "echo", "done"] });

        Assert.Equal(["done"], result.Output);
        Assert.InRange(watch.ElapsedMilliseconds, 0, 5_000);
    }

    [Fact]
    public void The_working_directory_and_the_user_can_be_chosen()
    {
        var container = Run("pause");

        Assert.Contains("target", Invoke(container, new() { Command = ["/target", "ls", "."] }).Output);
        Assert.Empty(Invoke(container, new() { Command = ["/target", "ls", "."], WorkingDirectory = "/tmp" }).Output);
        Assert.Contains("1000", string.Join(' ', Invoke(container, new() { Command = ["/target", "id"], User = "1000:1001" }).Output), StringComparison.Ordinal);
    }

    private ContainerCommandResult Invoke(Container container, ContainerCommandOptions options) => Engine.Invoke(container.Id, options);
}
