using System.Diagnostics;

namespace ContainerChaos.Runtime.Tests;

/// <summary>What the OCI command line says of itself, and how it says that something failed.</summary>
public sealed class CommandLineTests : IDisposable
{
    private readonly TestRoot _root = new();

    public void Dispose() => _root.Dispose();

    [Theory]
    [InlineData("create")]
    [InlineData("start")]
    [InlineData("state")]
    [InlineData("kill")]
    [InlineData("delete")]
    [InlineData("run")]
    [InlineData("exec")]
    [InlineData("list")]
    [InlineData("ps")]
    [InlineData("pause")]
    [InlineData("resume")]
    [InlineData("update")]
    [InlineData("events")]
    [InlineData("features")]
    [InlineData("spec")]
    [InlineData("mounts")]
    [InlineData("checkpoint")]
    [InlineData("restore")]
    public void Each_verb_explains_itself(string verb)
    {
        foreach (var option in new[] { "-h", "--help" })
        {
            var (code, output, errors) = Run(verb, option);
            Assert.Equal((0, ""), (code, errors));
            Assert.StartsWith($"NAME:\n   ccrun {verb}", output);
            Assert.Contains($"Usage: ccrun [OPTION...] {verb}", output);
        }
    }

    [Fact]
    public void It_says_what_it_is()
    {
        Assert.StartsWith("NAME:\n   ccrun - Open Container Initiative runtime\n", Run("--help").Output);
        Assert.Equal(Run("--help"), Run("-h"));
    }

    [Theory]
    [InlineData("checkpoint")]
    [InlineData("restore")]
    public void What_it_does_not_do_is_refused(string verb)
    {
        var (code, _, errors) = Run(verb, "id");
        Assert.NotEqual(0, code);
        Assert.StartsWith($"ccrun {verb} failed: ", errors);
        Assert.Contains("CRIU", errors);
    }

    [Fact]
    public void Containers_of_a_directory_that_is_not_there_are_no_empty_list()
    {
        var (code, output, errors) = Run("--root", _root["missing"], "list");
        Assert.Equal((1, ""), (code, output));
        Assert.Contains(_root["missing"], errors);
        Assert.Contains("no such file or directory", errors);

        Directory.CreateDirectory(_root["empty"]);
        Assert.Equal((0, ""), (Run("--root", _root["empty"], "list").Code, Run("--root", _root["empty"], "list", "--quiet").Output));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Asked_to_it_tells_the_stages_of_a_start_and_of_an_exec(bool toFile)
    {
        var log = _root["log"];
        string[] options = toFile ? ["--debug", "--log", log, "--log-format", "json"] : ["--debug"];
        var bundle = new Hardening.Bundle(_root, ["pause"]);
        using var running = bundle.Start([.. options, "run", "--bundle", _root["bundle"], "--pid-file", _root["pid"], bundle.Id]);
        Assert.True(SpinWait.SpinUntil(() => File.Exists(_root["pid"]) && bundle.Run("state", bundle.Id).Output.Contains("\"running\"", StringComparison.Ordinal), TimeSpan.FromSeconds(20)));
        var executed = bundle.Run([.. options, "exec", bundle.Id, "/target", "true"]);
        Assert.Equal(0, executed.Code);
        bundle.Run("kill", bundle.Id, "KILL");
        running.WaitForExit();
        var said = running.StandardError.ReadToEnd() + executed.Errors;
        if (toFile)
        {
            Assert.Equal("", said);
            said = File.ReadAllText(log);
        }
        foreach (var stage in new[] { "nsexec container setup", "child process in init()", "init: closing the pipe to signal completion", "setns_init: about to exec" })
            Assert.Contains(stage, said);
        Assert.Contains(toFile ? "\"level\":\"debug\"" : "level=debug", said);
    }

    private static (int Code, string Output, string Errors) Run(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(TestRoot.CcrunPath, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, errors.GetAwaiter().GetResult());
    }
}
