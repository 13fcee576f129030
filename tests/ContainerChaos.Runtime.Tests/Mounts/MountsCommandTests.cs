using System.Diagnostics;
using static ContainerChaos.Runtime.Tests.Bundle;

namespace ContainerChaos.Runtime.Tests;

/// <summary>ccrun mounts: mounts that come and go while a container runs.</summary>
public sealed class MountsCommandTests : IDisposable
{
    private readonly TestRoot _root = new();

    public void Dispose() => _root.Dispose();

    [BusyboxTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void They_come_from_the_host_and_go_again(bool userNamespace)
    {
        var bundle = new Bundle(_root).With(Tmpfs("/foo", "rw"));
        if (userNamespace)
            bundle.InUserNamespace();
        Directory.CreateDirectory(bundle.Outside("volume"));
        File.WriteAllText(bundle.Outside("volume/file"), "from the host");
        File.WriteAllText(bundle.Outside("mounts"), $$"""
            [{"destination": "/foo/bar", "source": "{{bundle.Outside("volume")}}", "options": ["bind", "ro"]},
             {"destination": "/foo/tmpfs", "type": "tmpfs", "source": "tmpfs", "options": ["size=1m"]}]
            """);
        using var container = bundle.Start("echo up; read line; cat /foo/bar/file; grep -c /foo/ /proc/self/mountinfo; read line; grep -c /foo/ /proc/self/mountinfo");
        Assert.Equal("up", container.StandardOutput.ReadLine());
        Assert.Equal(0, Mounts(bundle, "add"));
        container.StandardInput.WriteLine();
        Assert.Equal("from the host2", container.StandardOutput.ReadLine());
        Assert.Equal(0, Mounts(bundle, "remove"));
        container.StandardInput.WriteLine();
        Assert.Equal("0", container.StandardOutput.ReadLine());
        container.WaitForExit();
        Assert.NotEqual(0, Mounts(bundle, "add"));
    }

    private int Mounts(Bundle bundle, string verb)
    {
        using var process = Process.Start(TestRoot.CcrunPath, ["--root", _root["ids"], "mounts", verb, bundle.Id, bundle.Outside("mounts")]);
        process.WaitForExit();
        return process.ExitCode;
    }
}
