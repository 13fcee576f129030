using System.Net;
using System.Net.Sockets;

namespace ContainerChaos.Engine.Tests;

/// <summary>Stands before a server and cuts the first connections off after so many bytes of the answers, or of the requests.</summary>
internal sealed class CuttingProxy : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _server;
    private readonly long _bytes;
    private readonly bool _cutsRequests;
    private int _cuts;

    public CuttingProxy(int server, long bytes, int cuts, bool cutsRequests = false)
    {
        (_server, _bytes, _cuts, _cutsRequests) = (server, bytes, cuts, cutsRequests);
        _listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>How many cuts are left.</summary>
    public int Cuts => _cuts;

    /// <summary>The bytes of all answers, or requests.</summary>
    public long Passed;

    public void Dispose() => _listener.Stop();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var server = new TcpClient();
        using (client)
        {
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, _server);
                var (counted, other) = _cutsRequests ? (client.GetStream(), server.GetStream()) : (server.GetStream(), client.GetStream());
                _ = other.CopyToAsync(counted);
                var buffer = new byte[16 * 1024];
                for (long sent = 0; await counted.ReadAsync(buffer) is > 0 and var count; sent += count)
                {
                    if (sent + count > _bytes && Interlocked.Decrement(ref _cuts) >= 0)
                        return;
                    Interlocked.Add(ref Passed, count);
                    await other.WriteAsync(buffer.AsMemory(0, count));
                }
            }
            catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
            {
            }
        }
    }
}
