using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using ContainerChaos.Linux;
using Xunit;

namespace ContainerChaos.Engine.Tests;

/// <summary>A test of networks: containers of a busybox image on a host of their own, which is a network namespace.</summary>
public abstract class NetworkTest : ContainerTest
{
    /// <summary>Runs a test on a host of its own, and looks at what it leaves there.</summary>
    protected void OnOwnHost(Action test) => Testing.OwnNetwork.Run(() =>
    {
        var image = Root["busybox"];
        Directory.CreateDirectory(Path.Combine(image, "bin"));
        File.Copy(BusyboxFactAttribute.Path, Path.Combine(image, "bin/busybox"));
        foreach (var name in new[] { "sh", "cat" })
            File.CreateSymbolicLink(Path.Combine(image, "bin", name), "busybox");
        Engine.Images.Import(image, "busybox");
        test();
        foreach (var container in Engine.List())
            Engine.Remove(container.Id, force: true);
        // The kernel ends a wire with its namespace, a moment later.
        Assert.True(SpinWait.SpinUntil(() => !Links().Any(link => link.StartsWith("ccv", StringComparison.Ordinal)), TimeSpan.FromSeconds(20)));
        var leases = Path.Combine(Root.RunRoot, "networks");
        Assert.Empty(Directory.Exists(leases) ? Directory.EnumerateFiles(leases, "*", SearchOption.AllDirectories).Where(path => !Path.GetFileName(path).StartsWith("next", StringComparison.Ordinal) && Path.GetFileName(path) != "lock") : []);
    });

    /// <summary>Starts a container that runs a line of shell.</summary>
    protected Container Start(string name, string network, string script, Func<ContainerCreateOptions, ContainerCreateOptions>? with = null)
    {
        var options = new ContainerCreateOptions { Name = name, Image = "busybox", Network = network, Command = ["/bin/sh", "-c", script], StopTimeout = TimeSpan.Zero };
        return Engine.Start(Engine.Create(with is null ? options : with(options)).Id);
    }

    /// <summary>Runs a line of shell in a container, and returns what it wrote and its exit code.</summary>
    protected (int Code, string Output) Exec(Container container, string script)
    {
        var result = Engine.Invoke(container.Id, new ContainerCommandOptions { Command = ["/bin/sh", "-c", script] });
        return (result.ExitCode, string.Join('\n', result.Output.Concat(result.Error)));
    }

    /// <summary>A service that answers each connection with a line. It listens all the time: one that listens anew each time refuses whoever comes in between.</summary>
    protected static string Say(string text, int port = 80) => $"exec busybox nc -ll -p {port} -e /bin/busybox echo {text}";

    /// <summary>What a service says to one who connects, tried until it is there.</summary>
    protected static string Ask(string address, int port)
    {
        var deadline = Stopwatch.StartNew();
        while (true)
        {
            if (TryAsk(address, port) is { Length: > 0 } answer)
                return answer;
            Assert.True(deadline.Elapsed < TimeSpan.FromSeconds(10), $"Nobody answers at {address} port {port}.");
        }
    }

    protected static string? TryAsk(string address, int port)
    {
        // Synchronous calls only: the thread is what is in the host's network namespace.
        var end = new IPEndPoint(IPAddress.Parse(address), port);
        using var socket = new Socket(end.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 2000, SendTimeout = 2000 };
        try
        {
            socket.Connect(end);
            var buffer = new byte[256];
            return Encoding.ASCII.GetString(buffer, 0, socket.Receive(buffer)).Trim();
        }
        catch (SocketException)
        {
            return null;
        }
    }

    protected static string[] Links()
    {
        using var routes = RouteSocket.Open();
        return [.. routes.Links().Select(link => link.Name)];
    }

    /// <summary>Gives the host an address that is not a loopback one.</summary>
    protected static void AddHostAddress(string address)
    {
        using var routes = RouteSocket.Open();
        routes.Add(routes.TryFind("lo")!, IPAddress.Parse(address), address.Contains(':', StringComparison.Ordinal) ? 128 : 32);
    }
}
