using System.Runtime.InteropServices;

namespace ContainerChaos.Linux;

/// <summary>A POSIX extended regular expression (regex(3)): a thirtieth of what .NET's own adds to a native executable.</summary>
public sealed unsafe partial class PosixPattern : IDisposable
{
    private const int REG_EXTENDED = 1, REG_NOSUB = 8;

    // regex_t is 64 bytes in glibc on 64-bit machines; there is room to spare.
    private readonly nint _compiled = (nint)NativeMemory.AllocZeroed(256);

    /// <summary>Compiles a pattern.</summary>
    /// <exception cref="ErrnoException">EINVAL: it is malformed.</exception>
    public PosixPattern(string pattern)
    {
        if (regcomp(_compiled, pattern, REG_EXTENDED | REG_NOSUB) == 0)
            return;
        NativeMemory.Free((void*)_compiled);
        throw new ErrnoException(Errno.EINVAL, "regcomp", pattern);
    }

    /// <summary>Whether a part of the text matches.</summary>
    public bool IsMatch(string text) => regexec(_compiled, text, 0, 0, 0) == 0;

    /// <inheritdoc/>
    public void Dispose()
    {
        regfree(_compiled);
        NativeMemory.Free((void*)_compiled);
    }

    [LibraryImport(Libc.Name, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int regcomp(nint compiled, string pattern, int flags);

    [LibraryImport(Libc.Name, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int regexec(nint compiled, string text, nint matches, nint match, int flags);

    [LibraryImport(Libc.Name)]
    private static partial void regfree(nint compiled);
}
