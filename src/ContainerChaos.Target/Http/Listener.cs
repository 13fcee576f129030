using ContainerChaos.Target.Loop;
using ContainerChaos.Target.Native;
using ContainerChaos.Target.Text;

namespace ContainerChaos.Target.Http;

/// <summary>Accepts connections on one address.</summary>
internal sealed unsafe class Listener : Pollable
{
    private const int BatchSize = 64;
    private readonly HttpServer _server;
    private readonly LoopTimer _retry;

    public Listener(HttpServer server, Endpoint endpoint)
    {
        _server = server;
        _retry = new LoopTimer(() => _server.Loop.Modify(this, Libc.EPOLLIN));
        Descriptor = endpoint.Listen();
        server.Loop.Add(this, Libc.EPOLLIN);
        Output.Line($"target: listening on {endpoint}");
    }

    public override void OnReady(uint events)
    {
        for (int i = 0; i < BatchSize; i++)
        {
            int fd = Libc.accept4(Descriptor, null, null, Libc.SOCK_NONBLOCK | Libc.SOCK_CLOEXEC);
            if (fd >= 0)
            {
                _server.Accept(fd);
                continue;
            }

            // Out of descriptors or memory: the connection stays in the backlog and would wake the loop at once, so look away for a while.
            if (Libc.Errno is Errno.EMFILE or Errno.ENFILE or Errno.ENOMEM)
            {
                _server.Loop.Modify(this, 0);
                _server.Loop.SetTimer(_retry, 50 * MonotonicClock.NanosecondsPerMillisecond);
            }

            return;
        }
    }
}
