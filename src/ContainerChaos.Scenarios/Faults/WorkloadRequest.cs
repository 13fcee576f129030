using System.Net;
using System.Net.Sockets;
using System.Text;
using ContainerChaos.Scenarios.Load;

namespace ContainerChaos.Scenarios.Faults;

/// <summary>Asks the workload, on a connection of its own, to do something bad to itself.</summary>
internal static class WorkloadRequest
{
    /// <summary>Sends the request and waits for the answer or for the end of the connection.</summary>
    /// <param name="endPoint">Where the workload listens.</param>
    /// <param name="path">Path and query.</param>
    /// <param name="timeout">How long to wait for the answer.</param>
    /// <param name="injected">The moment just before the request was sent, monotonic nanoseconds.</param>
    /// <returns>The status, or 0 when the connection ended first, which is what a crash looks like.</returns>
    /// <exception cref="SocketException">Nobody listens, or no answer came in time.</exception>
    internal static int Send(EndPoint endPoint, string path, TimeSpan timeout, out long injected)
    {
        using var socket = new Socket(
            endPoint.AddressFamily,
            SocketType.Stream,
            endPoint is UnixDomainSocketEndPoint ? ProtocolType.Unspecified : ProtocolType.Tcp)
        {
            ReceiveTimeout = (int)timeout.TotalMilliseconds,
        };
        socket.Connect(endPoint);
        byte[] request = Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        injected = MonotonicClock.Now;
        socket.Send(request);
        var reader = new HttpResponseReader();
        reader.Reset();
        var buffer = new byte[4096];
        try
        {
            while (socket.Receive(buffer) is > 0 and var received)
                if (reader.Feed(buffer.AsSpan(0, received)) == HttpResponseReader.Progress.Complete)
                    return reader.Status;
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionReset or SocketError.Shutdown)
        {
        }

        return 0;
    }
}
