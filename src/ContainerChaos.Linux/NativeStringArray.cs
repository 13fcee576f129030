using System.Runtime.InteropServices;

namespace ContainerChaos.Linux;

/// <summary>A null-ended array of strings, as execve(2) takes it.</summary>
internal sealed unsafe class NativeStringArray : IDisposable
{
    private readonly NativeString[] _strings;

    internal NativeStringArray(IReadOnlyList<string> texts)
    {
        _strings = [.. texts.Select(text => new NativeString(text))];
        Address = (nint)NativeMemory.AllocZeroed((nuint)((texts.Count + 1) * sizeof(nint)));
        for (var i = 0; i < _strings.Length; i++)
            ((nint*)Address)[i] = _strings[i].Address;
    }

    internal nint Address { get; }

    public void Dispose()
    {
        NativeMemory.Free((void*)Address);
        foreach (var text in _strings)
            text.Dispose();
    }
}
