namespace ContainerChaos.Runtime.Tests.Hardening;

/// <summary>CVE-2024-21626: a working directory that leads to the host through a descriptor of the runtime.</summary>
public sealed class WorkingDirectoryTests : IDisposable
{
    private readonly TestRoot _root = new();

    public void Dispose() => _root.Dispose();

    [Fact]
    public void No_descriptor_of_the_runtime_is_a_way_to_the_host()
    {
        for (var descriptor = 3; descriptor < 24; descriptor++)
        {
            var path = $"/proc/self/fd/{descriptor}";
            Refuses(new Bundle(_root, ["ls", "."], spec => spec with { Process = spec.Process! with { Cwd = path } }).RunContainer());
        }
    }

    [Theory]
    [InlineData("/proc/self/fd/7")]
    [InlineData("/proc/1/fd/7")]
    [InlineData("/proc/self/fd/../fd/7/..")]
    public void Nor_through_a_link_of_the_image(string target)
    {
        var bundle = new Bundle(_root, ["ls", "."], spec => spec with { Process = spec.Process! with { Cwd = "/work" } });
        File.CreateSymbolicLink(Path.Combine(bundle.RootFileSystem, "work"), target);
        Refuses(bundle.RunContainer());
    }

    [Fact]
    public void Nor_for_a_command_that_is_executed()
    {
        var bundle = new Bundle(_root, ["pause"]);
        bundle.Launch();
        for (var descriptor = 3; descriptor < 24; descriptor++)
            Refuses(bundle.Run("exec", "--cwd", $"/proc/self/fd/{descriptor}", bundle.Id, "/target", "ls", "."));
        bundle.Delete();
    }

    // A directory of the host would list its names; a start that fails names the directory.
    private static void Refuses((int Code, string Output, string Errors) result)
    {
        Assert.NotEqual(0, result.Code);
        Assert.Equal("", result.Output);
        Assert.Matches("working directory|process.cwd|/work|/proc/self/fd", result.Errors);
    }
}
