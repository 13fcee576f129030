using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary>An id in use: a file below the runtime's root, locked while its container runs.</summary>
internal sealed class IdReservation : IDisposable
{
    private readonly FileDescriptor _lock;
    private readonly string _file;

    private IdReservation(FileDescriptor @lock, string file)
    {
        _lock = @lock;
        _file = file;
    }

    /// <summary>Takes an id; one whose holder was killed is free again.</summary>
    /// <exception cref="ContainerException">It is malformed (<see cref="ErrorReason.InvalidName"/>) or taken (<see cref="ErrorReason.NameInUse"/>).</exception>
    internal static IdReservation Take(string root, string id)
    {
        if (id.Length is 0 or > 1024 || id is "." or ".." || !id.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '+' or '-' or '.'))
        {
            throw new ContainerException(ErrorReason.InvalidName, $"'{id}' is not a container id.", id)
            {
                Remedy = "Use letters, digits, '_', '+', '-' and '.'.",
            };
        }
        Directory.CreateDirectory(root, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var file = Path.Combine(root, id + ".lock");
        while (true)
        {
            var descriptor = FileDescriptor.Open(file, OpenFlags.O_RDWR | OpenFlags.O_CREAT, 0x180 /* 0600 */);
            if (!descriptor.TryLock())
            {
                descriptor.Dispose();
                throw new ContainerException(ErrorReason.NameInUse, $"A container with the id '{id}' runs already.", id) { Remedy = "Use another id." };
            }
            if (descriptor.IsSameFileAs(file))
                return new IdReservation(descriptor, file);
            descriptor.Dispose();
        }
    }

    public void Dispose()
    {
        File.Delete(_file);
        _lock.Dispose();
    }
}
