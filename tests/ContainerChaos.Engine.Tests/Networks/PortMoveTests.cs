using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using ContainerChaos.Runtime;
using ContainerChaos.Supervisor;
using Xunit;

namespace ContainerChaos.Engine.Tests;

/// <summary>Published ports that go from one running container to another.</summary>
public sealed class PortMoveTests : NetworkTest
{
    private const string Idle = "exec busybox sleep 1000";

    [BusyboxFact]
    public void New_connections_go_to_the_other_and_those_that_stand_stay() => OnOwnHost(() =>
    {
        AddHostAddress("198.51.100.1");
        Start("old", "bridge", Echo, options => options with { Publish = ["8080:80", "198.51.100.1:8081:80"] });
        Start("new", "bridge", Say("new", 90));
        using var proxied = Connect("127.0.0.1", 8080);
        using var translated = Connect("198.51.100.1", 8080);
        using var exact = Connect("198.51.100.1", 8081);
        foreach (var socket in new[] { proxied, translated, exact })
            Assert.Equal("one", Say(socket, "one"));

        var moved = Engine.MovePorts("old", "new", new PortMoveOptions { ContainerPort = 90 });
        Assert.Equal(["8080:90/tcp", "198.51.100.1:8081:90/tcp"], moved.Ports.Select(port => port.ToString()));
        Assert.Empty(Engine.Get("old").Ports);
        foreach (var (address, port) in new[] { ("127.0.0.1", 8080), ("::1", 8080), ("198.51.100.1", 8080), ("198.51.100.1", 8081) })
            Assert.Equal("new", Ask(address, port));
        foreach (var socket in new[] { proxied, translated, exact })
            Assert.Equal("two", Say(socket, "two"));

        // Its end takes nothing away from the other, nor does its next start.
        Engine.Stop("old");
        Assert.Equal(0, proxied.Receive(new byte[1]));
        Assert.Equal("new", Ask("198.51.100.1", 8080));
        Assert.Empty(Engine.Start("old").Ports);
        Assert.Equal("new", Ask("127.0.0.1", 8080));
        Assert.Contains("container 'new'", Fails(ErrorReason.PortInUse, () => Start("late", "bridge", Idle, options => options with { Publish = ["8080:80"] })).Message);
        // The new one has them from now on, also after a start.
        Engine.Stop("new");
        Assert.Null(TryAsk("127.0.0.1", 8080));
        Assert.Equal([8080, 8081], Engine.Start("new").Ports.Select(port => port.HostPort));
        Assert.Equal("new", Ask("198.51.100.1", 8081));
    });

    [BusyboxFact]
    public void A_move_outlives_either_monitor() => OnOwnHost(() =>
    {
        AddHostAddress("198.51.100.1");
        var old = Start("old", "bridge", Say("old"), options => options with { Publish = ["8080:80"] });
        var next = Start("new", "bridge", Say("new"));
        Engine.MovePorts("old", "new");
        foreach (var container in new[] { old, next })
        {
            KillMonitor(container);
            Assert.Equal(container.Name == "new" ? 1 : 0, Engine.Get(container.Id).Ports.Count);
            Assert.Equal("new", Ask("127.0.0.1", 8080));
            Assert.Equal("new", Ask("198.51.100.1", 8080));
        }
        // One that was killed between the two halves of a move has the port in its state, and finds that it is another's.
        KillMonitor(old);
        var state = Path.Combine(old.RootPath, "state.json");
        var document = JsonNode.Parse(File.ReadAllText(state))!;
        document["ports"] = new JsonArray(new JsonObject { ["hostPort"] = 8080, ["containerPort"] = 80, ["protocol"] = "tcp" });
        File.WriteAllText(state, document.ToJsonString());
        var after = Engine.Get("old");
        Assert.Empty(after.Ports);
        Assert.Empty(after.Warnings);
        Assert.Single(after.Endpoints);
        Assert.Equal("new", Ask("127.0.0.1", 8080));
    });

    [BusyboxFact]
    public void Ports_of_one_that_is_down_can_be_moved_and_what_makes_no_sense_is_refused() => OnOwnHost(() =>
    {
        var began = DateTimeOffset.UtcNow;
        Start("old", "bridge", Idle, options => options with { Publish = ["8080:80", "5353:53/udp", "81"] });
        Start("new", "bridge", Say("new"));
        Start("alone", "none", Idle);
        Engine.CreateNetwork(new NetworkCreateOptions { Name = "inner", Internal = true });
        Start("inside", "inner", Idle);
        Engine.Create(new ContainerCreateOptions { Name = "down", Image = "busybox", Network = "bridge", Command = ["/bin/sh"] });
        Fails(ErrorReason.InvalidArgument, () => Engine.MovePorts("old", "old"));
        Assert.Contains("no published port 8080/udp", Fails(ErrorReason.InvalidArgument, () => Engine.MovePorts("old", "new", new PortMoveOptions { Ports = ["8080/udp"] })).Message);
        Fails(ErrorReason.InvalidArgument, () => Engine.MovePorts("new", "old"));
        Fails(ErrorReason.InvalidState, () => Engine.MovePorts("old", "alone"));
        Assert.Contains("no network that leads out", Fails(ErrorReason.InvalidState, () => Engine.MovePorts("old", "inside")).Message);
        Fails(ErrorReason.InvalidState, () => Engine.MovePorts("old", "down"));
        Assert.Equal(3, Engine.Get("old").Ports.Count);

        Assert.Equal(["5353:53/udp"], Engine.MovePorts("old", "new", new PortMoveOptions { Ports = ["5353/udp"] }).Ports.Select(port => port.ToString()));
        Engine.Stop("old");
        Assert.Equal(["5353:53/udp", "8080:80/tcp"], Engine.MovePorts("old", "new", new PortMoveOptions { Ports = ["8080"] }).Ports.Select(port => port.ToString()));
        Assert.Equal("new", Ask("127.0.0.1", 8080));
        Assert.Equal(81, Assert.Single(Engine.Start("old").Ports).ContainerPort);
        var events = Engine.ReadEvents(new ContainerEventOptions { Since = began, Until = DateTimeOffset.UtcNow, Filter = one => one.Type is EventTypes.Publish or EventTypes.Unpublish });
        Assert.Equal(["publish 5353:53/udp", "unpublish 5353:53/udp", "publish 8080:80/tcp"], events.Select(one => $"{one.Type} {one.Attributes["port"]}"));
    });

    private const string Echo = "busybox nc -ll -p 80 -e /bin/cat";

    private static Socket Connect(string address, int port)
    {
        while (true)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 10000 };
            try
            {
                socket.Connect(IPAddress.Parse(address), port);
                if (Say(socket, "hi") == "hi")
                    return socket;
            }
            catch (SocketException)
            {
                // It is not listening yet.
            }
            socket.Dispose();
        }
    }

    private static string Say(Socket socket, string text)
    {
        socket.Send(Encoding.ASCII.GetBytes(text));
        var buffer = new byte[64];
        return Encoding.ASCII.GetString(buffer, 0, socket.Receive(buffer));
    }
}
