using System.Diagnostics;
using System.Text;
using ContainerChaos.Linux;

namespace ContainerChaos.Runtime.Tests.Notify;

/// <summary>The receiving end of sd_notify(3), as a service manager has it.</summary>
internal sealed class ServiceManager : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly DatagramSocket _socket;
    private readonly EventPoll _poll = new();

    /// <param name="address">A path, or with a leading @ a name of the abstract namespace.</param>
    internal ServiceManager(string address)
    {
        Address = address;
        _socket = DatagramSocket.Bind(address);
        _poll.Add(_socket, EventPollFlags.EPOLLIN, 0);
    }

    internal string Address { get; }

    /// <summary>The next message; a barrier's descriptor is closed, as systemd does when it has read it.</summary>
    internal string Receive()
    {
        // A wait ends early by a signal, such as that of a child's end.
        var started = Stopwatch.GetTimestamp();
        while (_poll.Wait(Patience, static (_, _) => { }) == 0)
            Assert.True(Stopwatch.GetElapsedTime(started) < Patience, "The manager is told nothing.");
        var buffer = new byte[8192];
        var length = _socket.Receive(buffer, out var descriptors);
        foreach (var descriptor in descriptors)
            descriptor.Dispose();
        return Encoding.UTF8.GetString(buffer, 0, length);
    }

    /// <summary>Whether there is no message at this moment.</summary>
    internal bool IsIdle => _poll.Wait(TimeSpan.Zero, static (_, _) => { }) == 0;

    public void Dispose()
    {
        _poll.Dispose();
        _socket.Dispose();
    }
}
