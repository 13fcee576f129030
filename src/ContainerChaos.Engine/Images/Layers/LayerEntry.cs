using ContainerChaos.Linux;

namespace ContainerChaos.Engine;

/// <summary>One file of a layer on its way from a source into the store.</summary>
internal sealed record LayerEntry
{
    /// <summary>The path below the root, without a leading slash, <c>.</c> or <c>..</c>; empty for the root itself.</summary>
    public required string Path { get; init; }

    /// <summary>What it is; a second name of an earlier entry has a <see cref="HardLink"/> instead.</summary>
    public required FileKind Kind { get; init; }

    /// <summary>Permission bits (07777).</summary>
    public uint Mode { get; init; }

    public uint UserId { get; init; }

    public uint GroupId { get; init; }

    public long ModifiedSeconds { get; init; }

    public uint ModifiedNanoseconds { get; init; }

    /// <summary>The path below the root of the entry that this is another name of.</summary>
    public string? HardLink { get; init; }

    /// <summary>What a symbolic link says.</summary>
    public string? SymbolicLink { get; init; }

    public uint DeviceMajor { get; init; }

    public uint DeviceMinor { get; init; }

    public IReadOnlyList<KeyValuePair<string, byte[]>> ExtendedAttributes { get; init; } = [];

    /// <summary>The bytes of a regular file; null for none. Valid until the next entry.</summary>
    public Stream? Content { get; init; }
}
