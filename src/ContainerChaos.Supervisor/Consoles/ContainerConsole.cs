using ContainerChaos.Linux;

namespace ContainerChaos.Supervisor;

/// <summary>
/// Connects those who are attached with a container's standard streams. Nothing in here blocks: who does not take the output fast enough is let
/// go, and input waits with its sender until the container reads it.
/// </summary>
internal sealed class ContainerConsole : IDisposable
{
    /// <summary>How long the rest of the output waits for a reader after the container's end.</summary>
    private static readonly TimeSpan s_farewell = TimeSpan.FromSeconds(2);

    private readonly EventLoop _loop;
    private readonly List<AttachedClient> _clients = [];
    private readonly byte[] _buffer = new byte[4096];
    private readonly TimerFd _farewell = TimerFd.Create();
    private Backlog? _pending;
    private FileDescriptor? _input;
    private Func<bool>? _collect;
    private Action? _whenAlone;
    private bool _isWatched;
    private bool _isHungUp;

    internal ContainerConsole(EventLoop loop)
    {
        _loop = loop;
        _loop.Add(_farewell, EventPollFlags.EPOLLIN, _ => LeaveAlone());
    }

    /// <summary>Called when the input was closed at its end.</summary>
    internal event Action? InputEnded;

    /// <summary>Takes the end of a pipe that is the container's input.</summary>
    internal void OpenInput(FileDescriptor pipe)
    {
        pipe.SetNonBlocking();
        _input = pipe;
        _pending = new Backlog(pipe);
    }

    /// <summary>Takes the master of the container's terminal.</summary>
    /// <param name="master">It.</param>
    /// <param name="collect">Reads its output; false when no process has the terminal open.</param>
    internal void OpenTerminal(FileDescriptor master, Func<bool> collect)
    {
        master.SetNonBlocking();
        _input = master;
        _pending = new Backlog(master);
        _collect = collect;
        _loop.Add(master, EventPollFlags.EPOLLIN, OnInputReady);
        _isWatched = true;
    }

    /// <summary>Gives the terminal another size; false when there is none.</summary>
    internal bool Resize(TerminalSize size)
    {
        if (_input is null || _collect is null)
            return false;
        TerminalMode.SetSize(_input, size);
        return true;
    }

    /// <summary>Lets somebody in. The descriptors are taken over.</summary>
    internal void Attach(FileDescriptor stream, FileDescriptor? errors, bool givesInput)
    {
        var client = new AttachedClient(stream, errors, givesInput);
        stream.SetNonBlocking();
        errors?.SetNonBlocking();
        _clients.Add(client);
        client.Watched = EventsOf(client);
        _loop.Add(stream, client.Watched, events => OnClient(client, events));
        if (errors is not null)
            _loop.Add(errors, EventPollFlags.None, events => OnErrorReader(client, events));
    }

    /// <summary>Gives everybody a piece of output.</summary>
    internal void Write(ReadOnlySpan<byte> bytes, bool isError)
    {
        for (var i = _clients.Count - 1; i >= 0; i--)
        {
            var client = _clients[i];
            if (client.IsLeaving)
                continue;
            if ((isError ? client.ErrorOutput : client.Output).TryWrite(bytes))
                Watch(client);
            else
                Drop(client);
        }
    }

    /// <summary>The container has ended, or is about to be started anew: everybody leaves who has everything, the others when they do.</summary>
    internal void Close()
    {
        CloseInput();
        for (var i = _clients.Count - 1; i >= 0; i--)
        {
            _clients[i].IsLeaving = true;
            LeaveIfDone(_clients[i]);
        }
    }

    /// <summary>Calls back when nobody is left, which is soon.</summary>
    internal void WhenAlone(Action action)
    {
        _whenAlone = action;
        if (_clients.Count == 0)
            action();
        else
            _farewell.Arm(s_farewell);
    }

    public void Dispose()
    {
        _whenAlone = null;
        while (_clients.Count > 0)
            Drop(_clients[^1]);
        CloseInput();
        _farewell.Dispose();
    }

    private void OnClient(AttachedClient client, EventPollFlags events)
    {
        if ((events & EventPollFlags.EPOLLOUT) != 0 && !client.Output.TryFlush())
        {
            Drop(client);
            return;
        }

        var isGone = (events & (EventPollFlags.EPOLLHUP | EventPollFlags.EPOLLERR)) != 0;
        if (isGone)
        {
            // What it sent before, no more than its socket holds.
            while (TryReceive(client))
            {
            }

            Drop(client);
        }
        else
        {
            if ((events & (EventPollFlags.EPOLLIN | EventPollFlags.EPOLLRDHUP)) != 0 && !HasPending && !TryReceive(client) && client.GivesInput && client.HasEnded)
                EndInput();
            if (_clients.Contains(client) && !LeaveIfDone(client))
                Watch(client);
        }
    }

