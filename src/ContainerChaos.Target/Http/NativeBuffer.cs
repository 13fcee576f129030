using System.Runtime.InteropServices;

namespace ContainerChaos.Target.Http;

/// <summary>Bytes outside the garbage-collected heap, kept only while there are some: an idle connection holds none.</summary>
internal unsafe struct NativeBuffer
{
    private byte* _start;
    private int _capacity;

    /// <summary>Bytes in it.</summary>
    public int Length { get; private set; }

    /// <summary>Where they start.</summary>
    public readonly byte* Start => _start;

    public readonly ReadOnlySpan<byte> Span => new(_start, Length);

    /// <summary>Adds bytes at the end.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) return;
        if (Length + bytes.Length > _capacity)
        {
            _capacity = Math.Max(Length + bytes.Length, 256);
            _start = (byte*)NativeMemory.Realloc(_start, (nuint)_capacity);
        }

        bytes.CopyTo(new Span<byte>(_start + Length, bytes.Length));
        Length += bytes.Length;
    }

    /// <summary>Takes bytes away from the start.</summary>
    public void Consume(int count)
    {
        if (count >= Length)
        {
            Clear();
            return;
        }

        Span.Slice(count).CopyTo(new Span<byte>(_start, Length - count));
        Length -= count;
    }

    /// <summary>Empties it and gives the memory back.</summary>
    public void Clear()
    {
        NativeMemory.Free(_start);
        _start = null;
        _capacity = 0;
        Length = 0;
    }
}
