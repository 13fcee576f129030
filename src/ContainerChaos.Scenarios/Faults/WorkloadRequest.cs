using System.Net;
using System.Net.Sockets;
using System.Text;
using ContainerChaos.Scenarios.Load;

namespace ContainerChaos.Scenarios.Faults;

/// <summary>One request to the workload, on a connection of its own: to do something bad to itself, or to see whether it is well.</summary>
internal static class WorkloadRequest
{
    private const int MostKept = 1 << 20;

    /// <summary>Sends the request and waits for the answer or for the end of the connection.</summary>
    /// <param name="endPoint">Where the workload listens.</param>
    /// <param name="path">Path and query.</param>
    /// <param name="timeout">How long to wait for the answer.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="SocketException">Nobody listens, or no answer came in time.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    internal static WorkloadAnswer Send(EndPoint endPoint, string path, TimeSpan timeout, CancellationToken cancellationToken) =>
        SendAsync(endPoint, path, timeout, cancellationToken).GetAwaiter().GetResult();

    // Asynchronous: to connect to a Unix socket whose queue is full takes until somebody accepts, and nothing else would end it.
    private static async Task<WorkloadAnswer> SendAsync(EndPoint endPoint, string path, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(timeout);
        using var socket = new Socket(
            endPoint.AddressFamily,
            SocketType.Stream,
            endPoint is UnixDomainSocketEndPoint ? ProtocolType.Unspecified : ProtocolType.Tcp);
        using var body = new MemoryStream();
        var reader = new HttpResponseReader { Body = body };
        reader.Reset();
        long sent = MonotonicClock.Now;
        bool isConnected = false;
        try
        {
            await socket.ConnectAsync(endPoint, deadline.Token).ConfigureAwait(false);
            isConnected = true;
            byte[] request = Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            sent = MonotonicClock.Now;
            await socket.SendAsync(request, deadline.Token).ConfigureAwait(false);
            var buffer = new byte[4096];
            HttpResponseReader.Progress progress = HttpResponseReader.Progress.Incomplete;
            while (progress == HttpResponseReader.Progress.Incomplete && body.Length < MostKept)
            {
                int received = await socket.ReceiveAsync(buffer, deadline.Token).ConfigureAwait(false);
                progress = received > 0 ? reader.Feed(buffer.AsSpan(0, received)) : reader.End();
                if (received == 0)
                    break;
            }

            return Answer(progress == HttpResponseReader.Progress.Complete || body.Length >= MostKept ? reader.Status : 0);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionReset or SocketError.Shutdown && isConnected)
        {
            return Answer(0);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new SocketException((int)SocketError.TimedOut);
        }

        WorkloadAnswer Answer(int status) => new(status, Encoding.UTF8.GetString(body.GetBuffer(), 0, (int)body.Length), sent, TimeSpan.FromTicks((MonotonicClock.Now - sent) / 100));
    }
}
