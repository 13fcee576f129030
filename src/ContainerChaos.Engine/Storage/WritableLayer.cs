using System.Diagnostics;
using System.Globalization;
using ContainerChaos.Linux;
using ContainerChaos.Runtime;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Engine;

/// <summary>The writable layer of a container as a directory of this process, wherever it lies. What is mounted for that goes with this object.</summary>
internal sealed class WritableLayer : IDisposable
{
    /// <summary>Room for the journal and the tables of the smallest ext4.</summary>
    private const long MinimumBytes = 4 << 20;

    private readonly FileDescriptor? _disk;

    private WritableLayer(string path, FileDescriptor? disk)
    {
        Path = path;
        _disk = disk;
    }

    /// <summary>The directory; below <c>/proc/self/fd</c> when it is on a disk of its own, whose mount is in no namespace.</summary>
    public string Path { get; }

    /// <summary>Opens the layer of a container, running or not.</summary>
    public static WritableLayer Open(ContainerDefinition definition, ContainerPaths paths)
    {
        if (definition.Storage is not { Project: 0 })
            return new WritableLayer(paths.Upper, null);
        var disk = ContainerDisk.Open(paths);
        return new WritableLayer(string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{disk.Number}/upper"), disk);
    }

    public void Dispose() => _disk?.Dispose();

    /// <summary>Reads <c>size=1GB</c>, the option of Docker's <c>--storage-opt</c>.</summary>
    /// <returns>The limit in bytes; null when there is none.</returns>
    /// <exception cref="ContainerException">InvalidArgument, LimitTooLow, NotSupported.</exception>
    public static long? ParseLimit(IReadOnlyList<string> options, string subject)
    {
        long? size = null;
        foreach (var option in options)
        {
            if (option.Split('=', 2) is not ["size", var text] || !ByteSize.TryParse(text, out var bytes))
            {
                throw new ContainerException(ErrorReason.InvalidArgument, $"The storage option '{option}' is not of the form size=1GB.", subject) { Remedy = "There is the option size, in bytes or with a unit." };
            }

            size = bytes;
        }

        if (size is > 0 and < MinimumBytes)
            EngineErrors.Throw(ErrorReason.LimitTooLow, $"The limit {ByteSize.Format(size.Value)} of the writable layer is below the minimum of {ByteSize.Format(MinimumBytes)}.", subject, $"Give at least {ByteSize.Format(MinimumBytes)}, or no limit.");
        if (size > 0 && OwnIdentity.User != 0)
            EngineErrors.Throw(ErrorReason.NotSupported, "An ordinary user can't limit the writable layer: that needs a quota of the file system, or a loop device.", subject, "Run as root; or give the container a -Tmpfs of the size, and make the root -ReadOnly.");
        return size > 0 ? size : null;
    }

    /// <summary>Holds a new container's layer to a limit: by the file system where that counts by project, or else by a disk of its own.</summary>
    /// <param name="draft">The container that is being made; its upper and work directories are there.</param>
    /// <param name="id">Its id.</param>
    /// <param name="bytes">The limit.</param>
    public static StorageLimit Limit(ContainerPaths draft, string id, long bytes)
    {
        if (!ProjectQuota.IsEnforced(draft.Upper))
        {
            MakeDisk(draft, bytes);
            return new StorageLimit { SizeBytes = bytes };
        }

        // A number that nobody has: the file system's other projects may be Docker's, or an administrator's.
        var project = uint.Parse(id.AsSpan(0, 8), NumberStyles.HexNumber, CultureInfo.InvariantCulture) | 0x4000_0000;
        while (!ProjectQuota.IsFree(draft.Upper, project))
            project++;
        ProjectQuota.SetLimit(draft.Upper, project, bytes);
        ProjectQuota.Assign(draft.Upper, project);
        ProjectQuota.Assign(draft.Work, project);
        return new StorageLimit { SizeBytes = bytes, Project = project };
    }

    private static void MakeDisk(ContainerPaths draft, long bytes)
    {
        // What the disk begins with; mkfs copies it, so that nothing has to be mounted for that.
        var seed = System.IO.Path.Combine(draft.ContainerDirectory, "seed");
        Directory.CreateDirectory(seed);
        Directory.Move(draft.Upper, System.IO.Path.Combine(seed, "upper"));
        Directory.Move(draft.Work, System.IO.Path.Combine(seed, "work"));
        Directory.CreateDirectory(draft.DiskPlace);
        using (var file = new FileStream(draft.Disk, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite }))
            file.SetLength(bytes);
        Format(draft.Disk, seed);
        Directory.Delete(seed, recursive: true);
    }

    private static void Format(string disk, string seed)
    {
        var program = new[] { "/usr/sbin", "/sbin", "/usr/local/sbin", "/usr/bin", "/bin" }.Select(folder => System.IO.Path.Combine(folder, "mkfs.ext4")).FirstOrDefault(File.Exists)
            ?? throw new ContainerException(ErrorReason.NotSupported, "The writable layer can't be limited: the data root's file system does not count by project, and there is no mkfs.ext4 to make it a disk of its own.", disk)
            {
                Remedy = "Install e2fsprogs, or put the data root on an ext4 or xfs that is mounted with prjquota.",
            };
        using var make = Process.Start(new ProcessStartInfo(program, ["-q", "-F", "-m", "0", "-E", "lazy_itable_init=1,lazy_journal_init=1,nodiscard", "-d", seed, disk]) { RedirectStandardError = true })!;
        var said = make.StandardError.ReadToEnd().Trim();
        make.WaitForExit();
        if (make.ExitCode != 0)
            throw new ContainerException(ErrorReason.KernelError, $"mkfs.ext4 could not make the disk of the writable layer: {said}", disk) { Remedy = "See that the disk of the data root is not full." };
    }
}
