using ContainerChaos.Target.Native;
using ContainerChaos.Target.Report;
using ContainerChaos.Target.Text;

namespace ContainerChaos.Target.Commands;

/// <summary>Commands on files.</summary>
internal static unsafe class FileCommands
{
    public static int Cat(string[] arguments) => Each("cat", arguments, file =>
    {
        using var path = new NativeString(file);
        int fd = Libc.open(path, Libc.O_RDONLY | Libc.O_CLOEXEC, 0);
        if (fd < 0) return Libc.Errno;
        const int Size = 16 * 1024;
        byte* buffer = stackalloc byte[Size];
        nint count;
        while ((count = Libc.read(fd, buffer, Size)) > 0) Output.Bytes(1, new ReadOnlySpan<byte>(buffer, (int)count));
        int error = count < 0 ? Libc.Errno : 0;
        Libc.close(fd);
        return error;
    });

    public static int List(string[] arguments) => Each("ls", arguments.Length > 0 ? arguments : ["."], directory =>
    {
        var names = new List<string>();
        int error = DirectoryReader.Read(directory, (name, _) => names.Add(name));
        names.Sort(string.CompareOrdinal);
        foreach (string name in names) Output.Line(name);
        return error;
    });

    public static int Stat(string[] arguments) => Each("stat", arguments, file =>
    {
        using var path = new NativeString(file);
        Statx found;
        if (Libc.statx(Libc.AT_FDCWD, path, Libc.AT_SYMLINK_NOFOLLOW, Libc.STATX_BASIC_STATS, &found) != 0) return Libc.Errno;
        string type = (found.Mode & 0xf000) switch
        {
            0x1000 => "fifo",
            0x2000 => "character",
            0x4000 => "directory",
            0x6000 => "block",
            0x8000 => "file",
            0xa000 => "link",
            0xc000 => "socket",
            _ => "unknown",
        };
        Output.Line($"{file} type={type} mode={Convert.ToString(found.Mode & 0xfff, 8).PadLeft(4, '0')} uid={found.UserId} gid={found.GroupId} " +
            $"size={found.Size} ino={found.Inode} links={found.Links} dev={found.DeviceMajor}:{found.DeviceMinor} rdev={found.SpecialMajor}:{found.SpecialMinor}");
        return 0;
    });

    public static int Write(string[] arguments, int how)
    {
        string file = Arguments.Value(arguments, 0, "write");
        using var path = new NativeString(file);
        int fd = Libc.open(path, Libc.O_WRONLY | Libc.O_CREAT | Libc.O_CLOEXEC | how, 0x1a4);
        bool isWritten = fd >= 0 && Output.Bytes(fd, System.Text.Encoding.UTF8.GetBytes(string.Join(' ', arguments[1..]) + "\n"));
        int error = isWritten ? 0 : Libc.Errno;
        if (fd >= 0) Libc.close(fd);
        return Report("write", file, error);
    }

    public static int MakeDirectory(string[] arguments) => Each("mkdir", arguments, directory =>
    {
        using var path = new NativeString(directory);
        return Libc.mkdirat(Libc.AT_FDCWD, path, 0x1ed) == 0 ? 0 : Libc.Errno;
    });

    public static int Remove(string[] arguments) => Each("rm", arguments, file =>
    {
        using var path = new NativeString(file);
        if (Libc.unlinkat(Libc.AT_FDCWD, path, 0) == 0) return 0;
        int error = Libc.Errno;
        return error == Errno.EISDIR && Libc.unlinkat(Libc.AT_FDCWD, path, Libc.AT_REMOVEDIR) == 0 ? 0 : error;
    });

    private static int Each(string command, string[] files, Func<string, int> action)
    {
        if (files.Length == 0) throw new UsageException($"{command}: a path is missing");
        int code = 0;
        foreach (string file in files) code |= Report(command, file, action(file));
        return code;
    }

    private static int Report(string command, string file, int error)
    {
        if (error == 0) return 0;
        Output.Error($"{command} {file}: {Errno.Name(error)}");
        return 1;
    }
}
