using System.Net;
using ContainerChaos.Linux;
using ContainerChaos.Runtime;

namespace ContainerChaos.Scenarios;

/// <summary>A network namespace that stands for the host of one trial: its bridge, its packet rules and its ports are nobody else's.</summary>
internal static class TrialHost
{
    /// <summary>An address that is no loopback one, of those kept for documentation (RFC 5737).</summary>
    private static readonly IPAddress s_address = IPAddress.Parse("198.51.100.1");

    /// <summary>Runs something in a new one, on this thread; threads and programs that it starts are in it too.</summary>
    /// <exception cref="ContainerException">PermissionDenied: it takes root.</exception>
    internal static T Run<T>(Func<T> trial)
    {
        try
        {
            using NetworkNamespace host = NetworkNamespace.Create();
            return host.Run(() =>
            {
                using (var routes = RouteSocket.Open())
                {
                    NetworkLink loopback = routes.TryFind("lo")!;
                    routes.SetState(loopback, up: true);
                    routes.Add(loopback, s_address, 32);
                }

                return trial();
            });
        }
        catch (ErrnoException e) when (e.Errno is Errno.EPERM)
        {
            throw new ContainerException(ErrorReason.PermissionDenied, $"A trial with a published port needs a network of its own: {e.Message}.", null, e)
            {
                Remedy = "Run it as root.",
            };
        }
    }

    /// <summary>Where the published port is reached.</summary>
    internal static IPEndPoint EndPoint(ScenarioClient client, int port) => new(client == ScenarioClient.Host ? s_address : IPAddress.Loopback, port);
}
