using ContainerChaos.Linux;
using ContainerChaos.Runtime;

namespace ContainerChaos.Supervisor;

/// <summary>
/// A connection to a container's monitor. One request is under way at a time; whatever blocks ends at once when its
/// token is cancelled.
/// </summary>
public sealed class MonitorClient : IDisposable
{
    private readonly SeqPacketSocket _socket;
    private readonly string _subject;

    private MonitorClient(SeqPacketSocket socket, string subject)
    {
        _socket = socket;
        _subject = subject;
    }

    /// <summary>Connects to the monitor of a container.</summary>
    /// <returns>Null when none runs: the container is down, or its monitor was killed.</returns>
    public static MonitorClient? TryConnect(ContainerPaths paths) =>
        SeqPacketSocket.TryConnect(paths.ControlSocket) is { } socket
            ? new MonitorClient(socket, Path.GetFileName(paths.ContainerDirectory))
            : null;

    /// <summary>The container's state as its monitor has it.</summary>
    /// <exception cref="ContainerException"><see cref="ErrorReason.MonitorLost"/>.</exception>
    public ContainerState GetState() => Ask(new MonitorRequest { Op = "state" }, CancellationToken.None).State!;

    /// <summary>Stop signal, grace period, SIGKILL; returns when the container is down. The restart policy is disarmed.</summary>
    /// <param name="timeout">The grace period; null for the container's own, zero for SIGKILL at once.</param>
    /// <param name="cancellation">Ends the wait; the stop goes on.</param>
    public ContainerState Stop(TimeSpan? timeout, CancellationToken cancellation = default) =>
        AskForEnd(new MonitorRequest { Op = "stop", TimeoutMs = (long?)timeout?.TotalMilliseconds }, cancellation);

    /// <summary>Stops as <see cref="Stop"/> does and starts again, with the policy armed; returns when PID 1 runs.</summary>
    public ContainerState Restart(TimeSpan? timeout, CancellationToken cancellation = default) =>
        Ask(new MonitorRequest { Op = "restart", TimeoutMs = (long?)timeout?.TotalMilliseconds }, cancellation).State!;

    /// <summary>Sends a signal to PID 1; SIGKILL and the stop signal disarm the policy.</summary>
    public ContainerState Kill(int signal) => Ask(new MonitorRequest { Op = "kill", Signal = signal }, CancellationToken.None).State!;

    /// <summary>Sends SIGKILL as <see cref="Kill"/> does, and waits until the container is finally down.</summary>
    /// <param name="cancellation">Ends the wait.</param>
    public ContainerState KillAndWait(CancellationToken cancellation = default) =>
        AskForEnd(new MonitorRequest { Op = "kill", Wait = true }, cancellation);

    /// <summary>Freezes every process of the container.</summary>
    public ContainerState Pause() => Ask(new MonitorRequest { Op = "pause" }, CancellationToken.None).State!;

    /// <summary>Lets a paused container go on.</summary>
    public ContainerState Unpause() => Ask(new MonitorRequest { Op = "unpause" }, CancellationToken.None).State!;

    /// <summary>Connects the running container to a network.</summary>
    public ContainerState Connect(EndpointSettings endpoint) => Ask(new MonitorRequest { Op = "connect", Endpoint = endpoint }, CancellationToken.None).State!;

    /// <summary>Disconnects it from one.</summary>
    public ContainerState Disconnect(string networkId) => Ask(new MonitorRequest { Op = "disconnect", NetworkId = networkId }, CancellationToken.None).State!;

    /// <summary>The listening sockets of a published port, which both sides have from then on.</summary>
    /// <param name="port">The port as the container has it.</param>
    /// <param name="sockets">The sockets; the caller disposes them.</param>
    public ContainerState OfferPort(PortMapping port, out IReadOnlyList<FileDescriptor> sockets)
    {
        var reply = Ask(new MonitorRequest { Op = "offer-port", Port = port }, out var descriptors, CancellationToken.None);
        sockets = descriptors;
        return reply.State!;
    }

    /// <summary>Has the container serve a port from now on.</summary>
    /// <param name="port">The port of the host and the container's.</param>
    /// <param name="sockets">Its listening sockets; none to have them made.</param>
    public ContainerState TakePort(PortMapping port, IReadOnlyList<FileDescriptor> sockets) =>
        Ask(new MonitorRequest { Op = "take-port", Port = port }, CancellationToken.None, [.. sockets]).State!;

    /// <summary>Has the container leave a port to another one; connections that are under way stay.</summary>
    /// <param name="port">The port as the container has it.</param>
    public ContainerState YieldPort(PortMapping port) => Ask(new MonitorRequest { Op = "yield-port", Port = port }, CancellationToken.None).State!;

    /// <summary>
    /// Changes the running container's name, limits or restart policy: at once in its control group and its networks, and in
    /// <c>container.json</c>. When it fails, nothing has changed.
    /// </summary>
    /// <param name="definition">The definition as it shall be; the caller holds <see cref="ContainerPaths.DefinitionLock"/>.</param>
    public ContainerState Change(ContainerDefinition definition) => Ask(new MonitorRequest { Op = "change", Definition = definition }, CancellationToken.None).State!;

