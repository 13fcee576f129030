using ContainerChaos.Linux;

namespace ContainerChaos.Engine;

/// <summary>
/// A root file system that lies unpacked in a directory, or the writable layer of a container, whose removals become white-outs.
/// Other file systems mounted in it are left out.
/// </summary>
/// <remarks>It is recorded as the archive that it would be, with the entries in ordinal order, so equal trees are equal layers.</remarks>
internal sealed class DirectoryLayerSource(string root, bool isUpper = false) : LayerSource
{
    private readonly Dictionary<(ulong Device, ulong Inode), string> _linked = [];

    protected override IEnumerable<LayerEntry> Read(LayerRecorder recorder, CancellationToken cancellationToken)
    {
        var top = FileStatus.Read(root);
        var pending = new Stack<string>([""]);
        while (pending.TryPop(out var relative))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var path = relative.Length == 0 ? root : root + "/" + relative;
            if (!FileStatus.TryRead(path, out var status))
                throw Invalid($"'{relative}' vanished, or its name is not UTF-8", "Import a tree that nobody changes meanwhile.");
            // A socket belongs to the process that listens on it; tar leaves it out too.
            if (status.Kind is FileKind.Socket or FileKind.Unknown)
                continue;
            if (isUpper && status is { Kind: FileKind.CharacterDevice, DeviceMajor: 0, DeviceMinor: 0 })
            {
                yield return WhiteOut(recorder, Whiteout.Of(relative));
                continue;
            }

            if (Whiteout.IsName(System.IO.Path.GetFileName(relative)))
                throw Invalid($"the name of '{relative}' begins with '{Whiteout.Prefix}', which in layers stands for removed files", "Rename it first.");
            var attributes = Linux.ExtendedAttributes.Read(path);
            var entry = Describe(relative, path, status, attributes);
            var size = entry is { Kind: FileKind.Regular, HardLink: null } ? status.Size : 0;
            recorder.Literal(TarHeaderWriter.Make(entry, size));
            if (size > 0)
            {
                using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
                var before = recorder.Length;
                // Not a byte more than the header says, whoever appends to it meanwhile.
                using var content = new RecordedStream(recorder, relative, buffer => file.Read(buffer[..(int)Math.Min(buffer.Length, before + size - recorder.Length)]));
                yield return entry with { Content = content };
                content.CopyTo(Stream.Null);
                if (recorder.Length != before + size)
                    throw Invalid($"'{relative}' became shorter while it was read", "Import a tree that nobody changes meanwhile.");
                recorder.Literal(new byte[TarBlock.Padding(size)]);
            }
            else
            {
                yield return entry;
            }

            if (status.Kind == FileKind.Directory && status.Device == top.Device)
            {
                if (isUpper && IsOpaque(attributes))
                    yield return WhiteOut(recorder, relative.Length == 0 ? Whiteout.Opaque : relative + "/" + Whiteout.Opaque);
                // The stack turns the order around, and a directory's content follows it at once.
                foreach (var child in Directory.EnumerateFileSystemEntries(path).Select(System.IO.Path.GetFileName).OrderDescending(StringComparer.Ordinal))
                    pending.Push(relative.Length == 0 ? child! : relative + "/" + child);
            }
        }

        recorder.Literal(TarHeaderWriter.End);
    }

    private static LayerEntry WhiteOut(LayerRecorder recorder, string path)
    {
        var entry = new LayerEntry { Path = path, Kind = FileKind.Regular };
        recorder.Literal(TarHeaderWriter.Make(entry, 0));
        return entry;
    }

    private static bool IsOpaque(IReadOnlyList<KeyValuePair<string, byte[]>> attributes) =>
        attributes.Any(attribute => attribute.Key is Whiteout.OpaqueAttribute or Whiteout.OpaqueUserAttribute && attribute.Value is [(byte)'y']);

    private LayerEntry Describe(string relative, string path, FileStatus status, IReadOnlyList<KeyValuePair<string, byte[]>> attributes)
    {
        // overlayfs.rst, "redirect_dir": a renamed directory whose content is still below, where no archive can say it is.
        if (isUpper && attributes.Any(attribute => attribute.Key is "trusted.overlay.redirect" or "user.overlay.redirect"))
            throw Invalid($"the directory '{relative}' was renamed, and this kernel's overlay keeps its content elsewhere", "Boot with overlay.redirect_dir=off, or copy the directory in the container instead of renaming it.");
        string? first = null;
        if (status is { Kind: FileKind.Regular, Links: > 1 } && !_linked.TryAdd((status.Device, status.Inode), relative))
            first = _linked[(status.Device, status.Inode)];
        return new LayerEntry
        {
            Path = relative,
            Kind = status.Kind,
            Mode = status.Mode,
            // What an ordinary user has unpacked is root's in the containers, and a subordinate id is who it stands for.
            UserId = OrdinaryUser.Maps?.UserInside(status.UserId) ?? status.UserId,
            GroupId = OrdinaryUser.Maps?.GroupInside(status.GroupId) ?? status.GroupId,
            ModifiedSeconds = status.ModifiedSeconds,
            ModifiedNanoseconds = status.ModifiedNanoseconds,
            HardLink = first,
            SymbolicLink = status.Kind == FileKind.SymbolicLink ? new FileInfo(path).LinkTarget : null,
            DeviceMajor = status.Kind is FileKind.CharacterDevice or FileKind.BlockDevice ? status.DeviceMajor : 0,
            DeviceMinor = status.Kind is FileKind.CharacterDevice or FileKind.BlockDevice ? status.DeviceMinor : 0,
            ExtendedAttributes = first is null ? [.. attributes.Where(attribute => IsKept(attribute.Key))] : [],
        };
    }
}
