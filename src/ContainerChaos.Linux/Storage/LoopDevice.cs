using System.Globalization;
using System.Runtime.InteropServices;

namespace ContainerChaos.Linux;

/// <summary>A file as a block device (loop(4)). The kernel takes it off when nobody has it open or mounted any more, whoever died.</summary>
public sealed unsafe class LoopDevice : IDisposable
{
    private const int MaximumTries = 64;
    private const uint LO_FLAGS_AUTOCLEAR = 4;
    private const nint LOOP_CTL_GET_FREE = 0x4C82, LOOP_CONFIGURE = 0x4C0A, LOOP_GET_STATUS64 = 0x4C05;

    private readonly FileDescriptor _device;

    private LoopDevice(FileDescriptor device, string path)
    {
        _device = device;
        Path = path;
    }

    /// <summary>The device's node.</summary>
    public string Path { get; }

    /// <summary>Attaches a file to a free device.</summary>
    /// <param name="file">The file.</param>
    /// <exception cref="ErrnoException">ENOENT, ENXIO or EPERM on /dev/loop-control: this host, or this user, has no loop devices; EBUSY: all are taken.</exception>
    public static LoopDevice Attach(string file)
    {
        using var backing = FileDescriptor.Open(file, OpenFlags.O_RDWR);
        using var control = FileDescriptor.Open("/dev/loop-control", OpenFlags.O_RDWR);
        for (var attempt = 0; ; attempt++)
        {
            var number = (int)Libc.Checked("ioctl LOOP_CTL_GET_FREE", "/dev/loop-control", Libc.SystemCall((nint)SystemCallNumber.ioctl, control.Number, LOOP_CTL_GET_FREE));
            var path = string.Create(CultureInfo.InvariantCulture, $"/dev/loop{number}");
            MakeNode(path, number);
            var device = FileDescriptor.Open(path, OpenFlags.O_RDWR);
            var configuration = new Configuration { File = (uint)backing.Number };
            configuration.Information.Flags = LO_FLAGS_AUTOCLEAR;
            if (Libc.SystemCall((nint)SystemCallNumber.ioctl, device.Number, LOOP_CONFIGURE, (nint)(&configuration)) == 0)
                return new LoopDevice(device, path);
            var error = ErrnoException.Last("ioctl LOOP_CONFIGURE", path);
            device.Dispose();
            // Somebody else was given the same free number.
            if (error.Errno != Errno.EBUSY || attempt >= MaximumTries)
                throw error;
        }
    }

    /// <summary>The device that a file is attached to; null when it is to none.</summary>
    /// <remarks>It is held open, so that it stays attached meanwhile.</remarks>
    public static LoopDevice? TryFind(string file)
    {
        if (!Directory.Exists("/sys/block"))
            return null;
        var wanted = FileStatus.Read(file);
        foreach (var entry in Directory.EnumerateFileSystemEntries("/sys/block", "loop*").Where(entry => File.Exists(System.IO.Path.Combine(entry, "loop/backing_file"))))
        {
            var path = "/dev/" + System.IO.Path.GetFileName(entry);
            if (FileDescriptor.TryOpen(path, OpenFlags.O_RDWR, 0, out _) is not { } device)
                continue;
            var information = default(Information);
            if (Libc.SystemCall((nint)SystemCallNumber.ioctl, device.Number, LOOP_GET_STATUS64, (nint)(&information)) == 0
                && information.Inode == wanted.Inode && Decode(information.Device) == wanted.Device)
            {
                return new LoopDevice(device, path);
            }

            device.Dispose();
        }

        return null;
    }

    /// <inheritdoc/>
    public void Dispose() => _device.Dispose();

    // Where no devtmpfs makes the node of a new number.
    private static void MakeNode(string path, int number)
    {
        if (File.Exists(path))
            return;
        using var native = new NativeString(path);
        const int major = 7;
        Libc.SystemCall((nint)SystemCallNumber.mknodat, NativeConstants.AT_FDCWD, native.Address, NativeConstants.S_IFBLK | 0x180, (major << 8) | (number & 0xFF) | ((number & ~0xFF) << 12));
    }

    // huge_encode_dev() of the kernel, into the halves of FileStatus.
    private static ulong Decode(ulong device) => (((device >> 8) & 0xFFF) << 32) | (device & 0xFF) | ((device >> 12) & 0xFFF00);

#pragma warning disable CS0649, CS0169 // Fields that stay zero are part of the kernel's layout.
    /// <summary><c>struct loop_info64</c> (linux/loop.h).</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Information
    {
        internal ulong Device;
        internal ulong Inode;
        internal ulong BlockDevice;
        internal ulong Offset;
        internal ulong SizeLimit;
        internal uint Number;
        internal uint EncryptType;
        internal uint EncryptKeySize;
        internal uint Flags;
        internal fixed byte FileName[64];
        internal fixed byte CryptName[64];
        internal fixed byte EncryptKey[32];
        internal fixed ulong Init[2];
    }

    /// <summary><c>struct loop_config</c> (linux/loop.h).</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Configuration
    {
        internal uint File;
        internal uint BlockSize;
        internal Information Information;
        internal fixed ulong Reserved[8];
    }
#pragma warning restore CS0649, CS0169
}
