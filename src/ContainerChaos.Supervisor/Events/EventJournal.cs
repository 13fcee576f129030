using ContainerChaos.Linux;

namespace ContainerChaos.Supervisor;

/// <summary>
/// The events of all containers of a data root in one file, a JSON object a line: what a container's own file says and, beyond that, its
/// making and its removal. It outlives the containers.
/// </summary>
/// <remarks>
/// Every line is one write(2) to a file that is opened for appending, so that the lines of many processes never mix. A file that has
/// grown too long becomes <c>PATH.1</c>, and the one that was so far goes.
/// </remarks>
public static class EventJournal
{
    /// <summary>How long a file may become, in bytes.</summary>
    public const long MaximumLength = 8 << 20;

    /// <summary>Appends an event; nothing where the journal's directory does not exist.</summary>
    /// <param name="path">The journal.</param>
    /// <param name="containerEvent">The event.</param>
    public static void Append(string path, ContainerEvent containerEvent) => Append(path, ToLine(containerEvent));

    /// <summary>An event as a line of a file.</summary>
    internal static byte[] ToLine(ContainerEvent containerEvent) => [.. SupervisorJson.ContainerEvent.ToBytes(containerEvent), (byte)'\n'];

    internal static void Append(string path, byte[] line)
    {
        try
        {
            using var file = FileDescriptor.TryOpen(path, OpenFlags.O_WRONLY | OpenFlags.O_CREAT | OpenFlags.O_APPEND, 0x180 /* 0600 */, out _);
            if (file is null)
                return;
            file.Write(line);
            if (FileStatus.Read(file).Size > MaximumLength)
                Rotate(path, file);
        }
        catch (Exception e) when (e is ErrnoException or IOException or UnauthorizedAccessException)
        {
            // A full disk, or one that is read-only, costs the record of an event, never what the event is about.
        }
    }

    private static void Rotate(string path, FileDescriptor full)
    {
        using var turn = FileLock.Exclusive(path + ".lock");
        // Somebody else may have been first.
        if (full.IsSameFileAs(path))
            File.Move(path, path + ".1", overwrite: true);
    }
}
