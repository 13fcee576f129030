namespace ContainerChaos.Target.Native;

/// <summary><c>struct statx</c> (256 bytes; statx(2)).</summary>
internal unsafe struct Statx
{
    public uint Mask;
    public uint BlockSize;
    public ulong Attributes;
    public uint Links;
    public uint UserId;
    public uint GroupId;
    public ushort Mode;
    private readonly ushort _spare;
    public ulong Inode;
    public ulong Size;
    public ulong Blocks;
    private fixed ulong _attributesMaskAndTimes[9];
    public uint SpecialMajor;
    public uint SpecialMinor;
    public uint DeviceMajor;
    public uint DeviceMinor;
    private fixed ulong _reserved[14];
}
