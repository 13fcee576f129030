using Microsoft.Win32.SafeHandles;

namespace ContainerChaos.Linux;

/// <summary>
/// A file that is held and not opened (open(2), O_PATH), so that a device or a FIFO notices nothing, and that stays this file
/// whatever gets its name meanwhile.
/// </summary>
public sealed class PinnedFile : IDisposable
{
    private readonly SafeFileHandle _handle;
    private readonly string _path;

    internal PinnedFile(SafeFileHandle handle, string path)
    {
        _handle = handle;
        _path = path;
    }

    /// <summary>What it is.</summary>
    public FileStatus Status => FileStatus.Read(_handle);

    private string Link => $"/proc/self/fd/{_handle.DangerousGetHandle()}";

    /// <summary>Opens it for reading. Whether that may be done to what it is, is to be asked before.</summary>
    /// <exception cref="ErrnoException">EACCES, or what the device says.</exception>
    public SafeFileHandle OpenForReading() => Open(FileCalls.O_RDONLY | FileCalls.O_NONBLOCK);

    /// <summary>Opens it for reading and writing, as it is.</summary>
    /// <exception cref="ErrnoException">EACCES, EROFS, ETXTBSY.</exception>
    public SafeFileHandle OpenForUpdate() => Open(FileCalls.O_RDWR | FileCalls.O_NONBLOCK);

    /// <summary>Opens it for writing and makes it empty: a file whose name can't be taken away, because something is mounted on it.</summary>
    /// <exception cref="ErrnoException">EACCES, EROFS, ETXTBSY.</exception>
    public SafeFileHandle OpenForRewriting() => Open(FileCalls.O_WRONLY | FileCalls.O_TRUNC | FileCalls.O_NONBLOCK);

    /// <summary>Sets the permission bits; a symbolic link has none.</summary>
    public void SetMode(uint mode)
    {
        // fchmod(2) refuses O_PATH; the link in proc_pid_fd(5) leads to this very file.
        if (FileCalls.chmod(Link, mode) != 0)
            throw ErrnoException.Last("chmod", _path);
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    private SafeFileHandle Open(int flags)
    {
        var descriptor = FileCalls.open(Link, flags | FileCalls.O_CLOEXEC, 0);
        return descriptor < 0 ? throw ErrnoException.Last("open", _path) : new SafeFileHandle(descriptor, ownsHandle: true);
    }
}
