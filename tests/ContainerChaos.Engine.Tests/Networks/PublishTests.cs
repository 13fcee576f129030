using System.Net;
using System.Net.Sockets;
using ContainerChaos.Linux;
using ContainerChaos.Runtime;
using Xunit;

namespace ContainerChaos.Engine.Tests;

/// <summary>Published ports: by the kernel's address translation, by the proxy, and refused.</summary>
public sealed class PublishTests : NetworkTest
{
    [BusyboxFact]
    public void A_port_leads_to_the_container_from_everywhere() => OnOwnHost(() =>
    {
        AddHostAddress("198.51.100.1");
        var web = Start("web", "bridge", Say("hello"), options => options with { Publish = ["8080:80", "198.51.100.1:8081:80", "80"] });
        var any = web.Ports[2].HostPort;
        Assert.NotEqual(0, any);

        // Loopback is the proxy's, of version 6 too; the other address is the kernel's.
        Assert.Equal("hello", Ask("127.0.0.1", 8080));
        Assert.Equal("hello", Ask("::1", 8080));
        Assert.Equal("hello", Ask("198.51.100.1", 8080));
        Assert.Equal("hello", Ask("198.51.100.1", 8081));
        Assert.Null(TryAsk("127.0.0.1", 8081));
        Assert.Equal("hello", Ask("127.0.0.1", any));

        // From the container itself, from one beside it, and from another network.
        Engine.CreateNetwork(new NetworkCreateOptions { Name = "other" });
        foreach (var client in new[] { web, Start("beside", "bridge", "exec busybox sleep 1000"), Start("far", "other", "exec busybox sleep 1000") })
            Assert.Equal((0, "hello"), Exec(client, "busybox nc -w 5 198.51.100.1 8080 < /dev/null"));

        Engine.Stop("web");
        Assert.Null(TryAsk("127.0.0.1", 8080));
        Assert.Null(TryAsk("198.51.100.1", 8080));
        Assert.Empty(Engine.Get("web").Ports);
    });

    [BusyboxFact]
    public void Each_port_that_the_image_exposes_gets_one_of_the_host_unless_it_has_one() => OnOwnHost(() =>
    {
        Engine.Save(Start("base", "none", "exec busybox sleep 1000").Id, "exposing", new ContainerCommitOptions { Changes = ["EXPOSE 80 81 91/udp"] });
        var web = Start("web", "bridge", Say("hello"), options => options with { Image = "exposing", Publish = ["8081:81"], PublishAll = true });
        Assert.Equal(["81/tcp", "80/tcp", "91/udp"], web.Ports.Select(port => $"{port.ContainerPort}/{port.Protocol}"));
        Assert.Equal(8081, web.Ports[0].HostPort);
        Assert.All(web.Ports, port => Assert.NotEqual(0, port.HostPort));
        Assert.Equal("hello", Ask("127.0.0.1", web.Ports[1].HostPort));
        Assert.Empty(Start("plain", "bridge", Idle, options => options with { PublishAll = true }).Ports);
        Assert.Contains("'none'", Fails(ErrorReason.InvalidArgument, () => Start("alone", "none", Idle, options => options with { Image = "exposing", PublishAll = true })).Message);
    });

    private const string Idle = "exec busybox sleep 1000";

    [BusyboxFact]
    public void A_UDP_port_leads_to_the_container_too() => OnOwnHost(() =>
    {
        AddHostAddress("198.51.100.1");
        var container = Start("echo", "bridge", "exec busybox sleep 1000", options => options with { Publish = ["5353:53/udp"] });
        using var space = NetworkNamespace.TryOpen(container.Pid!.Value)!;
        using var service = space.Run(() => InternetSocket.BindDatagram(new IPEndPoint(IPAddress.Any, 53)));
        var buffer = new byte[16];
        // Loopback is the proxy's, the other address the kernel's.
        foreach (var (address, sender) in new[] { ("127.0.0.1", "172.17.0.1"), ("198.51.100.1", "198.51.100.1") })
        {
            using var client = InternetSocket.ConnectDatagram(new IPEndPoint(IPAddress.Parse(address), 5353));
            for (var i = 0; i < 3; i++)
            {
                client.Send("ping"u8, out _);
                Await(service);
                Assert.Equal(4, service.ReceiveFrom(buffer, out var from, out _));
                Assert.Equal(sender, from!.Address.ToString());
                service.SendTo("pong!"u8, from, out _);
                Await(client);
                Assert.Equal(5, client.Receive(buffer, out _));
            }
        }
    });

    [BusyboxFact]
    public void Who_goes_on_sending_to_a_UDP_port_reaches_whom_it_leads_to_now() => OnOwnHost(() =>
    {
        AddHostAddress("198.51.100.1");
        static ContainerCreateOptions Publishing(ContainerCreateOptions options) => options with { Publish = ["5353:53/udp"] };
        using var client = InternetSocket.ConnectDatagram(new IPEndPoint(IPAddress.Parse("198.51.100.1"), 5353));
        AssertNobody();
        AssertReaches(Start("first", "bridge", Idle, Publishing));
        Engine.Stop("first");
        AssertReaches(Start("second", "bridge", Idle, Publishing));
        var third = Start("third", "bridge", Idle);
        Engine.MovePorts("second", "third");
        AssertReaches(third);
        Engine.Stop("third");
        AssertNobody();

        void AssertReaches(Container container)
        {
            using var space = NetworkNamespace.TryOpen(container.Pid!.Value)!;
            using var service = space.Run(() => InternetSocket.BindDatagram(new IPEndPoint(IPAddress.Any, 53)));
            client.Send("ping"u8, out _);
            Await(service);
            service.ReceiveFrom(new byte[16], out var sender, out _);
            // Through the proxy it would be the bridge's.
            Assert.Equal("198.51.100.1", sender!.Address.ToString());
        }

        void AssertNobody()
        {
            client.Send("ping"u8, out _);
            Await(client);
            Assert.Equal(Errno.ECONNREFUSED, client.TakeError());
        }
    });

