using System.Net;
using System.Text;

namespace ContainerChaos.Scenarios.Load;

/// <summary>Makes the bytes of the requests beforehand.</summary>
internal static class RequestBytes
{
    internal static byte[][] Of(LoadOptions options)
    {
        string host = options.EndPoint is IPEndPoint ip ? ip.ToString() : "localhost";
        string connection = options.KeepAlive ? "" : "Connection: close\r\n";
        return [Encoding.ASCII.GetBytes($"GET {options.Path} HTTP/1.1\r\nHost: {host}\r\n{connection}\r\n")];
    }
}
