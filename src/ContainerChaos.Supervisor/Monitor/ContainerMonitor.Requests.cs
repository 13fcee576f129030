using System.Diagnostics;
using ContainerChaos.Linux;
using ContainerChaos.Runtime;

namespace ContainerChaos.Supervisor;

/// <summary>The control socket's server side: what an operator asks of a running container.</summary>
internal sealed partial class ContainerMonitor
{
    private const int MaximumDeferred = 256;
    private const int SIGKILL = 9;

    private readonly HashSet<SeqPacketSocket> _connections = [];
    private readonly HashSet<SeqPacketSocket> _subscribers = [];
    private readonly List<SeqPacketSocket> _waiters = [];
    private readonly List<SeqPacketSocket> _restartWaiters = [];
    private readonly Queue<(SeqPacketSocket Connection, MonitorRequest Request, FileDescriptor[] Descriptors)> _deferred = [];
    private SeqPacketSocket? _listener;
    private long _killDue;

    private void AcceptConnections()
    {
        while (_listener!.Accept() is { } connection)
        {
            // The socket is its owner's alone; this holds where somebody has opened up its mode, or handed it on.
            if (!connection.IsPeerTrusted())
            {
                connection.Dispose();
                continue;
            }
            _connections.Add(connection);
            _loop.Add(connection, EventPollFlags.EPOLLIN | EventPollFlags.EPOLLRDHUP, _ => OnMessage(connection));
        }
    }

    private void OnMessage(SeqPacketSocket connection)
    {
        FileDescriptor[] descriptors = [];
        try
        {
            var length = connection.Receive(MonitorRequest.MaximumLength, out var message, out descriptors);
            if (length == -1)
                return;
            if (length == 0)
            {
                Close(connection);
                return;
            }
            var request = ProtocolJson.MonitorRequest.Read(message, "the message");
            if (_starting is not null && NeedsProcess(request) && _deferred.Count < MaximumDeferred)
            {
                _deferred.Enqueue((connection, request, descriptors));
                descriptors = [];
                return;
            }
            Handle(connection, request, descriptors);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Nothing that a client sends may end the supervision.
            Send(connection, new MonitorReply { Error = ErrorOf(e) });
        }
        finally
        {
            foreach (var descriptor in descriptors)
                descriptor.Dispose();
        }
    }

    private MonitorError ErrorOf(Exception e) => e is ContainerException known
        ? MonitorError.From(known)
        : new MonitorError(ErrorReason.InvalidArgument, $"{_definition.Name}: {e.Message}", _definition.Name, null, Errno.None);

    /// <summary>What is asked of PID 1 while that is on its way waits for it; SIGKILL does not.</summary>
    private static bool NeedsProcess(MonitorRequest request) =>
        request.Op is "restart" or "exec" or "pause" or "unpause" or "connect" or "disconnect" or "attach" or "change" or "offer-port" or "take-port" || (request.Op == "kill" && request.Signal is not (null or SIGKILL));

    private void HandleDeferred()
    {
        while (_starting is null && _deferred.TryDequeue(out var waiting))
        {
            try
            {
                Handle(waiting.Connection, waiting.Request, waiting.Descriptors);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                Send(waiting.Connection, new MonitorReply { Error = ErrorOf(e) });
            }
            foreach (var descriptor in waiting.Descriptors)
                descriptor.Dispose();
        }
    }

