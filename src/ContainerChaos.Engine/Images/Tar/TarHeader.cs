namespace ContainerChaos.Engine;

/// <summary>What a tar archive says of one entry, with pax records and GNU's long names already applied.</summary>
internal sealed record TarHeader
{
    public required string Name { get; init; }

    /// <summary>The type flag of ustar (pax(5)): <c>0</c> file, <c>1</c> hard link, <c>2</c> symbolic link, <c>3</c>/<c>4</c> device, <c>5</c> directory, <c>6</c> FIFO.</summary>
    public required char Type { get; init; }

    public uint Mode { get; init; }

    public long UserId { get; init; }

    public long GroupId { get; init; }

    /// <summary>The bytes of content that follow.</summary>
    public long Size { get; init; }

    public long ModifiedSeconds { get; init; }

    public uint ModifiedNanoseconds { get; init; }

    public string LinkName { get; init; } = "";

    public uint DeviceMajor { get; init; }

    public uint DeviceMinor { get; init; }

    /// <summary>Whether it is one of GNU tar's sparse files, whose content is no plain copy.</summary>
    public bool IsSparse { get; init; }

    public IReadOnlyList<KeyValuePair<string, byte[]>> ExtendedAttributes { get; init; } = [];
}
