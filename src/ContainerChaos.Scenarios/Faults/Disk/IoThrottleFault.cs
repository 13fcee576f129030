using System.Globalization;
using ContainerChaos.Linux;
using ContainerChaos.Runtime;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Scenarios.Faults;

/// <summary>Throttles what the target reads from and writes to the disk that a path of it is on.</summary>
/// <param name="BytesPerSecond">At most so many in each direction, 4096 and more.</param>
/// <param name="Path">The path as the target sees it.</param>
/// <remarks>io.max of version 2 counts all; the files of version 1 count reads and O_DIRECT writes: what goes through the page cache is written by the kernel, in nobody's name.</remarks>
public sealed record IoThrottleFault(long BytesPerSecond, string Path = "/") : FaultSpec
{
    /// <inheritdoc/>
    public override string Name => "io-throttle";

    internal override FaultPlan Plan(ChaosTarget target)
    {
        string device = FindDevice(target);
        ControlFile reads = Control(target, "blkio", "blkio.throttle.read_bps_device", "io.max");
        string rate = BytesPerSecond.ToString(CultureInfo.InvariantCulture);
        string effect = $"{{0}} {device}: {ByteSize.Format(BytesPerSecond)} a second in each direction";
        if (reads.IsUnified)
        {
            string former = Limit(reads.Value, device) ?? "rbps=max wbps=max";
            return Set(reads with { Value = $"{device} {former}" }, $"{device} rbps={rate} wbps={rate}", string.Format(CultureInfo.InvariantCulture, effect, "io.max of"));
        }

        ControlFile writes = Control(target, "blkio", "blkio.throttle.write_bps_device", "io.max");
        return new FaultPlan
        {
            Effect = string.Format(CultureInfo.InvariantCulture, effect, "blkio.throttle.read_bps_device and write_bps_device of") + " (reads, and writes with O_DIRECT)",
            Apply = [FaultStep.Write(reads.Path, $"{device} {rate}"), FaultStep.Write(writes.Path, $"{device} {rate}")],
            Undo = [FaultStep.Write(reads.Path, $"{device} {Limit(reads.Value, device) ?? "0"}"), FaultStep.Write(writes.Path, $"{device} {Limit(writes.Value, device) ?? "0"}")],
            Holds = [$"{reads.Path} {device}"],
        };
    }

    /// <summary>What a file says of a device: the rest of its line.</summary>
    private static string? Limit(string text, string device) =>
        text.Split('\n').FirstOrDefault(line => line.StartsWith(device + " ", StringComparison.Ordinal))?[(device.Length + 1)..];

    /// <summary>The whole disk, since a partition has no queue of its own.</summary>
    private string FindDevice(ChaosTarget target)
    {
        TargetMount mount = TargetMount.Of(target, System.IO.Path.GetFullPath("/" + Path.TrimStart('/')));
        string number = mount.Info.Device;
        if (target.Container is { } own && mount.Upper?.StartsWith(own.RootPath + "/disk/", StringComparison.Ordinal) == true)
        {
            // The layer's disk is mounted where nobody else looks; its loop device knows the file.
            using LoopDevice? disk = LoopDevice.TryFind(System.IO.Path.Combine(own.RootPath, "disk.img"));
            if (disk is not null)
                number = File.ReadAllText($"/sys/block/{System.IO.Path.GetFileName(disk.Path)}/dev").Trim();
        }
        else if (mount.Upper is { } upper && Directory.Exists(upper))
        {
            ulong device = FileStatus.Read(upper).Device;
            number = string.Create(CultureInfo.InvariantCulture, $"{device >> 32}:{(uint)device}");
        }

        string entry = $"/sys/dev/block/{number}";
        if (!Directory.Exists(entry))
        {
            throw new ContainerException(ErrorReason.NotSupported, $"{target}: '{Path}' is on {mount.Info.FileSystem}, which is on no disk that could be throttled.", target.Name)
            {
                Remedy = "Choose a path on a file system with a block device of its own.",
            };
        }

        return File.Exists(entry + "/partition") ? File.ReadAllText(System.IO.Path.GetDirectoryName(new DirectoryInfo(entry).ResolveLinkTarget(returnFinalTarget: true)!.FullName) + "/dev").Trim() : number;
    }
}
