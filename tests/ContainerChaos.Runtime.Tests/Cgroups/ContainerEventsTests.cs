using System.Diagnostics;
using System.Text.Json;
using ContainerChaos.Linux;

namespace ContainerChaos.Runtime.Tests;

/// <summary>What <c>events</c> writes.</summary>
[Trait("Category", "Kernel")]
public sealed class ContainerEventsTests : IDisposable
{
    private readonly TestRoot _root = new();
    private readonly Cgroup _group;

    public ContainerEventsTests()
    {
        _group = CgroupHost.Current.Group(_root.CgroupParent + "/events", CgroupMembership.All);
        _group.Create();
    }

    public void Dispose()
    {
        _group.SendSignal(9);
        _group.Delete(new Dictionary<string, int>(), TimeSpan.FromSeconds(20));
        _root.Dispose();
    }

    [Fact]
    public void Statistics_are_one_line_with_what_the_kernel_counts()
    {
        CgroupResources.Apply(_group, new ResourcesSpec { Memory = new MemorySpec { Limit = 64 << 20 }, Pids = new PidsSpec { Limit = 9 }, Cpu = new CpuSpec { Cpus = "0", Mems = "0" } });
        using var worker = Start("i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done; echo done; exec sleep 1000");
        worker.StandardOutput.ReadLine();

        var line = Assert.Single(Capture(events => events.WriteStatistics()));
        Assert.StartsWith("""{"type":"stats","id":"box","data":{""", line);
        var data = JsonDocument.Parse(line).RootElement.GetProperty("data");
        Assert.True(data.GetProperty("cpu").GetProperty("usage").GetProperty("total").GetInt64() > 1_000_000);
        Assert.Equal(64 << 20, data.GetProperty("memory").GetProperty("usage").GetProperty("limit").GetInt64());
        Assert.True(data.GetProperty("memory").GetProperty("usage").GetProperty("usage").GetInt64() > 0);
        Assert.NotEmpty(data.GetProperty("memory").GetProperty("raw").EnumerateObject());
        Assert.Equal(1, data.GetProperty("pids").GetProperty("current").GetInt64());
        Assert.Equal(9, data.GetProperty("pids").GetProperty("limit").GetInt64());
        Assert.Equal(JsonValueKind.Object, data.GetProperty("hugetlb").ValueKind);
        if (!_group.IsUnified("cpuset"))
            Assert.Equal([0], data.GetProperty("cpuset").GetProperty("cpus").EnumerateArray().Select(cpu => cpu.GetInt32()));
        if (_group.IsUnified("cpu") && File.Exists("/proc/pressure/cpu"))
            Assert.True(data.GetProperty("cpu").GetProperty("psi").GetProperty("some").TryGetProperty("avg10", out _));
    }

    [Fact]
    public void A_limit_that_is_not_there_is_the_largest_number()
    {
        using var worker = Start("echo ready; exec sleep 1000");
        worker.StandardOutput.ReadLine();
        var data = JsonDocument.Parse(Capture(events => events.WriteStatistics())[0]).RootElement.GetProperty("data");
        Assert.True(data.GetProperty("memory").GetProperty("usage").GetProperty("limit").GetUInt64() > 1UL << 60);
        Assert.False(data.GetProperty("pids").TryGetProperty("limit", out _));
    }

    [Fact]
    public async Task Events_come_at_the_interval_and_at_a_shortage_until_the_first_process_ends()
    {
        CgroupResources.Apply(_group, new ResourcesSpec { Memory = new MemorySpec { Limit = 8 << 20, Swap = 8 << 20 } });
        using var worker = Start($"read go; exec {TestRoot.TargetPath} leak --mb 64");
        using var process = PidFd.Open(worker.Id);
        var seen = new List<string>();
        var (reader, writer) = FileDescriptor.Pipe();
        using (reader)
        {
            var follower = Task.Run(() =>
            {
                using (writer)
                    new ContainerEvents("box", _group, writer).Follow(process, TimeSpan.FromMilliseconds(50));
            });
            using var lines = new StreamReader(new FileStream(new Microsoft.Win32.SafeHandles.SafeFileHandle(reader.Number, ownsHandle: false), FileAccess.Read));
            seen.Add((await lines.ReadLineAsync())!);
            await worker.StandardInput.WriteLineAsync();
            while (await lines.ReadLineAsync() is { } line)
                seen.Add(line);
            await follower.WaitAsync(TimeSpan.FromSeconds(60));
            await worker.WaitForExitAsync();
        }
        Assert.StartsWith("""{"type":"stats",""", seen[0]);
        Assert.Contains("""{"type":"oom","id":"box"}""", seen);
    }

    private string[] Capture(Action<ContainerEvents> write)
    {
        var (reader, writer) = FileDescriptor.Pipe();
        using (reader)
        {
            using (writer)
                write(new ContainerEvents("box", _group, writer));
            var buffer = new byte[65536];
            return System.Text.Encoding.UTF8.GetString(buffer, 0, reader.ReadFully(buffer)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        }
    }

    private Process Start(string script)
    {
        var join = string.Concat(_group.Directories.Select(directory => $"echo 0 > {directory}/cgroup.procs && "));
        return Process.Start(new ProcessStartInfo("/bin/sh", ["-c", $"{join} {{ {script}; }}"]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
    }
}
