using ContainerChaos.Linux;

namespace ContainerChaos.Runtime.Tests;

/// <summary>A kernel without a call that a start needs, which a filter imitates: what is missing is said, and nothing is left.</summary>
public sealed class OldKernelTests : IDisposable
{
    private readonly TestRoot _root = new();

    public void Dispose() => _root.Dispose();

    [Theory]
    [InlineData("clone3")]
    [InlineData("openat2")]
    [InlineData("open_tree")]
    [InlineData("move_mount")]
    [InlineData("fsopen")]
    [InlineData("mount_setattr")]
    [InlineData("close_range")]
    public void The_call_that_it_lacks_is_named(string call)
    {
        var bundle = new Hardening.Bundle(_root, ["true"]);
        var result = default((int Code, string Output, string Errors));
        var policy = new SeccompPolicy { DefaultAction = SeccompAction.Allow, Rules = [new SeccompRule(call, SeccompAction.Error((int)Errno.ENOSYS), [])] };
        Assert.Equal(0, FilteredThread.Run(SeccompProgram.Compile(policy), () => result = bundle.RunContainer()));
        Assert.Equal(1, result.Code);
        Assert.Contains($"this kernel has no {call}(2) (ENOSYS)", result.Errors);
        Assert.Contains("Linux 5.12", result.Errors);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_root["ids"]));
    }
}
