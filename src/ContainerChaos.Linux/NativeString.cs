using System.Runtime.InteropServices;
using System.Text;

namespace ContainerChaos.Linux;

/// <summary>A string as the kernel takes it: UTF-8, ended by a zero byte, in unmanaged memory until disposed.</summary>
internal readonly unsafe struct NativeString : IDisposable
{
    private readonly byte* _data;

    internal NativeString(string text)
    {
        if (text.Contains('\0'))
            throw new ErrnoException(Errno.EINVAL, "string", "(holds a zero byte)");
        var length = Encoding.UTF8.GetByteCount(text);
        _data = (byte*)NativeMemory.Alloc((nuint)length + 1);
        Encoding.UTF8.GetBytes(text, new Span<byte>(_data, length));
        _data[length] = 0;
    }

    internal nint Address => (nint)_data;

    public void Dispose() => NativeMemory.Free(_data);
}
