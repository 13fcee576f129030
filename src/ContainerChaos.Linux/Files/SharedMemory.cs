namespace ContainerChaos.Linux;

/// <summary>A file in memory as memory of this process, shared with everybody who has mapped it (mmap(2), MAP_SHARED).</summary>
public sealed unsafe class SharedMemory : IDisposable
{
    private readonly nint _address;

    /// <summary>Maps a file that is at least so long.</summary>
    /// <param name="file">The file.</param>
    /// <param name="length">How many bytes of it.</param>
    public SharedMemory(FileDescriptor file, int length)
    {
        const int PROT_READ_WRITE = 3, MAP_SHARED = 1;
        Length = length;
        _address = Libc.Checked("mmap", null, Libc.SystemCall((nint)SystemCallNumber.mmap, 0, length, PROT_READ_WRITE, MAP_SHARED, file.Number, 0));
    }

    /// <summary>How many bytes it has.</summary>
    public int Length { get; }

    /// <summary>Where it begins, at a page.</summary>
    public void* Address => (void*)_address;

    /// <inheritdoc/>
    public void Dispose() => Libc.SystemCall((nint)SystemCallNumber.munmap, _address, Length);
}
