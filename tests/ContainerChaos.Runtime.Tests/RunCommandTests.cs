using System.Diagnostics;
using ContainerChaos.Linux;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Runtime.Tests;

/// <summary>ccrun run: a bundle in the foreground, as any OCI runtime runs it.</summary>
public sealed class RunCommandTests : IDisposable
{
    private readonly TestRoot _root = new();

    public void Dispose() => _root.Dispose();

    [Fact]
    [Trait("Category", "Kernel")]
    public void The_exit_code_and_the_streams_are_the_command_s()
    {
        var (code, output, errors) = Run("seq", "echo", "out", ";", "cat", "/missing", ";", "exit", "42");
        Assert.Equal((42, "out\n"), (code, output));
        Assert.Contains("ENOENT", errors);
        Leaves_nothing();
    }

    [Fact]
    public void A_signal_s_exit_code_is_128_and_its_number()
    {
        Assert.Equal(128 + 11, Run("crash").Code);
        Leaves_nothing();
    }

    [Fact]
    public void It_reads_its_standard_input()
    {
        using var process = Start("cat", "/dev/stdin");
        process.StandardInput.Write("typed");
        process.StandardInput.Close();
        Assert.Equal("typed", process.StandardOutput.ReadToEnd());
        process.WaitForExit();
        Leaves_nothing();
    }

    [Fact]
    [Trait("Category", "Kernel")]
    public void Signals_to_it_reach_the_command()
    {
        using var process = Start("signals");
        Assert.Equal("ready", process.StandardOutput.ReadLine());
        using var pidfd = PidFd.Open(process.Id);
        foreach (var (signal, name) in new[] { (1, "SIGHUP"), (2, "SIGINT"), (15, "SIGTERM") })
        {
            pidfd.SendSignal(signal);
            Assert.Equal(name, process.StandardOutput.ReadLine());
        }
        pidfd.SendSignal(15);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        Leaves_nothing();
    }

    [Theory]
    [InlineData("/missing", 127)]
    [InlineData("/etc", 126)]
    public void A_command_that_can_t_be_executed_is_named_and_leaves_nothing(string command, int exitCode)
    {
        var (code, _, errors) = Run(command);
        Assert.Equal(exitCode, code);
        Assert.Contains(command, errors);
        Leaves_nothing();
    }

    [Fact]
    public void An_id_that_is_in_use_is_refused()
    {
        using var first = Start("signals");
        first.StandardOutput.ReadLine();
        var (code, _, errors) = Run("true");
        Assert.Equal(1, code);
        Assert.Contains("bundle", errors);
        // A command of somebody else takes it away; what waits in the foreground learns of the end as of any other.
        using var delete = Process.Start(TestRoot.CcrunPath, ["--root", _root["ids"], "delete", "--force", "bundle"]);
        delete.WaitForExit();
        first.WaitForExit();
        Assert.Equal((0, 128 + 9), (delete.ExitCode, first.ExitCode));
        Leaves_nothing();
    }

    [Fact]
    public void What_it_does_not_understand_is_answered_with_the_usage()
    {
        foreach (var arguments in new[] { ["run"], new[] { "run", "--nonsense", "x" }, ["run", "--bundle"], ["exec", "id"], ["nonsense"] })
        {
            using var process = Process.Start(new ProcessStartInfo(TestRoot.CcrunPath, arguments) { RedirectStandardError = true })!;
            Assert.Contains(arguments[0] == "nonsense" ? "--help" : "Usage: ccrun", process.StandardError.ReadToEnd());
            process.WaitForExit();
            Assert.NotEqual(0, process.ExitCode);
        }
    }

    private (int Code, string Output, string Errors) Run(params string[] command)
    {
        using var process = Start(command);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output.GetAwaiter().GetResult(), errors);
    }

    private Process Start(params string[] command)
    {
        var rootfs = _root["bundle/rootfs"];
        Directory.CreateDirectory(Path.Combine(rootfs, "etc"));
        if (!File.Exists(Path.Combine(rootfs, "target")))
            File.Copy(TestRoot.TargetPath, Path.Combine(rootfs, "target"));
        JsonFile.Write(
            _root["bundle/config.json"],
            DockerDefaults.Spec(_root.CgroupParent + "/bundle", [.. command[0].StartsWith('/') ? [] : new[] { "/target" }, .. command]),
            SupervisorJson.RuntimeSpec);
        return Process.Start(new ProcessStartInfo(TestRoot.CcrunPath, ["--root", _root["ids"], "run", "--bundle", _root["bundle"], "bundle"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
    }

    private void Leaves_nothing()
    {
        Assert.False(CgroupHost.Current.Group(_root.CgroupParent + "/bundle").Exists);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_root["ids"]));
        Assert.DoesNotContain(MountInfo.ReadSelf(), mount => mount.MountPoint.StartsWith(_root.Directory, StringComparison.Ordinal));
    }
}
