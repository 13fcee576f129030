using System.Net;
using ContainerChaos.Linux;

namespace ContainerChaos.Supervisor;

/// <summary>
/// A published TCP port without the kernel's address translation: for loopback addresses, which it does not leave the host for, and for
/// hosts without nf_tables. The bytes stay in the kernel (splice(2)), and no connection has a thread.
/// </summary>
internal sealed class TcpProxy : IDisposable
{
    private readonly EventLoop _loop;
    private readonly InternetSocket _listener;
    private readonly IPEndPoint _target;
    private readonly HashSet<TcpRelay> _relays = [];
    private FileDescriptor _reserve = Reserve();

    internal TcpProxy(EventLoop loop, InternetSocket listener, IPEndPoint target)
    {
        _loop = loop;
        _listener = listener;
        _target = target;
        _loop.Add(listener, EventPollFlags.EPOLLIN, _ => Accept());
    }

    private void Accept()
    {
        // A few at a time: others wait for the loop, too.
        const int burst = 16;
        for (var i = 0; i < burst; i++)
        {
            if (_listener.Accept(out var error) is not { } client)
            {
                if (error is Errno.EMFILE or Errno.ENFILE)
                    Refuse();
                return;
            }
            try
            {
                var relay = new TcpRelay(_loop, client, _target, ended => _relays.Remove(ended));
                _relays.Add(relay);
            }
            catch (ErrnoException)
            {
                // Nobody is reached there, or there are no more descriptors: the client sees the end of its connection.
                client.Dispose();
            }
        }
    }

    /// <summary>
    /// Without a descriptor a connection can't even be refused, and would wake the loop for ever: the one kept for this is spent on it.
    /// </summary>
    private void Refuse()
    {
        _reserve.Dispose();
        _listener.Accept(out _)?.Dispose();
        _reserve = Reserve();
    }

    private static FileDescriptor Reserve() => FileDescriptor.Open("/dev/null", OpenFlags.O_RDONLY);

    public void Dispose()
    {
        _reserve.Dispose();
        _loop.Close(_listener);
        foreach (var relay in (TcpRelay[])[.. _relays])
            relay.Dispose();
    }
}
