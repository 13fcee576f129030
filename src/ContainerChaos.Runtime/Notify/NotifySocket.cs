using System.Diagnostics;
using System.Text;
using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary>
/// How a service in a container reaches the service manager that this process was told of by NOTIFY_SOCKET (sd_notify(3)): a
/// socket of the container's own, from which the safe part of each message is passed on.
/// </summary>
/// <remarks>
/// The container has the socket at <c>notify</c> in a directory where the manager's is on the host, as crun has it. The directory
/// comes with create, read-only, and the socket with the command that passes the messages on: run, or start.
/// </remarks>
internal sealed class NotifySocket : IDisposable
{
    private const string Variable = "NOTIFY_SOCKET", Name = "notify", PlaceOfAbstract = "/run/notify";
    private const long ContainerKey = 201, ManagerKey = 202, EndKey = 203;

    // systemd takes no longer message (PIPE_BUF), and a queue holds as many as net.unix.max_dgram_qlen says, 512 by default.
    private const int LongestMessage = 4096, LongestQueue = 1024;

    private static readonly TimeSpan DetachedPatience = TimeSpan.FromSeconds(30), ForegroundPatience = TimeSpan.FromSeconds(5);

    private readonly DatagramSocket _container;
    private readonly Action<string> _warn;
    private DatagramSocket? _manager;
    private EventPoll? _poll;
    private byte[]? _unsent;
    private bool _isReady;
    private bool _hasSent;

    private NotifySocket(DatagramSocket container, string address, Action<string> warn)
    {
        _container = container;
        _warn = warn;
        try
        {
            _manager = DatagramSocket.Connect(address);
        }
        catch (ErrnoException e)
        {
            Lose(e);
        }
    }

    /// <summary>Gives a container the directory of its socket, and tells its process of it; nothing where no manager listens.</summary>
    /// <param name="spec">The container.</param>
    /// <param name="directory">The directory, below the container's state.</param>
    /// <returns>The container with the mount and the variable.</returns>
    internal static RuntimeSpec Announce(RuntimeSpec spec, string directory)
    {
        if (Address is not { } address || spec.Process is not { } process)
            return spec;
        Directory.CreateDirectory(directory);
        // For every user of the container; on the host, the directory above keeps others out.
        File.SetUnixFileMode(directory, (UnixFileMode)0x1ED /* 0755 */);
        var place = address[0] == '@' ? PlaceOfAbstract : address;
        return spec with
        {
            Mounts = [.. spec.Mounts, new MountSpec { Type = "bind", Source = directory, Destination = place, Options = ["bind", "nosuid", "noexec", "nodev", "ro"] }],
            Process = process with { Env = [.. process.Env.Where(v => !v.StartsWith(Variable + "=", StringComparison.Ordinal)), $"{Variable}={place}/{Name}"] },
        };
    }

