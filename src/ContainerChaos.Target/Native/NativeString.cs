using System.Runtime.InteropServices;

namespace ContainerChaos.Target.Native;

/// <summary>A string as C wants it: UTF-8 and zero-terminated, freed at the end of the <c>using</c>.</summary>
internal readonly unsafe struct NativeString(string text) : IDisposable
{
    public byte* Pointer { get; } = (byte*)Marshal.StringToCoTaskMemUTF8(text);

    public static implicit operator byte*(NativeString value) => value.Pointer;

    public void Dispose() => Marshal.FreeCoTaskMem((nint)Pointer);
}
