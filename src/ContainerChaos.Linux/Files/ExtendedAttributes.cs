using System.Runtime.InteropServices;
using System.Text;

namespace ContainerChaos.Linux;

/// <summary>Reads the extended attributes of files (xattr(7)), symbolic links not followed.</summary>
public static class ExtendedAttributes
{
    /// <summary>All attributes of a file with their values, by name; empty where the file system has none.</summary>
    /// <exception cref="ErrnoException">ENOENT, EACCES.</exception>
    public static IReadOnlyList<KeyValuePair<string, byte[]>> Read(string path)
    {
        var names = ReadNames(path);
        if (names.Length == 0)
            return [];
        var result = new List<KeyValuePair<string, byte[]>>();
        foreach (var name in Encoding.UTF8.GetString(names).Split('\0', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal))
        {
            if (TryReadValue(path, name) is { } value)
                result.Add(new(name, value));
        }

        return result;
    }

    private static unsafe byte[] ReadNames(string path)
    {
        // ERANGE: the list grew between the two calls.
        while (true)
        {
            var size = FileCalls.llistxattr(path, null, 0);
            if (size < 0)
                return (Errno)Marshal.GetLastPInvokeError() == Errno.EOPNOTSUPP ? [] : throw ErrnoException.Last("llistxattr", path);
            if (size == 0)
                return [];
            var list = new byte[size];
            fixed (byte* buffer = list)
            {
                var length = FileCalls.llistxattr(path, buffer, (nuint)size);
                if (length >= 0)
                    return list[..(int)length];
            }

            if ((Errno)Marshal.GetLastPInvokeError() != Errno.ERANGE)
                throw ErrnoException.Last("llistxattr", path);
        }
    }

    private static unsafe byte[]? TryReadValue(string path, string name)
    {
        while (true)
        {
            var size = FileCalls.lgetxattr(path, name, null, 0);
            if (size >= 0)
            {
                var value = new byte[size];
                fixed (byte* buffer = value)
                {
                    var length = FileCalls.lgetxattr(path, name, buffer, (nuint)size);
                    if (length >= 0)
                        return value[..(int)length];
                }
            }

            switch ((Errno)Marshal.GetLastPInvokeError())
            {
                case Errno.ERANGE:
                    continue;
                case Errno.ENODATA:
                    return null;
                default:
                    throw ErrnoException.Last("lgetxattr", path);
            }
        }
    }
}
