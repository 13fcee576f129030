using ContainerChaos.Runtime;
using ContainerChaos.Linux;
using ContainerChaos.Supervisor;
using Microsoft.Win32.SafeHandles;

namespace ContainerChaos.Engine;

/// <summary>Reads the journal across its rotations, and can go on where it stopped.</summary>
internal sealed class EventJournalReader(string path) : IDisposable
{
    private SafeFileHandle? _file;
    private byte[] _buffer = new byte[64 * 1024];
    private long _offset;
    private int _length;

    /// <summary>Goes behind everything that is there.</summary>
    public void SeekToEnd()
    {
        Open(path);
        _offset = _file is null ? 0 : RandomAccess.GetLength(_file);
    }

    /// <summary>The events from here to the end of what is written by now.</summary>
    public IEnumerable<ContainerEvent> ReadAvailable()
    {
        if (_file is null)
            Open(path + ".1");
        if (_file is null)
            Open(path);
        while (_file is not null)
        {
            while (Fill())
            {
                var start = 0;
                while (_buffer.AsSpan(start, _length - start).IndexOf((byte)'\n') is >= 0 and var end)
                {
                    if (Parse(_buffer.AsSpan(start, end)) is { } containerEvent)
                        yield return containerEvent;
                    start += end + 1;
                }
                _buffer.AsSpan(start, _length - start).CopyTo(_buffer);
                _length -= start;
            }
            // What is read to its end is the current file, or was rotated away and is followed by it.
            if (IsCurrent())
                yield break;
            Open(path);
        }
    }

    public void Dispose() => _file?.Dispose();

    private bool IsCurrent() =>
        FileStatus.TryRead(path, out var current) && FileStatus.Read(_file!) is var own && own.Inode == current.Inode && own.Device == current.Device;

    private void Open(string name)
    {
        _file?.Dispose();
        (_file, _offset, _length) = (null, 0, 0);
        try
        {
            _file = File.OpenHandle(name, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            // Nothing has happened yet.
        }
    }

    private bool Fill()
    {
        if (_length == _buffer.Length)
            Array.Resize(ref _buffer, _buffer.Length * 2);
        var count = RandomAccess.Read(_file!, _buffer.AsSpan(_length), _offset);
        _offset += count;
        _length += count;
        return count > 0;
    }

    // A line that a full disk cut off says nothing.
    private static ContainerEvent? Parse(ReadOnlySpan<byte> line)
    {
        try
        {
            return SupervisorJson.ContainerEvent.Read(line, "the journal");
        }
        catch (ContainerException)
        {
            return null;
        }
    }
}
