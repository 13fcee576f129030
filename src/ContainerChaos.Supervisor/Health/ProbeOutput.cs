using System.Text;

namespace ContainerChaos.Supervisor;

/// <summary>The first bytes of what a probe got, as many as Docker keeps.</summary>
internal sealed class ProbeOutput
{
    private const int Maximum = 4096;

    private byte[] _bytes = [];
    private bool _isCut;

    internal bool IsFull => _bytes.Length >= Maximum;

    internal ReadOnlySpan<byte> Bytes => _bytes;

    internal void Append(ReadOnlySpan<byte> bytes)
    {
        var kept = bytes[..Math.Min(bytes.Length, Maximum - _bytes.Length)];
        _isCut |= kept.Length < bytes.Length;
        _bytes = [.. _bytes, .. kept];
    }

    /// <summary>The text; what is no UTF-8 becomes U+FFFD, and three dots say that there was more.</summary>
    public override string ToString() => Encoding.UTF8.GetString(_bytes) + (_isCut ? "..." : "");
}