    private void Handle(SeqPacketSocket connection, MonitorRequest request, FileDescriptor[] descriptors)
    {
        switch (request.Op)
        {
            case "state":
                Reply(connection);
                break;
            case "wait":
                _waiters.Add(connection);
                break;
            case "subscribe":
                _subscribers.Add(connection);
                Reply(connection);
                break;
            case "stop":
                var grace = GracePeriod(request);
                _waiters.Add(connection);
                _stopRequested = true;
                _restartRequested = false;
                Stop(grace);
                break;
            case "restart":
                var graceOfRestart = GracePeriod(request);
                _restartWaiters.Add(connection);
                _restartRequested = true;
                Stop(graceOfRestart);
                break;
            case "kill":
                Kill(request.Signal ?? SIGKILL);
                if (request.Wait)
                    _waiters.Add(connection);
                else
                    Reply(connection);
                break;
            case "pause":
                Pause();
                Reply(connection);
                break;
            case "unpause":
                Unpause();
                Reply(connection);
                break;
            case "exec":
                Execute(connection, request, descriptors);
                break;
            case "attach":
                Attach(request, descriptors);
                Reply(connection);
                break;
            case "keep":
                Keep(descriptors);
                Reply(connection);
                break;
            case "resize":
                Resize(request);
                Reply(connection);
                break;
            case "connect":
                Connect(request.Endpoint ?? throw new ContainerException(ErrorReason.InvalidArgument, "connect: a network is needed."));
                Reply(connection);
                break;
            case "disconnect":
                Disconnect(request.NetworkId ?? throw new ContainerException(ErrorReason.InvalidArgument, "disconnect: a network is needed."));
                Reply(connection);
                break;
            case "offer-port":
                var (port, sockets) = OfferPort(RequirePort(request));
                Send(connection, new MonitorReply { State = _state, Port = port }, sockets);
                break;
            case "take-port":
                TakePort(RequirePort(request), descriptors);
                Reply(connection);
                break;
            case "yield-port":
                YieldPort(RequirePort(request));
                Reply(connection);
                break;
            case "change":
                Change(request.Definition ?? throw new ContainerException(ErrorReason.InvalidArgument, "change: a definition is needed."));
                Reply(connection);
                break;
            default:
                throw new ContainerException(ErrorReason.InvalidArgument, $"'{request.Op}' is not a request of this monitor.");
        }
    }

    private static PortMapping RequirePort(MonitorRequest request) => request.Port ?? throw new ContainerException(ErrorReason.InvalidArgument, $"{request.Op}: a port is needed.");

    private TimeSpan GracePeriod(MonitorRequest request) => request.TimeoutMs switch
    {
        null => _definition.StopTimeout,
        >= 0 and <= int.MaxValue and var milliseconds => TimeSpan.FromMilliseconds(milliseconds),
        var milliseconds => throw new ContainerException(ErrorReason.InvalidArgument, $"{_definition.Name}: {milliseconds} ms is no grace period.", _definition.Name),
    };

    /// <summary>The stop signal now, SIGKILL after the grace period; the policy is disarmed.</summary>
    private void Stop(TimeSpan grace)
    {
        WriteState(_state with { ManuallyStopped = true });
        if (_process is null && _starting is null)
        {
            // Between two incarnations: the one that was due is called off.
            _restartTimer.Disarm();
            if (_restartRequested)
            {
                _restartRequested = false;
                RestartByOperator();
            }
            else
            {
                Finish(publishDeath: false);
            }
            return;
        }
        _events.Publish(EventTypes.Kill, ("signal", _definition.StopSignal.ToString()));
        // One that is on its way gets it on its arrival.
        _process?.SendSignal(_definition.StopSignal);
        if (_state.Status == ContainerStatus.Paused)
            Unpause();
        if (grace > TimeSpan.Zero)
            KillAfter(grace);
        else
            KillProcess();
    }

    /// <summary>Of several grace periods the one that ends first counts.</summary>
    private void KillAfter(TimeSpan grace)
    {
        var due = Stopwatch.GetTimestamp() + (long)(grace.TotalSeconds * Stopwatch.Frequency);
        if (_killDue != 0 && _killDue <= due)
            return;
        _killDue = due;
        _stopTimer.Arm(grace);
    }

    private void OnStopTimer()
    {
        _stopTimer.Clear();
        KillProcess();
    }

    private void KillProcess()
    {
        if (_process is null && _starting is null)
            return;
        _events.Publish(EventTypes.Kill, ("signal", "9"));
        _process?.SendSignal(SIGKILL);
        _starting?.Kill();
        ThawForKill();
    }

    /// <summary>
    /// A version 1 group delivers SIGKILL only when it is thawed. That holds for one that somebody froze from outside too: whoever
    /// kills wants the container down, as with runc's kill.
    /// </summary>
    private void ThawForKill()
    {
        if (_state.Status == ContainerStatus.Paused)
            Unpause();
        else if (_cgroup.IsFrozen)
            _cgroup.Thaw();
    }

