using ContainerChaos.Linux;
using ContainerChaos.Runtime;

namespace ContainerChaos.Supervisor;

/// <summary>Whole JSON files that a reader never sees half written: a new file beside the old one, then rename(2).</summary>
public static class JsonFile
{
    /// <summary>Reads a file, or null when it does not exist.</summary>
    /// <exception cref="ContainerException">StoreDamaged: the file is not the JSON it should be, as a loss of power can leave it.</exception>
    public static T? TryRead<T>(string path, JsonForm<T> form)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(form);
        // Each start looks for some that are seldom there, and an exception takes longer than all its reading.
        if (!File.Exists(path))
            return null;
        byte[] content;
        try
        {
            content = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        if (content.Length == 0)
            throw Damaged(path, "it is empty", null);
        try
        {
            return form.Read(content, path);
        }
        catch (ContainerException e) when (e.Reason == ErrorReason.InvalidArgument)
        {
            throw Damaged(path, e.Message[(path.Length + 2)..], e);
        }
    }

    /// <summary>Reads a file, or null when it does not exist or is damaged.</summary>
    public static T? TryReadIntact<T>(string path, JsonForm<T> form)
        where T : class
    {
        try
        {
            return TryRead(path, form);
        }
        catch (ContainerException e) when (e.Reason == ErrorReason.StoreDamaged)
        {
            return null;
        }
    }

    /// <summary>Replaces a file. It has one writer; readers see the old content or the new, and are its owner alone.</summary>
    public static void Write<T>(string path, T value, JsonForm<T> form)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(form);
        var temporary = path + ".new";
        using (var file = FileDescriptor.Open(temporary, OpenFlags.O_WRONLY | OpenFlags.O_CREAT | OpenFlags.O_TRUNC, 0x180 /* 0600 */))
            file.Write(form.ToBytes(value));
        File.Move(temporary, path, overwrite: true);
    }

    private static ContainerException Damaged(string path, string problem, Exception? inner) =>
        new(ErrorReason.StoreDamaged, $"{path} is damaged: {problem.TrimEnd('.')}.", path, inner) { Remedy = "Remove what it belongs to, and make it again." };
}
