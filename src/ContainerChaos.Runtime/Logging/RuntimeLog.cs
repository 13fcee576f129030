using System.Text;
using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary>Where the OCI command line says what went wrong: standard error, and the file of <c>--log</c>.</summary>
internal sealed class RuntimeLog
{
    private readonly string? _path;
    private readonly bool _json;
    private readonly bool _debug;

    /// <param name="path">A file; null for standard error alone.</param>
    /// <param name="format">text or json.</param>
    /// <param name="debug">Whether debug lines are written.</param>
    internal RuntimeLog(string? path, string format, bool debug)
    {
        _path = path;
        _json = format == "json";
        _debug = debug;
    }

    /// <summary>Makes sure that the file can be written, before anything is done that it should tell of.</summary>
    internal void Check()
    {
        if (_path is null)
            return;
        using var file = FileDescriptor.TryOpen(_path, OpenFlags.O_WRONLY | OpenFlags.O_CREAT | OpenFlags.O_APPEND, 0x1A4 /* 0644 */, out var errno);
        if (file is null)
            throw new ContainerException(ErrorReason.InvalidArgument, $"--log: cannot open {_path}: {ErrnoException.Describe(errno)}.", _path) { Errno = errno };
    }

    internal void Error(string message)
    {
        if (_path is null && _json)
            Write(2, Format("error", message));
        else
            Write(2, $"{message}\n");
        Append("error", message);
    }

    internal void Warn(string message)
    {
        if (_path is null)
            Write(2, _json ? Format("warning", message) : $"ccrun: warning: {message}\n");
        Append("warning", message);
    }

    /// <summary>A warning for the log file alone: a command's standard error may be a terminal that somebody works at.</summary>
    internal void Note(string message) => Append("warning", message);

    /// <summary>Whether debug lines are written: what goes into them may be dear.</summary>
    internal bool IsDebugging => _debug;

    internal void Debug(string message)
    {
        if (!_debug)
            return;
        if (_path is null)
            Write(2, Format("debug", message));
        Append("debug", message);
    }

    /// <summary>System.Console would bring its encodings and terminal handling into every start.</summary>
    internal static void Write(int stream, string text)
    {
        using var descriptor = FileDescriptor.Duplicate(stream);
        try
        {
            descriptor.Write(Encoding.UTF8.GetBytes(text));
        }
        catch (ErrnoException e) when (e.Errno is Errno.EPIPE or Errno.EBADF)
        {
            // Nobody reads it.
        }
    }

    private void Append(string level, string message)
    {
        if (_path is null)
            return;
        using var file = FileDescriptor.TryOpen(_path, OpenFlags.O_WRONLY | OpenFlags.O_CREAT | OpenFlags.O_APPEND, 0x1A4 /* 0644 */, out var errno);
        if (file is null)
            Write(2, $"ccrun: cannot write the log {_path}: {errno}\n");
        else
            file.Write(Encoding.UTF8.GetBytes(Format(level, message)));
    }

    private string Format(string level, string message)
    {
        var now = DateTimeOffset.UtcNow;
        return _json
            ? new JsonText(indented: false).Object(json => json.Add("level", level).Add("msg", message).Add("time", now)) + "\n"
            : $"time=\"{now:yyyy-MM-ddTHH:mm:ssZ}\" level={level} msg=\"{message.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n")}\"\n";
    }
}
