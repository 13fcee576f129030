using System.Diagnostics;

namespace ContainerChaos.Runtime.Tests.Hardening;

/// <summary>What whoever calls ccrun has left open is not open in a container: CVE-2024-21626 began with such a directory.</summary>
public sealed class DescriptorLeakTests : IDisposable
{
    // ls holds the directory that it lists.
    private static readonly string[] Expected = ["0", "1", "2", "3"];

    private readonly TestRoot _root = new();

    public void Dispose() => _root.Dispose();

    [Fact]
    public void The_caller_s_inheritable_descriptors_stay_outside()
    {
        var bundle = new Bundle(_root, ["ls", "/proc/self/fd"]);
        Assert.Equal(Expected, Leaking($"exec \"$0\" --root {_root["ids"]} run --bundle {_root["bundle"]} {bundle.Id}", bundle));
    }

    [Fact]
    public void They_stay_outside_of_a_command_that_is_executed_too()
    {
        var bundle = new Bundle(_root, ["pause"]);
        bundle.Launch();
        Assert.Equal(Expected, Leaking($"exec \"$0\" --root {_root["ids"]} exec {bundle.Id} /target ls /proc/self/fd", bundle));
        // And out of PID 1, which was created by one process and started by another.
        Assert.Equal(3, Directory.GetFiles($"/proc/{bundle.Pid}/fd").Length);
        bundle.Delete();
    }

    [Fact]
    public void A_created_container_holds_nothing_of_the_host_while_it_waits()
    {
        var bundle = new Bundle(_root, ["true"]);
        Leaking($"exec \"$0\" --root {_root["ids"]} create --bundle {_root["bundle"]} --pid-file {_root["pid"]} {bundle.Id} >/dev/null 2>&1", bundle);
        var open = Directory.GetFiles($"/proc/{bundle.Pid}/fd").Select(link => new FileInfo(link).LinkTarget!).ToArray();
        Assert.DoesNotContain(open, target => target is "/" or "/etc" || target.StartsWith("/etc/", StringComparison.Ordinal) || target.StartsWith("/sys/", StringComparison.Ordinal));
        bundle.Delete();
    }

    [Fact]
    public void A_monitor_s_container_gets_none_of_those_that_its_engine_was_started_with()
    {
        // The monitor is started by a program that leaks: here the shell stands for it.
        var bundle = new Bundle(_root, ["ls", "/proc/self/fd"], spec => spec with { Process = spec.Process! with { NoNewPrivileges = false } });
        Assert.Equal(Expected, Leaking($"exec \"$0\" --root {_root["ids"]} run --bundle {_root["bundle"]} {bundle.Id}", bundle));
    }

    private static string[] Leaking(string command, Bundle bundle)
    {
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", $"exec 5</etc/passwd 6</sys/fs/cgroup 7</ 8</etc 9<>/dev/null; {command}", bundle.Ccrun])
        {
            RedirectStandardOutput = true,
        })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order()];
    }
}