    /// <summary>
    /// A signal that an operator sends to PID 1. SIGKILL and the stop signal mean "be down", so they disarm the policy,
    /// as Docker's kill does; any other is a message to the process.
    /// </summary>
    private void Kill(int signal)
    {
        const int SIGRTMAX = 64;
        if (signal is < 1 or > SIGRTMAX)
            throw new ContainerException(ErrorReason.InvalidArgument, $"{_definition.Name}: {signal} is no signal.", _definition.Name);
        if (_process is null && !(_starting is not null && signal == SIGKILL))
            throw NotRunning("signal");
        if (signal == SIGKILL || signal == _definition.StopSignal)
            WriteState(_state with { ManuallyStopped = true });
        _events.Publish(EventTypes.Kill, ("signal", signal.ToString()));
        _process?.SendSignal(signal);
        if (signal != SIGKILL)
            return;
        _starting?.Kill();
        ThawForKill();
    }

    private void Pause()
    {
        if (_state.Status != ContainerStatus.Running)
            throw NotRunning("pause");
        if (!_cgroup.Has("freezer"))
        {
            throw new ContainerException(ErrorReason.PermissionDenied, $"{_definition.Name}: cannot pause: it is in no control group with a freezer, since none is delegated to user {OwnIdentity.User}.", _definition.Name)
            {
                Remedy = UndelegatedLimits.Remedy(_cgroup.Path, "freezer"),
            };
        }
        try
        {
            _cgroup.Freeze(TimeSpan.FromSeconds(5));
        }
        catch (ErrnoException e)
        {
            throw new ContainerException(ErrorReason.KernelError, $"{_definition.Name}: cannot pause: {e.Message}.", _definition.Name, e);
        }
        _health?.Suspend();
        WriteState(_state with { Status = ContainerStatus.Paused });
        _events.Publish(EventTypes.Pause);
    }

    private void Unpause()
    {
        if (_state.Status != ContainerStatus.Paused)
            throw new ContainerException(ErrorReason.InvalidState, $"{_definition.Name} is not paused.", _definition.Name);
        _cgroup.Thaw();
        _health?.Continue();
        WriteState(_state with { Status = ContainerStatus.Running });
        _events.Publish(EventTypes.Unpause);
    }

    private ContainerException NotRunning(string verb) => new(
        ErrorReason.InvalidState, $"{_definition.Name}: cannot {verb} a container that is {_state.Status.ToString().ToLowerInvariant()}.", _definition.Name);

    private void Reply(SeqPacketSocket connection) => Send(connection, new MonitorReply { State = _state });

    /// <summary>
    /// Answers those who wait for the container's end, and hangs up: they read on to the end of the connection, so no
    /// socket of ours is left when they go on.
    /// </summary>
    private void ReplyForTheLastTime(List<SeqPacketSocket> waiters)
    {
        // A copy: whoever is gone is taken off the list.
        foreach (var connection in (SeqPacketSocket[])[.. waiters])
        {
            Reply(connection);
            if (_connections.Contains(connection))
                Close(connection);
        }
        waiters.Clear();
    }

    private void ReplyToRestarts(ContainerException? error)
    {
        foreach (var connection in (SeqPacketSocket[])[.. _restartWaiters])
            Send(connection, error is null ? new MonitorReply { State = _state } : new MonitorReply { Error = MonitorError.From(error) });
        _restartWaiters.Clear();
    }

    private void SendToSubscribers(ContainerEvent containerEvent)
    {
        if (_subscribers.Count == 0)
            return;
        foreach (var connection in (SeqPacketSocket[])[.. _subscribers])
            Send(connection, new MonitorReply { Event = containerEvent });
    }

    /// <summary>Sends, and gives up on a client that is gone or does not read: a slow observer never holds up the supervision.</summary>
    private void Send(SeqPacketSocket connection, MonitorReply reply, params ReadOnlySpan<FileDescriptor> descriptors)
    {
        if (_connections.Contains(connection)
            && !connection.TrySend(ProtocolJson.MonitorReply.ToBytes(reply), descriptors))
            Close(connection);
    }

    private void Close(SeqPacketSocket connection)
    {
        _connections.Remove(connection);
        _subscribers.Remove(connection);
        _waiters.Remove(connection);
        _restartWaiters.Remove(connection);
        _loop.Close(connection);
    }
}
