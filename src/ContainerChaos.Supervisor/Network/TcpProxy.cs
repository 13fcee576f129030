using System.Net;
using ContainerChaos.Linux;

namespace ContainerChaos.Supervisor;

/// <summary>
/// A published TCP port without the kernel's address translation: for loopback addresses, which it does not leave the host for, and for
/// hosts without nf_tables. The bytes stay in the kernel (splice(2)), and no connection has a thread.
/// </summary>
internal sealed class TcpProxy : PortProxy
{
    private readonly EventLoop _loop;
    private readonly HashSet<TcpRelay> _relays = [];
    private FileDescriptor _reserve = Reserve();
    private bool _retired;

    internal TcpProxy(EventLoop loop, InternetSocket listener, IPEndPoint target)
        : base(listener, target)
    {
        _loop = loop;
        _loop.Add(listener, EventPollFlags.EPOLLIN, _ => Accept());
    }

    internal override bool IsIdle => _relays.Count == 0;

    private void Accept()
    {
        // A few at a time: others wait for the loop, too.
        const int burst = 16;
        for (var i = 0; i < burst; i++)
        {
            if (Socket.Accept(out var error) is not { } client)
            {
                if (error is Errno.EMFILE or Errno.ENFILE)
                    Refuse();
                return;
            }
            try
            {
                var relay = new TcpRelay(_loop, client, Target, ended => _relays.Remove(ended));
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
        Socket.Accept(out _)?.Dispose();
        _reserve = Reserve();
    }

    private static FileDescriptor Reserve() => FileDescriptor.Open("/dev/null", OpenFlags.O_RDONLY);

    internal override void Retire()
    {
        if (_retired)
            return;
        _retired = true;
        _reserve.Dispose();
        _loop.Close(Socket);
    }

    public override void Dispose()
    {
        Retire();
        foreach (var relay in (TcpRelay[])[.. _relays])
            relay.End();
    }
}
