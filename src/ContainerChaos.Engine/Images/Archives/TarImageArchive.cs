namespace ContainerChaos.Engine;

/// <summary>An image layout or a <c>docker save</c> archive in a tar file.</summary>
internal sealed class TarImageArchive(FileStream file, IReadOnlyDictionary<string, TarImageArchive.Member> members) : ImageArchive
{
    // Links to links; docker save has made one step of them for a layer that several images have.
    private const int MaximumLinks = 8;

    /// <summary>Where a file's content is, or which other one it stands for.</summary>
    public sealed record Member(long Offset, long Length, string? Target);

    /// <summary>Where everything is in an archive that holds images; null for another one, as soon as that is seen.</summary>
    /// <exception cref="InvalidDataException">It is no tar archive.</exception>
    public static Dictionary<string, Member>? TryIndex(Stream archive, Func<string, bool> isMember, CancellationToken cancellationToken)
    {
        var members = new Dictionary<string, Member>(StringComparer.Ordinal);
        var reader = new TarArchiveReader(archive);
        while (reader.Next() is { } header)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (TarLayerSource.TryNormalizePath(header.Name) is not { } name)
                return null;
            if (name.Length == 0)
                continue;
            if (!isMember(name))
                return null;
            switch (header.Type)
            {
                case '0':
                    members[name] = new Member(reader.ContentOffset, header.Size, null);
                    break;
                case '1':
                    members[name] = new Member(0, 0, TarLayerSource.TryNormalizePath(header.LinkName));
                    break;
                case '2':
                    members[name] = new Member(0, 0, Resolve(name, header.LinkName));
                    break;
            }
        }

        return members.ContainsKey("index.json") || members.ContainsKey("manifest.json") ? members : null;
    }

    public override Stream? TryOpen(string name)
    {
        name = TarLayerSource.TryNormalizePath(name) ?? "";
        for (var links = 0; links < MaximumLinks && members.TryGetValue(name, out var member); links++)
        {
            if (member.Target is null)
                return member is { Offset: 0, Length: 0 } ? null : new FileWindow(file.SafeFileHandle, member.Offset, member.Length);
            name = member.Target;
        }

        return null;
    }

    public override void Dispose() => file.Dispose();

    // Relative to the link's own directory, and never above the archive.
    private static string Resolve(string name, string target)
    {
        var parts = new Stack<string>(target.StartsWith('/') ? [] : name.Split('/')[..^1]);
        foreach (var part in target.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == "..")
                parts.TryPop(out _);
            else if (part != ".")
                parts.Push(part);
        }

        return string.Join('/', parts.Reverse());
    }
}
