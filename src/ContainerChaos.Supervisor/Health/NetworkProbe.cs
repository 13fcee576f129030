using System.Globalization;
using System.Net;
using System.Text;
using ContainerChaos.Linux;

namespace ContainerChaos.Supervisor;

/// <summary>A connection to the container from inside its network, and a request over it if there is one to make.</summary>
internal sealed class NetworkProbe : HealthProbe
{
    private readonly EventLoop _loop;
    private readonly byte[]? _request;
    private readonly string _target;
    private InternetSocket? _socket;

    /// <param name="loop">The loop it runs in.</param>
    /// <param name="check">Where to, and what to ask.</param>
    /// <param name="connect">Begins a connection in the container's network.</param>
    /// <param name="found">As in <see cref="HealthProbe"/>.</param>
    /// <exception cref="ErrnoException">The connection failed at once.</exception>
    internal NetworkProbe(EventLoop loop, HealthCheck check, Func<IPEndPoint, InternetSocket> connect, Action<HealthProbe, int, string> found)
        : base(found)
    {
        _loop = loop;
        _target = check.ToString();
        _request = check.Kind == HealthCheckKind.Http ? Request(check) : null;
        _socket = connect(new IPEndPoint(IPAddress.Parse(check.Address), check.Port));
        loop.Add(_socket, EventPollFlags.EPOLLOUT, _ => OnConnected());
    }

    internal override bool HasEnded => _socket is null;

    private protected override void End()
    {
        if (_socket is not null)
            _loop.Close(_socket);
        _socket = null;
    }

    private static byte[] Request(HealthCheck check)
    {
        // HTTP/1.0: the server closes the connection after its answer, and sends it in one piece (RFC 1945).
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"GET {check.Path} HTTP/1.0\r\n");
        if (!check.Headers.Keys.Contains("Host", StringComparer.OrdinalIgnoreCase))
            text.Append(CultureInfo.InvariantCulture, $"Host: {new IPEndPoint(IPAddress.Parse(check.Address), check.Port)}\r\n");
        if (!check.Headers.Keys.Contains("User-Agent", StringComparer.OrdinalIgnoreCase))
            text.Append("User-Agent: ContainerChaos\r\n");
        foreach (var (name, value) in check.Headers)
            text.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        return Encoding.UTF8.GetBytes(text.Append("\r\n").ToString());
    }

    private void OnConnected()
    {
        if (_socket!.TakeError() is not Errno.None and var error)
        {
            Fail(error);
        }
        else if (_request is null)
        {
            Finish(0, $"{_target}: connected");
        }
        else if (_socket.Send(_request, out error) != _request.Length)
        {
            // A new connection's buffer holds more than any request of this kind.
            Fail(error);
        }
        else
        {
            _loop.Remove(_socket);
            _loop.Add(_socket, EventPollFlags.EPOLLIN, _ => OnAnswer());
        }
    }

    private void OnAnswer()
    {
        Span<byte> buffer = stackalloc byte[4096];
        var isAtEnd = false;
        while (!Output.IsFull)
        {
            var count = _socket!.Receive(buffer, out var error);
            if (count > 0)
            {
                Output.Append(buffer[..count]);
                continue;
            }
            if (count == -1 && error != Errno.EAGAIN)
            {
                Fail(error);
                return;
            }
            isAtEnd = count == 0;
            break;
        }
        // All the head, and of the body what came with it: a server that keeps the connection open is not waited for.
        var head = Output.Bytes.IndexOf("\r\n\r\n"u8);
        if (head < 0 && !isAtEnd && !Output.IsFull)
            return;
        var text = Output.ToString();
        Finish(IsGood(text) ? 0 : 1, text.Length > 0 ? text : $"{_target}: the connection was closed without an answer");
    }

    /// <summary>RFC 9112, 4: <c>HTTP/1.1 200 OK</c>.</summary>
    private static bool IsGood(string answer) =>
        answer.StartsWith("HTTP/1.", StringComparison.Ordinal) && answer.Length >= 12
        && int.TryParse(answer.AsSpan(9, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var status) && status is >= 200 and < 400;

    private void Fail(Errno error) => Finish(1, $"{_target}: {ErrnoException.Describe(error)}");

    private void Finish(int exitCode, string output)
    {
        End();
        Find(exitCode, output);
    }
}
