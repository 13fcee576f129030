using ContainerChaos.Linux;
using ContainerChaos.Runtime;
using Xunit;

namespace ContainerChaos.Engine.Tests;

/// <summary>Containers whose writable layer has a limit: by a disk of its own here, and by the file system's project quota on one that has it.</summary>
public sealed class StorageLimitTests : ContainerTest
{
    private const int Megabyte = 1 << 20;

    private static ContainerCreateOptions Limited(params string[] command) => Target(command) with { StorageOptions = ["size=16MB"] };

    [Fact]
    public void A_layer_on_a_disk_of_its_own_is_full_at_its_limit_also_after_the_monitor_died_and_after_a_restart()
    {
        var container = Engine.Start(Engine.Create(Limited("pause")).Id);
        var root = $"/proc/{container.Pid}/root";
        Assert.Equal(Errno.ENOSPC, Fill(root + "/big"));
        Assert.InRange(new FileInfo(root + "/big").Length, 4 * Megabyte, 16 * Megabyte);
        // No mount of it on the host, but one device that is in use.
        Assert.DoesNotContain(MountInfo.ReadSelf(), mount => mount.MountPoint.StartsWith(container.RootPath, StringComparison.Ordinal));
        Assert.NotNull(Device(container));

        KillMonitor(container);
        Assert.Equal(Errno.ENOSPC, Fill(root + "/more"));
        File.Delete(root + "/more");
        Assert.Equal(ContainerStatus.Running, Engine.Get(container.Id).State);
        var again = Engine.Restart(container.Id, TimeSpan.Zero);
        root = $"/proc/{again.Pid}/root";
        Assert.InRange(new FileInfo(root + "/big").Length, 4 * Megabyte, 16 * Megabyte);
        Assert.Equal(Errno.ENOSPC, Fill(root + "/more"));
        File.Delete(root + "/big");
        File.WriteAllText(root + "/small", "small");

        // What it has written is an image's layer, while it runs and after.
        Assert.Equal(1, Engine.Save(container.Id, "running:1").Layers.Count - Engine.Images.Get("target").Layers.Count);
        Engine.Stop(container.Id, TimeSpan.Zero);
        Engine.Save(container.Id, "stopped:1");
        var copy = Engine.Start(Engine.Create(new ContainerCreateOptions { Image = "stopped:1", Command = ["pause"] }).Id);
        Assert.Equal("small", File.ReadAllText($"/proc/{copy.Pid}/root/small"));
        Engine.Images.Remove("running:1");
        Engine.Remove(copy.Id, force: true);
        Engine.Images.Remove("stopped:1");
    }

    [Fact]
    public void Restarts_and_deaths_of_both_leave_no_device()
    {
        var rounds = Environment.GetEnvironmentVariable("CONTAINERCHAOS_LONG") == "1" ? 200 : 5;
        var container = Engine.Create(Limited("pause"));
        for (var round = 0; round < rounds; round++)
        {
            container = Engine.Start(container.Id);
            File.WriteAllText($"/proc/{container.Pid}/root/round", $"{round}");
            if (round % 2 == 0)
                KillMonitor(container);
            Engine.Save(container.Id, "saved:1");
            Engine.Stop(container.Id, TimeSpan.Zero);
        }

        Engine.Images.Remove("saved:1");
    }

    [ProjectQuotaFact]
    [Trait("Category", "Kernel")]
    public void A_file_system_that_counts_by_project_holds_the_limit_itself()
    {
        using var disk = new ProjectDisk(Root["project"]);
        var engine = new ContainerEngine(Options with { DataRoot = Path.Combine(disk.Path, "data") });
        var container = engine.Start(engine.Create(Limited("pause")).Id);
        try
        {
            Assert.False(File.Exists(Path.Combine(container.RootPath, "disk.img")));
            var root = $"/proc/{container.Pid}/root";
            Assert.Contains(Fill(root + "/big"), new[] { Errno.EDQUOT, Errno.ENOSPC });
            Assert.InRange(new FileInfo(root + "/big").Length, 14 * Megabyte, 16 * Megabyte);
            // Its log and its state are not counted, and another container has its own limit.
            var other = engine.Start(engine.Create(Limited("pause")).Id);
            File.WriteAllBytes($"/proc/{other.Pid}/root/some", new byte[8 * Megabyte]);
            KillMonitor(container);
            Assert.Contains(Fill(root + "/more"), new[] { Errno.EDQUOT, Errno.ENOSPC });
        }
        finally
        {
            foreach (var one in engine.List())
                engine.Remove(one.Id, force: true);
        }
    }

    [Fact]
    public void A_limit_that_makes_no_sense_is_refused()
    {
        Fails(ErrorReason.InvalidArgument, () => Engine.Create(Target() with { StorageOptions = ["size=lots"] }));
        Fails(ErrorReason.InvalidArgument, () => Engine.Create(Target() with { StorageOptions = ["inodes=5"] }));
        Fails(ErrorReason.LimitTooLow, () => Engine.Create(Target() with { StorageOptions = ["size=64k"] }));
    }

    private static string? Device(Container container) => Directory.EnumerateFileSystemEntries("/sys/block", "loop*").FirstOrDefault(
        path => File.Exists(path + "/loop/backing_file") && File.ReadAllText(path + "/loop/backing_file").StartsWith(container.RootPath, StringComparison.Ordinal));

    /// <summary>Writes until there is no room; at most 64 MB.</summary>
    private static Errno Fill(string path)
    {
        using var file = FileDescriptor.Open(path, OpenFlags.O_WRONLY | OpenFlags.O_CREAT | OpenFlags.O_TRUNC, 0x180);
        var block = new byte[Megabyte / 4];
        try
        {
            for (var i = 0; i < 256; i++)
                file.Write(block);
        }
        catch (ErrnoException e)
        {
            return e.Errno;
        }

        return Errno.None;
    }
}
