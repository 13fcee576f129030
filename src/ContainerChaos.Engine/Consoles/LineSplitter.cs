using System.Runtime.InteropServices;
using System.Text;

namespace ContainerChaos.Engine;

/// <summary>Makes lines of output as it comes.</summary>
internal sealed class LineSplitter(Action<string> onLine)
{
    private readonly List<byte> _rest = [];

    public void Append(ReadOnlySpan<byte> bytes)
    {
        while (bytes.IndexOf((byte)'\n') is >= 0 and var end)
        {
            _rest.AddRange(bytes[..end]);
            Flush();
            bytes = bytes[(end + 1)..];
        }

        _rest.AddRange(bytes);
    }

    /// <summary>The last line may have no newline.</summary>
    public void Finish()
    {
        if (_rest.Count > 0)
            Flush();
    }

    private void Flush()
    {
        var line = Encoding.UTF8.GetString(CollectionsMarshal.AsSpan(_rest)).TrimEnd('\r');
        _rest.Clear();
        onLine(line);
    }
}
