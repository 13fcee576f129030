using ContainerChaos.Linux;

namespace ContainerChaos.Testing;

/// <summary>A network namespace that stands for a host's: what is started from within it, is in it, and no packet leaves it.</summary>
public static class OwnNetwork
{
    /// <summary>Runs a test on a thread of its own in a new namespace, whose loopback is up.</summary>
    public static void Run(Action test)
    {
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                using var host = NetworkNamespace.Create();
                host.Run(() =>
                {
                    using (var routes = RouteSocket.Open())
                        routes.SetState(routes.TryFind("lo")!, up: true);
                    test();
                });
            }
            catch (Exception e)
            {
                failure = e;
            }
        });
        thread.Start();
        thread.Join();
        if (failure is not null)
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
    }
}
