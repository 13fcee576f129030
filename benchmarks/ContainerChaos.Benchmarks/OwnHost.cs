using System.Net;
using ContainerChaos.Linux;

namespace ContainerChaos.Benchmarks;

/// <summary>The network namespace of the run.</summary>
internal static class OwnHost
{
    /// <summary>Its address that is no loopback one, of those kept for documentation (RFC 5737).</summary>
    public const string Address = "198.51.100.1";

    public static void Prepare()
    {
        using var routes = RouteSocket.Open();
        var loopback = routes.TryFind("lo")!;
        routes.SetState(loopback, up: true);
        routes.Add(loopback, IPAddress.Parse(Address), 32);
    }
}
