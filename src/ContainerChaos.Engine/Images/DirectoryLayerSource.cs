using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using ContainerChaos.Linux;

namespace ContainerChaos.Engine;

/// <summary>A root file system that lies unpacked in a directory. Other file systems mounted in it are left out.</summary>
/// <remarks>Its digest covers path, type, owner, mode, time, attributes and content of each entry in ordinal order, so equal trees are equal layers.</remarks>
internal sealed class DirectoryLayerSource(string root) : LayerSource
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly Dictionary<(ulong Device, ulong Inode), string> _linked = [];
    private string? _digest;

    public override string Digest => _digest ?? throw new InvalidOperationException("The directory was not read to its end.");

    public override IEnumerable<LayerEntry> Read(CancellationToken cancellationToken)
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
            var entry = Describe(relative, path, status);
            Hash(entry, status.Size);
            if (entry is { Kind: FileKind.Regular, HardLink: null } && status.Size > 0)
            {
                using var content = new HashingStream(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0), _hash);
                yield return entry with { Content = content };
                content.CopyTo(Stream.Null);
            }
            else
            {
                yield return entry;
            }

            if (status.Kind == FileKind.Directory && status.Device == top.Device)
            {
                // The stack turns the order around, and a directory's content follows it at once.
                foreach (var child in Directory.EnumerateFileSystemEntries(path).Select(System.IO.Path.GetFileName).OrderDescending(StringComparer.Ordinal))
                    pending.Push(relative.Length == 0 ? child! : relative + "/" + child);
            }
        }

        _digest = Convert.ToHexStringLower(_hash.GetHashAndReset());
    }

    public override void Dispose() => _hash.Dispose();

    private LayerEntry Describe(string relative, string path, FileStatus status)
    {
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
            DeviceMajor = status.DeviceMajor,
            DeviceMinor = status.DeviceMinor,
            ExtendedAttributes = first is null ? [.. Linux.ExtendedAttributes.Read(path).Where(attribute => IsKept(attribute.Key))] : [],
        };
    }

    private void Hash(LayerEntry entry, long size)
    {
        Append(entry.Path);
        Append(entry.HardLink ?? "");
        Append(entry.SymbolicLink ?? "");
        ReadOnlySpan<long> numbers =
        [
            (long)entry.Kind, entry.Mode, entry.UserId, entry.GroupId, entry.ModifiedSeconds, entry.ModifiedNanoseconds,
            entry.DeviceMajor, entry.DeviceMinor, entry.Kind == FileKind.Regular ? size : 0, entry.ExtendedAttributes.Count,
        ];
        foreach (var number in numbers)
            Append(number);
        foreach (var (name, value) in entry.ExtendedAttributes)
        {
            Append(name);
            Append(value.Length);
            _hash.AppendData(value);
        }
    }

    private void Append(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Append(bytes.Length);
        _hash.AppendData(bytes);
    }

    private void Append(long number)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        _hash.AppendData(bytes);
    }
}