    /// <summary>As Docker's StdinOnce: who says that there is no more ends the input; who is merely gone, does not. A terminal has no end.</summary>
    private void EndInput()
    {
        if (_collect is not null || _input is null)
            return;
        CloseInput();
        InputEnded?.Invoke();
    }

    private void OnErrorReader(AttachedClient client, EventPollFlags events)
    {
        if ((events & (EventPollFlags.EPOLLHUP | EventPollFlags.EPOLLERR)) != 0 || !client.ErrorOutput.TryFlush())
            Drop(client);
        else if (!LeaveIfDone(client))
            Watch(client);
    }

    /// <summary>Takes a piece of input; false when there is none now, or no more.</summary>
    private bool TryReceive(AttachedClient client)
    {
        int count;
        try
        {
            count = client.Stream.Read(_buffer);
        }
        catch (ErrnoException e) when (e.Errno == Errno.ECONNRESET)
        {
            count = 0;
        }

        client.HasEnded |= count == 0;
        if (count <= 0)
            return false;
        if (!client.GivesInput || _pending is null)
            return true;
        if (!_pending.TryWrite(_buffer.AsSpan(0, count)) && _collect is null)
            CloseInput();
        WatchInput();
        return true;
    }

    private bool HasPending => _pending is { IsEmpty: false };

    private void OnInputReady(EventPollFlags events)
    {
        if (HasPending && (events & (EventPollFlags.EPOLLOUT | EventPollFlags.EPOLLERR)) != 0)
        {
            // A pipe that nobody reads any more: an error is all that it reports, for ever.
            if (!_pending!.TryFlush() && _collect is null)
                CloseInput();
            WatchInput();
        }

        if (_collect is not null && (events & (EventPollFlags.EPOLLIN | EventPollFlags.EPOLLHUP)) != 0)
            Collect(_collect);
        else if (_collect is null && (events & EventPollFlags.EPOLLERR) != 0)
            CloseInput();
    }

    private void Collect(Func<bool> collect)
    {
        var isHungUp = !collect();
        if (isHungUp == _isHungUp || _input is null)
            return;
        _isHungUp = isHungUp;
        WatchInput();
    }

    /// <summary>While the container takes no input, no more is asked for.</summary>
    private void WatchInput()
    {
        if (_input is null)
            return;
        // Of a terminal without a process only news are waited for (epoll(7), edge-triggered): its hang-up would spin the loop.
        var events = (_collect is null ? EventPollFlags.None : EventPollFlags.EPOLLIN) | (HasPending ? EventPollFlags.EPOLLOUT : EventPollFlags.None)
            | (_isHungUp ? EventPollFlags.EPOLLET : EventPollFlags.None);
        if (_isWatched)
            _loop.Modify(_input, events);
        else if (HasPending)
            _loop.Add(_input, events, OnInputReady);
        _isWatched |= HasPending;
        WatchAll();
    }

    /// <summary>Ends the container's input, or lets go of its terminal.</summary>
    internal void CloseInput()
    {
        if (_input is null)
            return;
        _loop.Close(_input);
        _input = null;
        _collect = null;
        _isWatched = _isHungUp = false;
        _pending = null;
        WatchAll();
    }

    private void WatchAll()
    {
        foreach (var client in _clients)
            Watch(client);
    }

    private void Watch(AttachedClient client)
    {
        var (events, errors) = (EventsOf(client), client.ErrorOutput.IsEmpty ? EventPollFlags.None : EventPollFlags.EPOLLOUT);
        if (events != client.Watched)
            _loop.Modify(client.Stream, events);
        if (client.Errors is not null && errors != client.ErrorsWatched)
            _loop.Modify(client.Errors, errors);
        (client.Watched, client.ErrorsWatched) = (events, errors);
    }

    private EventPollFlags EventsOf(AttachedClient client) =>
        (client.HasEnded || HasPending ? EventPollFlags.None : EventPollFlags.EPOLLIN | EventPollFlags.EPOLLRDHUP) |
        (client.Output.IsEmpty ? EventPollFlags.None : EventPollFlags.EPOLLOUT);

    private bool LeaveIfDone(AttachedClient client)
    {
        if (!client.IsLeaving || !client.HasAll)
            return false;
        Drop(client);
        return true;
    }

    private void Drop(AttachedClient client)
    {
        if (!_clients.Remove(client))
            return;
        _loop.Close(client.Stream);
        if (client.Errors is not null)
            _loop.Close(client.Errors);
        if (_clients.Count == 0)
            LeaveAlone();
    }

    private void LeaveAlone()
    {
        var action = _whenAlone;
        _whenAlone = null;
        action?.Invoke();
    }
}
