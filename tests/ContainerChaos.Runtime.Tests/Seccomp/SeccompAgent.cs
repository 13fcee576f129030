using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace ContainerChaos.Runtime.Tests;

/// <summary>A seccomp agent as the runtime-spec describes it: takes listeners at a socket and answers their calls (seccomp_unotify(2)).</summary>
internal sealed unsafe partial class SeccompAgent : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly string _path;
    private readonly List<Thread> _threads = [];
    private readonly List<JsonElement> _states = [];

    /// <param name="path">Where it listens.</param>
    /// <param name="errnoOf">The error number for a call; 0 lets it happen.</param>
    public SeccompAgent(string path, Func<int, int> errnoOf)
    {
        _path = path;
        _listener.Bind(new UnixDomainSocketEndPoint(path));
        _listener.Listen();
        Start(() =>
        {
            while (true)
            {
                Socket connection;
                try
                {
                    connection = _listener.Accept();
                }
                catch (SocketException)
                {
                    return;
                }
                using (connection)
                    Serve(Receive(connection), errnoOf);
            }
        });
    }

    /// <summary>What came with each listener.</summary>
    public IReadOnlyList<JsonElement> States
    {
        get
        {
            lock (_states)
                return [.. _states];
        }
    }

    public void Dispose()
    {
        _listener.Shutdown(SocketShutdown.Both);
        _listener.Dispose();
        File.Delete(_path);
        foreach (var thread in _threads.ToArray())
            Assert.True(thread.Join(TimeSpan.FromSeconds(20)), "A listener outlives its processes.");
    }

    private void Serve(int listener, Func<int, int> errnoOf) => Start(() =>
    {
        const nuint SECCOMP_IOCTL_NOTIF_RECV = 0xC0502100, SECCOMP_IOCTL_NOTIF_SEND = 0xC0182101;
        var request = stackalloc byte[80];
        var response = stackalloc byte[24];
        var poll = stackalloc int[2];
        while (true)
        {
            // POLLIN: a call waits; POLLHUP: no process has the filter any more.
            poll[0] = listener;
            *(short*)(poll + 1) = 1;
            *((short*)(poll + 1) + 1) = 0;
            Poll(poll, 1, -1);
            if ((*((short*)(poll + 1) + 1) & 1) == 0)
                break;
            new Span<byte>(request, 80).Clear();
            if (Control(listener, SECCOMP_IOCTL_NOTIF_RECV, request) != 0)
                continue;
            var errno = errnoOf(*(int*)(request + 16));
            *(ulong*)response = *(ulong*)request;
            *(long*)(response + 8) = 0;
            *(int*)(response + 16) = -errno;
            *(int*)(response + 20) = errno == 0 ? 1 : 0; // SECCOMP_USER_NOTIF_FLAG_CONTINUE
            Control(listener, SECCOMP_IOCTL_NOTIF_SEND, response);
        }
        Close(listener);
    });

    private void Start(ThreadStart body)
    {
        var thread = new Thread(body) { IsBackground = true };
        lock (_states)
            _threads.Add(thread);
        thread.Start();
    }

    private int Receive(Socket connection)
    {
        var data = stackalloc byte[4096];
        var control = stackalloc byte[64];
        var vector = stackalloc nint[2] { (nint)data, 4096 };
        var header = stackalloc nint[7] { 0, 0, (nint)vector, 1, (nint)control, 64, 0 };
        var length = ReceiveMessage((int)connection.Handle, header, 0);
        Assert.True(length > 0);
        Assert.Equal(20, (int)*(long*)control); // one descriptor
        using var document = JsonDocument.Parse(new ReadOnlySpan<byte>(data, (int)length).ToArray());
        lock (_states)
            _states.Add(document.RootElement.Clone());
        return *(int*)(control + 16);
    }

    [LibraryImport("libc", EntryPoint = "recvmsg")]
    private static partial nint ReceiveMessage(int socket, nint* message, int flags);

    [LibraryImport("libc", EntryPoint = "ioctl")]
    private static partial int Control(int descriptor, nuint request, void* argument);

    [LibraryImport("libc", EntryPoint = "poll")]
    private static partial int Poll(void* descriptors, nuint count, int timeout);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