    /// <summary>Opens the socket of a container that was given the directory.</summary>
    /// <param name="directory">The directory.</param>
    /// <param name="warn">Takes what is no error of the container's: a manager that does not listen.</param>
    /// <returns>Null where there is no directory, or no manager was named to this process.</returns>
    internal static NotifySocket? TryOpen(string directory, Action<string> warn)
    {
        if (Address is not { } address || !Directory.Exists(directory))
            return null;
        var path = Path.Combine(directory, Name);
        // A start that was killed left one.
        File.Delete(path);
        var socket = DatagramSocket.Bind(path);
        try
        {
            File.SetUnixFileMode(path, (UnixFileMode)0x1FF /* 0777 */);
            return new NotifySocket(socket, address, warn);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Waits for messages in somebody's loop.</summary>
    internal void Watch(EventPoll poll)
    {
        _poll = poll;
        poll.Add(_container, EventPollFlags.EPOLLIN, ContainerKey);
    }

    /// <summary>Passes on what the loop found ready.</summary>
    /// <returns>False when the key is somebody else's.</returns>
    internal bool TryCarry(long key)
    {
        if (key == ContainerKey && TryReceive(out var message) && message.Length > 0 && !TrySend(message))
        {
            // Its queue is full: the container waits as if it spoke to the manager itself.
            _unsent = message;
            _poll!.Remove(_container);
            _poll.Add(_manager!, EventPollFlags.EPOLLOUT, ManagerKey);
        }
        else if (key == ManagerKey && TrySend(_unsent))
        {
            _unsent = null;
            if (_manager is not null)
                _poll!.Remove(_manager);
            _poll!.Add(_container, EventPollFlags.EPOLLIN, ContainerKey);
        }
        return key is ContainerKey or ManagerKey;
    }

    /// <summary>
    /// What a command does that leaves the container alone: it waits until the service is ready, or has ended, and names the
    /// container's process as the service's main one.
    /// </summary>
    internal void AwaitReady(PidFd process, int pid)
    {
        var hasEnded = false;
        using (var poll = new EventPoll())
        {
            poll.Add(process, EventPollFlags.EPOLLIN, EndKey);
            Watch(poll);
            while (!hasEnded && (!_isReady || _unsent is not null))
                poll.Wait(Timeout.InfiniteTimeSpan, (key, _) => hasEnded |= !TryCarry(key));
        }
        Finish(_isReady && !hasEnded ? $"MAINPID={pid}" : null, DetachedPatience);
    }

    /// <summary>Passes on what is left of what the ended process had said, before this process ends as well.</summary>
    internal void Finish() => Finish(last: null, ForegroundPatience);

    public void Dispose()
    {
        _container.Dispose();
        _manager?.Dispose();
    }

    /// <summary>What sd_notify(3) calls a valid address; null where there is none.</summary>
    private static string? Address => Environment.GetEnvironmentVariable(Variable) is ['/' or '@', _, ..] address ? address.TrimEnd('/') : null;

    private void Finish(string? last, TimeSpan patience)
    {
        var started = Stopwatch.GetTimestamp();
        Send(_unsent ?? [], TimeSpan.Zero);
        for (var i = 0; i < LongestQueue && TryReceive(out var message); i++)
            Send(message, patience - Stopwatch.GetElapsedTime(started));
        if (last is not null)
            Send(Encoding.ASCII.GetBytes(last), patience - Stopwatch.GetElapsedTime(started));
        if (!_hasSent || _manager is null)
            return;
        // sd_notify_barrier(3): who has read all before closes the descriptor. A manager finds the sender's unit by its PID, so
        // the sender may not end earlier.
        var (read, write) = FileDescriptor.Pipe();
        using (read)
        {
            using (write)
                Send("BARRIER=1"u8.ToArray(), patience - Stopwatch.GetElapsedTime(started), write);
            Await(read, EventPollFlags.EPOLLIN, patience - Stopwatch.GetElapsedTime(started));
        }
    }

    /// <summary>Takes the next message, filtered; false when there is none.</summary>
    private bool TryReceive(out byte[] message)
    {
        message = [];
        var buffer = new byte[LongestMessage];
        try
        {
            var length = _container.Receive(buffer, out var descriptors);
            // Nobody outside takes them; of a barrier, whose end says that all before has been passed on, it is that.
            foreach (var descriptor in descriptors)
                descriptor.Dispose();
            if (length < 0)
                return false;
            message = Encoding.UTF8.GetBytes(NotifyMessage.Filter(buffer.AsSpan(0, length), out var isReady));
            _isReady |= isReady;
        }
        catch (ErrnoException e) when (e.Errno == Errno.EMSGSIZE)
        {
            // It is dropped, as systemd does.
        }
        return true;
    }

    /// <summary>Sends, or drops what nobody listens for; false when the manager's queue is full.</summary>
    private bool TrySend(ReadOnlySpan<byte> message, params ReadOnlySpan<FileDescriptor> descriptors)
    {
        try
        {
            var sent = _manager?.TrySend(message, descriptors);
            _hasSent |= sent == true;
            return sent != false;
        }
        catch (ErrnoException e)
        {
            Lose(e);
            return true;
        }
    }

    private void Send(byte[] message, TimeSpan patience, params ReadOnlySpan<FileDescriptor> descriptors)
    {
        if (message.Length > 0 && !TrySend(message, descriptors) && Await(_manager!, EventPollFlags.EPOLLOUT, patience))
            TrySend(message, descriptors);
    }

    private static bool Await(FileDescriptor descriptor, EventPollFlags events, TimeSpan patience)
    {
        using var poll = new EventPoll();
        poll.Add(descriptor, events, 0);
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            var left = patience - Stopwatch.GetElapsedTime(started);
            if (poll.Wait(left > TimeSpan.Zero ? left : TimeSpan.Zero, static (_, _) => { }) > 0)
                return true;
            if (left <= TimeSpan.Zero)
                return false;
        }
    }

    private void Lose(ErrnoException error)
    {
        _warn($"{Variable}: the service manager can't be told how the container is: {error.Message}.");
        _manager?.Dispose();
        _manager = null;
    }
}
