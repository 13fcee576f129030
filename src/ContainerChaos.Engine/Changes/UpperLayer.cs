using ContainerChaos.Linux;

namespace ContainerChaos.Engine;

/// <summary>Compares the writable layer of a container with the layers of its image, as overlayfs puts them together (overlayfs.rst).</summary>
/// <remarks>
/// Only the writable layer is walked, so it takes time by what was written and not by the size of the image. It is held by
/// descriptor and no symbolic link is followed, whatever the container does to its files meanwhile.
/// </remarks>
/// <param name="container">The container's name.</param>
/// <param name="made">The paths of what the engine itself makes for its mounts; they are the container's only once something else is there.</param>
/// <param name="cancellationToken">Ends the walk.</param>
internal sealed class UpperLayer(string container, IReadOnlySet<string> made, CancellationToken cancellationToken)
{
    private readonly List<ContainerChange> _changes = [];

    /// <summary>The changes, by path.</summary>
    /// <param name="upperPath">The writable layer.</param>
    /// <param name="lowerPaths">The image's layers, top first.</param>
    public IReadOnlyList<ContainerChange> Read(string upperPath, IReadOnlyList<string> lowerPaths)
    {
        using var upper = UnixDirectory.Open(upperPath);
        using var lowers = new Layers([.. lowerPaths.Select(UnixDirectory.Open)]);
        Compare(upper, lowers, "");
        _changes.Sort((a, b) => string.CompareOrdinal(a.Path, b.Path));
        return _changes;
    }

    /// <summary>Compares a directory's content.</summary>
    /// <returns>Whether anything in it differs.</returns>
    private bool Compare(UnixDirectory upper, Layers lowers, string path, bool isOpaque = false)
    {
        var differs = false;
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in upper.Names)
        {
            cancellationToken.ThrowIfCancellationRequested();
            // One that is gone by now is of the next look.
            if (upper.TryStat(name) is not { } status)
                continue;
            names.Add(name);
            differs |= Compare(upper, lowers, name, $"{path}/{name}", status);
        }

        if (!isOpaque)
            return differs;
        // Made anew in the place of one that was deleted: what only that one had, is gone.
        foreach (var name in lowers.Names().Where(name => !names.Contains(name)))
        {
            Add(ContainerChangeKind.Deleted, $"{path}/{name}");
            differs = true;
        }

        return differs;
    }

    private bool Compare(UnixDirectory upper, Layers lowers, string name, string path, FileStatus status)
    {
        var before = lowers.TryStat(name);
        if (Layers.IsWhiteout(status))
        {
            if (before is not null)
                Add(ContainerChangeKind.Deleted, path);
            return before is not null;
        }

        var differs = before is { } below ? Differs(below, status) : !made.Contains(path) || status is not ({ Kind: FileKind.Directory } or { Size: 0, Kind: FileKind.Regular });
        if (status.Kind == FileKind.Directory && upper.TryOpenInRoot(name) is { } directory)
        {
            using (directory)
            using (var beneath = before is { Kind: FileKind.Directory } ? lowers.Enter(name) : new Layers([]))
                differs |= Compare(directory, beneath, path, before is not null && IsOpaque(upper, name));
        }

        if (differs)
            Add(before is null ? ContainerChangeKind.Added : ContainerChangeKind.Changed, path);
        return differs;
    }

    // moby, pkg/archive/changes_unix.go, statDifferent: a directory's size and time change with what is in it.
    private static bool Differs(FileStatus before, FileStatus now) =>
        before.Kind != now.Kind || before.Mode != now.Mode || before.UserId != now.UserId || before.GroupId != now.GroupId ||
        before.DeviceMajor != now.DeviceMajor || before.DeviceMinor != now.DeviceMinor ||
        (now.Kind != FileKind.Directory &&
            (before.Size != now.Size || before.ModifiedSeconds != now.ModifiedSeconds || !IsSameMoment(before.ModifiedNanoseconds, now.ModifiedNanoseconds)));

    // The same, sameFsTime: an archive may have no more than seconds.
    private static bool IsSameMoment(uint before, uint now) => before == now || before == 0 || now == 0;

    private static bool IsOpaque(UnixDirectory directory, string name) =>
        directory.ReadExtendedAttributes(name).Any(attribute => attribute.Key is Whiteout.OpaqueAttribute or Whiteout.OpaqueUserAttribute && attribute.Value is [(byte)'y']);

    private void Add(ContainerChangeKind kind, string path) => _changes.Add(new ContainerChange(container, kind, path));

    /// <summary>One directory of an image: in every layer that it is visible of, top first.</summary>
    private sealed class Layers(IReadOnlyList<UnixDirectory> directories) : IDisposable
    {
        public static bool IsWhiteout(FileStatus status) => status is { Kind: FileKind.CharacterDevice, DeviceMajor: 0, DeviceMinor: 0 };

        /// <summary>What an entry is; null when there is none, or a layer has removed it.</summary>
        public FileStatus? TryStat(string name)
        {
            foreach (var directory in directories)
            {
                if (directory.TryStat(name) is { } status)
                    return IsWhiteout(status) ? null : status;
            }

            return null;
        }

        /// <summary>A directory in this one: it ends at a layer that has something else in its place, or hides what is below.</summary>
        public Layers Enter(string name)
        {
            var found = new List<UnixDirectory>();
            foreach (var directory in directories)
            {
                if (directory.TryStat(name) is not { } status)
                    continue;
                if (status.Kind != FileKind.Directory || directory.TryOpenInRoot(name) is not { } entered)
                    break;
                found.Add(entered);
                if (IsOpaque(directory, name))
                    break;
            }

            return new Layers(found);
        }

        public IEnumerable<string> Names() => directories.SelectMany(directory => directory.Names).Distinct().Where(name => TryStat(name) is not null).ToArray();

        public void Dispose()
        {
            foreach (var directory in directories)
                directory.Dispose();
        }
    }
}