    /// <summary>Waits until the container is finally down: exited, with no restart to follow, and nothing of it left.</summary>
    public ContainerState WaitForExit(CancellationToken cancellation = default) =>
        AskForEnd(new MonitorRequest { Op = "wait" }, cancellation);

    /// <summary>Starts a command inside.</summary>
    /// <param name="process">The command.</param>
    /// <param name="input">Its standard input; the caller keeps its own copy.</param>
    /// <param name="output">Its standard output.</param>
    /// <param name="error">Its standard error.</param>
    /// <returns>The running command, which takes this connection over.</returns>
    public ExecSession Execute(ProcessSpec process, FileDescriptor input, FileDescriptor output, FileDescriptor error)
    {
        var reply = Ask(new MonitorRequest { Op = "exec", Process = process }, CancellationToken.None, input, output, error);
        return new ExecSession(this, reply.Pid ?? 0);
    }

    /// <summary>Starts a command inside on a terminal of its own.</summary>
    /// <param name="process">The command; it asks for a terminal.</param>
    /// <param name="master">The terminal's master, the caller's; when it is closed the command is hung up.</param>
    /// <returns>The running command, which takes this connection over.</returns>
    public ExecSession ExecuteOnTerminal(ProcessSpec process, out FileDescriptor master)
    {
        var (ours, theirs) = ConsoleSocket.Pair();
        using (ours)
        {
            MonitorReply reply;
            using (theirs)
                reply = Ask(new MonitorRequest { Op = "exec", Process = process }, CancellationToken.None, theirs);
            // The child has sent it before it executed the command.
            master = ours.ReceiveTerminal();
            return new ExecSession(this, reply.Pid ?? 0);
        }
    }

    /// <summary>Hands a terminal over that nobody looks at any more, so that what runs on it runs on.</summary>
    /// <param name="master">Its master; the monitor reads it to its end.</param>
    public ContainerState Keep(FileDescriptor master) => Ask(new MonitorRequest { Op = "keep" }, CancellationToken.None, master).State!;

    /// <summary>Attaches to PID 1's standard streams.</summary>
    /// <param name="stream">A socket that its output comes through and its input goes; the caller keeps the other end.</param>
    /// <param name="errors">A socket for its standard error; null where it has a terminal.</param>
    /// <param name="input">Whether input is given.</param>
    /// <exception cref="ContainerException"><see cref="ErrorReason.InvalidState"/>: it has no input to give something to.</exception>
    public ContainerState Attach(FileDescriptor stream, FileDescriptor? errors, bool input)
    {
        var request = new MonitorRequest { Op = "attach", Input = input };
        return (errors is null ? Ask(request, CancellationToken.None, stream) : Ask(request, CancellationToken.None, stream, errors)).State!;
    }

    /// <summary>Gives PID 1's terminal another size.</summary>
    public ContainerState Resize(TerminalSize size) => Ask(new MonitorRequest { Op = "resize", Size = size }, CancellationToken.None).State!;

    /// <summary>Subscribes to the container's events; the stream takes this connection over.</summary>
    public EventStream Subscribe()
    {
        Ask(new MonitorRequest { Op = "subscribe" }, CancellationToken.None);
        return new EventStream(this);
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    /// <summary>The next message, or null when the monitor is gone.</summary>
    internal MonitorReply? Receive(CancellationToken cancellation)
    {
        var reply = Receive(cancellation, out var descriptors);
        foreach (var descriptor in descriptors)
            descriptor.Dispose();
        return reply;
    }

    private MonitorReply? Receive(CancellationToken cancellation, out FileDescriptor[] descriptors)
    {
        if (cancellation.CanBeCanceled)
            EventPoll.WaitFor(_socket, EventPollFlags.EPOLLIN, cancellation);
        if (_socket.Receive(MonitorRequest.MaximumLength, out var message, out descriptors) <= 0)
            return null;
        return ProtocolJson.MonitorReply.Read(message, _subject);
    }

    /// <summary>The answer to a request for the container's end; when this returns, the monitor has let go of everything.</summary>
    private ContainerState AskForEnd(MonitorRequest request, CancellationToken cancellation)
    {
        var state = Ask(request, cancellation).State!;
        // A stop that a restart followed is answered by a monitor that goes on.
        if (state.Status is ContainerStatus.Exited or ContainerStatus.Dead)
            Receive(cancellation);
        return state;
    }

    private MonitorReply Ask(MonitorRequest request, CancellationToken cancellation, params ReadOnlySpan<FileDescriptor> descriptors)
    {
        var reply = Ask(request, out var received, cancellation, descriptors);
        foreach (var descriptor in received)
            descriptor.Dispose();
        return reply;
    }

    private MonitorReply Ask(MonitorRequest request, out FileDescriptor[] received, CancellationToken cancellation, params ReadOnlySpan<FileDescriptor> descriptors)
    {
        received = [];
        var sent = _socket.TrySend(ProtocolJson.MonitorRequest.ToBytes(request), descriptors);
        var reply = sent ? Receive(cancellation, out received) : null;
        if (reply is null)
        {
            throw new ContainerException(ErrorReason.MonitorLost, $"{_subject}: its monitor ended before it answered '{request.Op}'.", _subject)
            {
                Remedy = "Repeat the call: a new monitor takes over.",
            };
        }
        return reply.Error is { } error ? throw error.ToException() : reply;
    }
}
