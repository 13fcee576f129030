using ContainerChaos.Target.Loop;
using ContainerChaos.Target.Native;

namespace ContainerChaos.Target.Faults;

/// <summary>Writes to the end of a file until it has grown enough or the disk is full. The file stays.</summary>
internal sealed unsafe class FillJob(string path, long bytes, Action<FillJob> finished) : Job
{
    /// <summary>In the root, since an image of one file has no other directory.</summary>
    public const string DefaultPath = "/fill";

    private const int BlockSize = 64 * 1024;
    private static readonly byte[] s_block = NewBlock();
    private int _fd = -1;

    /// <summary>Bytes written.</summary>
    public long Written { get; private set; }

    /// <summary>Why it ended early, ENOSPC when the disk is full; 0 = it did not.</summary>
    public int Error { get; private set; }

    public override bool Step(long now)
    {
        if (_fd < 0 && !Open()) return false;
        fixed (byte* block = s_block)
        {
            nint count = Libc.write(_fd, block, (nuint)Math.Min(bytes - Written, BlockSize));
            if (count < 0)
            {
                Error = Libc.Errno;
                return Error == Errno.EINTR;
            }

            Written += count;
            Damage.FilledBytes += count;
        }

        return Written < bytes;
    }

    public override void Finished()
    {
        if (_fd >= 0) Libc.close(_fd);
        finished(this);
    }

    private static byte[] NewBlock()
    {
        var block = new byte[BlockSize];
        for (int i = 0; i < block.Length; i++) block[i] = (byte)(i * 31 >> 3);
        return block;
    }

    private bool Open()
    {
        using var native = new NativeString(path);
        _fd = Libc.open(native, Libc.O_WRONLY | Libc.O_CREAT | Libc.O_APPEND | Libc.O_CLOEXEC, 0x1a4);
        if (_fd < 0) Error = Libc.Errno;
        return _fd >= 0;
    }
}
