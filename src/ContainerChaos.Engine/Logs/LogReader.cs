using System.Buffers;
using ContainerChaos.Linux;
using Microsoft.Win32.SafeHandles;

namespace ContainerChaos.Engine;

/// <summary>Reads a json-file log across its rotations, oldest record first, and can go on where it stopped.</summary>
/// <remarks>The current file is <c>PATH</c>; rotated ones are <c>PATH.1</c> (the newest), <c>PATH.2</c>, … as Docker names them.</remarks>
internal sealed class LogReader(string path) : IDisposable
{
    private const int BlockSize = 64 * 1024;

    private readonly Dictionary<string, ContainerLogEntry> _parts = [];
    private SafeFileHandle? _file;
    private FileStatus _identity;
    private long _offset;
    private byte[] _buffer = new byte[BlockSize];
    private int _length;

    /// <summary>Goes to the place that so many records follow; null or too many go to the beginning.</summary>
    public void Seek(int? tail)
    {
        var files = Files();
        if (tail is not { } count)
        {
            MoveTo(files.Count > 0 ? files[^1] : null, 0);
            return;
        }

        for (var i = 0; i < files.Count; i++)
        {
            using var file = TryOpen(files[i]);
            if (file is null)
                continue;
            if (FindTail(file, ref count) is { } offset)
            {
                MoveTo(files[i], offset);
                return;
            }
        }

        MoveTo(files.Count > 0 ? files[^1] : null, 0);
    }

    /// <summary>The records from here to the end of what is written by now.</summary>
    public IEnumerable<ContainerLogEntry> ReadAvailable()
    {
        if (_file is null && Files() is [.., var oldest])
            MoveTo(oldest, 0);
        while (_file is not null)
        {
            while (Fill())
            {
                var start = 0;
                while (_buffer.AsSpan(start, _length - start).IndexOf((byte)'\n') is >= 0 and var end)
                {
                    if (Join(_buffer.AsSpan(start, end)) is { } entry)
                        yield return entry;
                    start += end + 1;
                }

                _buffer.AsSpan(start, _length - start).CopyTo(_buffer);
                _length -= start;
            }

            if (!MoveToNext())
                break;
        }
    }

    /// <summary>What is left of lines that never got their newline, for when nothing more will come.</summary>
    public IReadOnlyList<ContainerLogEntry> Rest()
    {
        ContainerLogEntry[] rest = [.. _parts.Values.OrderBy(part => part.Time)];
        _parts.Clear();
        return rest;
    }

    public void Dispose() => _file?.Dispose();

    // Newest first.
    private List<string> Files()
    {
        var files = new List<string>();
        if (File.Exists(path))
            files.Add(path);
        for (var number = 1; File.Exists($"{path}.{number}"); number++)
            files.Add($"{path}.{number}");
        return files;
    }

    private void MoveTo(string? file, long offset)
    {
        _file?.Dispose();
        _file = file is null ? null : TryOpen(file);
        _identity = _file is null ? default : FileStatus.Read(_file);
        (_offset, _length) = (offset, 0);
    }

    /// <summary>After a rotation, the file that follows the one that was read to its end; false when that is still the current one.</summary>
    private bool MoveToNext()
    {
        var files = Files();
        var position = files.FindIndex(file =>
            FileStatus.TryRead(file, out var status) && status.Inode == _identity.Inode && status.Device == _identity.Device);
        if (position == 0 || files.Count == 0)
            return false;
        // Something may have been appended between the last read and the rotation.
        if (RandomAccess.GetLength(_file!) > _offset)
            return true;
        // Not found: it was rotated away, and everything that is left is newer.
        MoveTo(position > 0 ? files[position - 1] : files[^1], 0);
        return _file is not null;
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

    // The writer splits long lines into records without a newline; they are one line again here.
    private ContainerLogEntry? Join(ReadOnlySpan<byte> line)
    {
        if (!LogRecord.TryParse(line, out var record))
            return null;
        if (_parts.Remove(record.Stream, out var part))
            record = part with { Line = part.Line + record.Line };
        if (record.Line.EndsWith('\n'))
            return record with { Line = record.Line.TrimEnd('\n').TrimEnd('\r') };
        _parts[record.Stream] = record;
        return null;
    }

    /// <summary>Searches backwards for the newline before the last records.</summary>
    /// <returns>The offset they begin at; null when the file holds fewer, which are taken off the count.</returns>
    private static long? FindTail(SafeFileHandle file, ref int count)
    {
        var block = ArrayPool<byte>.Shared.Rent(BlockSize);
        try
        {
            var end = RandomAccess.GetLength(file);
            if (count == 0)
                return end;
            // The newline at the very end closes the last record and does not begin another.
            var position = Math.Max(0, end - 1);
            while (position > 0)
            {
                var size = (int)Math.Min(BlockSize, position);
                position -= size;
                var bytes = block.AsSpan(0, RandomAccess.Read(file, block.AsSpan(0, size), position));
                for (var i = bytes.LastIndexOf((byte)'\n'); i >= 0; i = bytes[..i].LastIndexOf((byte)'\n'))
                {
                    if (--count == 0)
                        return position + i + 1;
                }
            }

            if (end > 0 && --count == 0)
                return 0;
            return null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }

    private static SafeFileHandle? TryOpen(string file)
    {
        try
        {
            return File.OpenHandle(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}