    [BusyboxFact]
    public void A_port_that_is_taken_names_who_has_it_and_leaves_nothing() => OnOwnHost(() =>
    {
        Start("owner", "bridge", "exec busybox sleep 1000", options => options with { Publish = ["8080:80"] });
        Assert.Contains("the port 8080/tcp of the host is taken by container 'owner'", Fails(ErrorReason.PortInUse, () => Start("late", "bridge", "exec busybox sleep 1000", options => options with { Publish = ["8000:80", "8080:80"] })).Message);
        using (var other = InternetSocket.Listen(new IPEndPoint(IPAddress.Any, 9090)))
            Assert.Contains($"the process {Environment.ProcessId} (", Fails(ErrorReason.PortInUse, () => Start("later", "bridge", "exec busybox sleep 1000", options => options with { Publish = ["9090:80"] })).Message);
        Assert.Empty(Engine.Get("late").Endpoints);
        Assert.Equal(["owner"], Engine.GetNetwork("bridge").Containers);
        Engine.Remove("owner", force: true);
        Assert.Equal([8000, 8080], Engine.Start("late").Ports.Select(port => port.HostPort));
    });

    [BusyboxFact]
    public void What_leaves_the_host_has_its_address() => OnOwnHost(() =>
    {
        // A neighbour of the host that knows no way back into the container's network.
        using var routes = RouteSocket.Open();
        using var outside = NetworkNamespace.Create();
        routes.AddBridge("wire", new([2, 0, 0, 0, 0, 1]));
        routes.Add(routes.TryFind("wire")!, IPAddress.Parse("203.0.113.1"), 24);
        routes.SetState(routes.TryFind("wire")!, up: true);
        routes.AddVeth("wire0", routes.TryFind("wire")!, "eth0", outside, new([2, 0, 0, 0, 0, 2]));
        routes.SetState(routes.TryFind("wire0")!, up: true);
        using var inside = outside.Run(RouteSocket.Open);
        inside.Add(inside.TryFind("eth0")!, IPAddress.Parse("203.0.113.2"), 24);
        inside.SetState(inside.TryFind("eth0")!, up: true);
        using var listener = outside.Run(() => InternetSocket.BindDatagram(new IPEndPoint(IPAddress.Parse("203.0.113.2"), 9)));

        var container = Start("out", "bridge", Say("in"), options => options with { Publish = ["8080:80"] });
        using (var space = NetworkNamespace.TryOpen(container.Pid!.Value)!)
        using (var client = space.Run(() => InternetSocket.ConnectDatagram(new IPEndPoint(IPAddress.Parse("203.0.113.2"), 9))))
            client.Send("hi"u8, out _);
        Await(listener);
        listener.ReceiveFrom(new byte[16], out var sender, out _);
        Assert.Equal(IPAddress.Parse("203.0.113.1"), sender!.Address);

        // From outside the published port is reached, the container's own address is not, whatever routes the neighbour sets.
        Assert.Equal("in", outside.Run(() => Ask("203.0.113.1", 8080)));
        inside.AddDefaultRoute(inside.TryFind("eth0")!, IPAddress.Parse("203.0.113.1"));
        Assert.Null(outside.Run(() => TryAsk(container.IPAddress!, 80)));
    });

    [BusyboxFact]
    public void A_large_stream_passes_the_proxy_whole_in_both_directions() => OnOwnHost(() =>
    {
        Start("pipe", "bridge", "busybox nc -ll -p 80 -e /bin/cat", options => options with { Publish = ["8080:80"] });
        while (TryEcho("x"u8.ToArray()) is null)
        {
        }
        var data = new byte[8 * 1024 * 1024];
        Random.Shared.NextBytes(data);
        Assert.Equal(data, TryEcho(data));

        static byte[]? TryEcho(byte[] data)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 20000 };
            socket.Connect(IPAddress.Loopback, 8080);
            var writer = new Thread(() =>
            {
                try
                {
                    socket.Send(data);
                    socket.Shutdown(SocketShutdown.Send);
                }
                catch (SocketException)
                {
                }
            });
            writer.Start();
            var received = new byte[data.Length];
            var length = 0;
            try
            {
                while (length < received.Length && socket.Receive(received, length, received.Length - length, SocketFlags.None) is > 0 and var count)
                    length += count;
            }
            catch (SocketException)
            {
            }
            writer.Join();
            return length == data.Length ? received : null;
        }
    });

    private static void Await(InternetSocket socket)
    {
        using var poll = new EventPoll();
        poll.Add(socket, EventPollFlags.EPOLLIN, 1);
        Assert.Equal(1, poll.Wait(TimeSpan.FromSeconds(10), (_, _) => { }));
    }
}
