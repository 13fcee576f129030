using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using ContainerChaos.Linux;

namespace ContainerChaos.Supervisor;

/// <summary>
/// The log of a container: Docker's json-file format, one object a line
/// (<c>{"log":"…\n","stream":"stdout","time":"…Z"}</c>), rotated by size.
/// </summary>
internal sealed class JsonLogWriter(string path, LogOptions options) : IDisposable
{
    private readonly ArrayBufferWriter<byte> _buffer = new(4096);
    private FileDescriptor? _file;
    private Utf8JsonWriter? _json;
    private long _size;

    /// <summary>Appends a line; it reaches the file with the next <see cref="Flush"/> at the latest.</summary>
    /// <param name="line">The text, its newline included where there was one; invalid UTF-8 is replaced.</param>
    /// <param name="stream"><c>stdout</c> or <c>stderr</c>.</param>
    internal void Append(ReadOnlySpan<byte> line, ReadOnlySpan<byte> stream)
    {
        _json ??= new Utf8JsonWriter(_buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true });
        _json.Reset(_buffer);
        _json.WriteStartObject();
        WriteText(line);
        _json.WriteString("stream"u8, stream);
        _json.WriteString("time"u8, DateTimeOffset.UtcNow.UtcDateTime);
        _json.WriteEndObject();
        _json.Flush();
        _buffer.Write("\n"u8);
        // Much at a time may be waiting; a file is not to grow beyond its size for that.
        if (options.MaxSizeBytes > 0 && _size + _buffer.WrittenCount >= options.MaxSizeBytes)
            Flush();
    }

    /// <summary>Writes what was appended in one write(2), and rotates the file when it has its size.</summary>
    internal void Flush()
    {
        if (_buffer.WrittenCount == 0)
            return;
        try
        {
            _file ??= Open();
            Write(_file);
            if (options.MaxSizeBytes > 0 && _size >= options.MaxSizeBytes)
                Rotate();
        }
        catch (Exception e) when (e is ErrnoException or IOException or UnauthorizedAccessException)
        {
            // A full log disk, or a directory that nothing can be renamed in, must stop neither the container, which would block on its
            // pipe, nor its supervision.
        }
        _buffer.ResetWrittenCount();
    }

    /// <summary>All of what is waiting, or nothing of it: a line of which only the beginning found room would make the rest unreadable.</summary>
    private void Write(FileDescriptor file)
    {
        try
        {
            file.Write(_buffer.WrittenSpan);
            _size += _buffer.WrittenCount;
        }
        catch (ErrnoException)
        {
            file.Truncate(_size);
            throw;
        }
    }

    public void Dispose()
    {
        Flush();
        _json?.Dispose();
        _file?.Dispose();
    }

    private void WriteText(ReadOnlySpan<byte> line)
    {
        // A Utf8JsonWriter refuses bytes that are no UTF-8; a container's output is whatever it is.
        if (System.Text.Unicode.Utf8.IsValid(line))
            _json!.WriteString("log"u8, line);
        else
            _json!.WriteString("log"u8, System.Text.Encoding.UTF8.GetString(line));
    }

    private FileDescriptor Open()
    {
        var file = FileDescriptor.Open(path, OpenFlags.O_WRONLY | OpenFlags.O_CREAT | OpenFlags.O_APPEND, 0x180 /* 0600 */);
        _size = new FileInfo(path).Length;
        return file;
    }

    private void Rotate()
    {
        _file!.Dispose();
        _file = null;
        _size = 0;
        for (var number = options.MaxFiles - 1; number > 0; number--)
        {
            var from = number == 1 ? path : $"{path}.{number - 1}";
            if (File.Exists(from))
                File.Move(from, $"{path}.{number}", overwrite: true);
        }
        if (options.MaxFiles <= 1)
            File.Delete(path);
    }
}
