using System.Net;
using System.Text;

namespace ContainerChaos.Scenarios.Load;

/// <summary>Makes the bytes of the requests beforehand.</summary>
internal static class RequestBytes
{
    internal static byte[][] Of(LoadOptions options)
    {
        string host = options.Host ?? (options.EndPoint is IPEndPoint ip ? ip.ToString() : "localhost");
        string connection = options.KeepAlive ? "" : "Connection: close\r\n";
        if (options.Payload is not { } payload)
            return [Encoding.ASCII.GetBytes($"GET {options.Path} HTTP/1.1\r\nHost: {host}\r\n{connection}\r\n")];
        return [.. PayloadBodies.Of(payload).Select(body => (byte[])
            [
                .. Encoding.ASCII.GetBytes(
                    $"POST {options.Path} HTTP/1.1\r\nHost: {host}\r\n{connection}Content-Type: {payload.ContentType}\r\nContent-Length: {body.Length}\r\n\r\n"),
                .. body,
            ])];
    }
}
