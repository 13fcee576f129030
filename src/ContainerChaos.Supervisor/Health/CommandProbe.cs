using ContainerChaos.Linux;
using ContainerChaos.Runtime;

namespace ContainerChaos.Supervisor;

/// <summary>A command executed in the container; its exit code is what it found.</summary>
internal sealed class CommandProbe : HealthProbe
{
    private const int SIGKILL = 9;

    private readonly EventLoop _loop;
    private readonly FileDescriptor _reader;
    private PendingStart? _starting;
    private LaunchedProcess? _process;

    /// <param name="loop">The loop it runs in.</param>
    /// <param name="begin">Begins the command with these three streams.</param>
    /// <param name="found">As in <see cref="HealthProbe"/>.</param>
    internal CommandProbe(EventLoop loop, Func<LaunchStreams, StartingProcess> begin, Action<HealthProbe, int, string> found)
        : base(found)
    {
        _loop = loop;
        (_reader, var writer) = FileDescriptor.Pipe();
        _reader.SetNonBlocking();
        try
        {
            using (writer)
            using (var input = FileDescriptor.Open("/dev/null", OpenFlags.O_RDONLY))
                _starting = new PendingStart(loop, begin(new LaunchStreams(input, writer, writer)), OnStarted);
        }
        catch
        {
            _reader.Dispose();
            throw;
        }
        loop.Add(_reader, EventPollFlags.EPOLLIN, _ => Read());
    }

    internal override bool HasEnded => _starting is null && _process is null;

    /// <summary>Ends the process where it would hold up the container's end: whoever is in a PID namespace is waited for by its PID 1.</summary>
    internal void EndAtOnce()
    {
        Cancel();
        _starting?.End();
        _starting = null;
        if (_process is not { } process)
            return;
        process.Process.WaitForExit();
        OnReaped(process);
    }

    private protected override void End()
    {
        _loop.Close(_reader);
        _starting?.Kill();
        // With what a shell has started: the command is the first of a session of its own.
        if (_process is { } process)
            ProcessGroup.SendSignal(process.Pid, SIGKILL);
    }

    private void OnStarted(LaunchedProcess? process, Exception? error)
    {
        _starting = null;
        if (process is null)
        {
            _loop.Close(_reader);
            Find(-1, error!.Message);
            return;
        }
        _process = process;
        _loop.Add(process.Process, EventPollFlags.EPOLLIN, _ => OnEnded(process));
        if (IsDone)
            End();
    }

    private void OnEnded(LaunchedProcess process)
    {
        if (process.Process.TryReap() is not { } exitCode)
            return;
        OnReaped(process);
        // A process that it left behind may hold the pipe for long; what it writes is not the probe's any more.
        if (!_reader.IsClosed)
            Read();
        _loop.Close(_reader);
        Find(exitCode, Output.ToString());
    }

    private void OnReaped(LaunchedProcess process)
    {
        _loop.Close(process.Process);
        _process = null;
    }

    private void Read()
    {
        Span<byte> buffer = stackalloc byte[4096];
        // Bounded: a command that writes without end is read on in the next round.
        for (var i = 0; i < 16; i++)
        {
            var count = _reader.Read(buffer);
            if (count > 0)
                Output.Append(buffer[..count]);
            if (count == 0)
                _loop.Close(_reader);
            if (count <= 0)
                return;
        }
    }
}
