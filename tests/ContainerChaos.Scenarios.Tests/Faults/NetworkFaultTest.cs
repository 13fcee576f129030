using System.Net;
using System.Net.Sockets;
using System.Text;
using ContainerChaos.Engine;
using ContainerChaos.Linux;
using ContainerChaos.Supervisor;
using ContainerChaos.Testing;

namespace ContainerChaos.Scenarios.Tests.Faults;

/// <summary>Containers in a bridge network of a host of their own.</summary>
public abstract class NetworkFaultTest : FaultTest
{
    private protected const int Port = 8080;
    // What a fault keeps back never comes, however long one waits; what shall come is waited for.
    private static readonly TimeSpan s_silence = TimeSpan.FromMilliseconds(100);

    // Where nobody listens that is said at once.
    private static readonly TimeSpan s_answering = TimeSpan.FromSeconds(10);

    public override void Dispose()
    {
        OwnNetwork.Run(base.Dispose);
        GC.SuppressFinalize(this);
    }

    private protected IPAddress RunInBridge(string name = Name, string network = "bridge")
    {
        Container made = Engine.Create(new ContainerCreateOptions
        {
            Name = name,
            Image = "target",
            Command = ["serve", "--port", $"{Port}"],
            Network = network,
            // That of user-defined networks, and what a resolver asks in any other.
            DnsServers = network == "bridge" ? ["127.0.0.11"] : [],
            RestartPolicy = RestartPolicy.Parse("always"),
            RestartDelay = RestartDelay.Parse("none"),
        });
        IPAddress address = IPAddress.Parse(Engine.Start(made.Id).IPAddress!);
        Await(() => Call(address) == SocketError.Success, "the start");
        return address;
    }

    /// <summary>A container's network namespace.</summary>
    private protected NetworkNamespace Inside(string name = Name) => NetworkNamespace.TryOpen(Engine.Get(name).Pid!.Value)!;

    /// <summary>Connects, and says how that ended.</summary>
    private protected static SocketError Call(IPAddress address)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
        try
        {
            socket.Connect(address, Port);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
        {
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode;
        }

        return socket.Poll(s_silence, SelectMode.SelectWrite) || socket.Poll(0, SelectMode.SelectError)
            ? (SocketError)(int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)!
            : SocketError.TimedOut;
    }

    /// <summary>How many datagrams of those that are sent arrive; -1 when sending fails.</summary>
    /// <param name="from">Where they are sent; null for the host.</param>
    /// <param name="to">Where they arrive; null for the host.</param>
    /// <param name="place">The address and the port there.</param>
    /// <param name="count">How many.</param>
    /// <param name="size">Bytes of each.</param>
    private protected static int Arriving(NetworkNamespace? from, NetworkNamespace? to, IPEndPoint place, int count = 1, int size = 1)
    {
        using Socket receiver = Bound(to, place);
        using Socket sender = In(from, () => new Socket(place.AddressFamily, SocketType.Dgram, ProtocolType.Udp));
        try
        {
            sender.Connect(place);
            for (int i = 0; i < count; i++)
                sender.Send(new byte[size]);
        }
        catch (SocketException)
        {
            return -1;
        }

        int arrived = 0;
        for (; arrived < count && receiver.Poll(s_silence, SelectMode.SelectRead); arrived++)
            receiver.Receive(new byte[size]);
        return arrived;
    }

    /// <summary>Whether a question to the name server of a container is answered.</summary>
    private protected static bool? IsAnswered(NetworkNamespace inside)
    {
        var place = new IPEndPoint(new IPAddress([127, 0, 0, 11]), 53);
        using Socket server = Bound(inside, place);
        using Socket resolver = In(inside, () => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        try
        {
            resolver.Connect(place);
            resolver.Send([1]);
        }
        catch (SocketException)
        {
            return null;
        }

        if (server.Poll(s_silence, SelectMode.SelectRead))
        {
            EndPoint asker = new IPEndPoint(IPAddress.Any, 0);
            server.ReceiveFrom(new byte[1], ref asker);
            server.SendTo([2], asker);
        }

        return resolver.Poll(s_silence, SelectMode.SelectRead);
    }

    /// <summary>What a name server says of a name; null for nothing. At the bridge's own address nobody listens.</summary>
    private protected static byte[]? Ask(NetworkNamespace inside, byte type, string server = "172.17.0.1", string name = "a.b")
    {
        using Socket resolver = In(inside, () => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        try
        {
            resolver.Connect(IPAddress.Parse(server), 53);
            // One question, recursion desired (RFC 1035, 4.1).
            resolver.Send([1, 2, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, .. name.Split('.').SelectMany(label => (byte[])[(byte)label.Length, .. Encoding.ASCII.GetBytes(label)]), 0, 0, type, 0, 1]);
            byte[] answer = new byte[512];
            return resolver.Poll(s_answering, SelectMode.SelectRead) ? answer[..resolver.Receive(answer)] : null;
        }
        catch (SocketException)
        {
            // Nobody has the port.
            return null;
        }
    }

    /// <summary>A UDP socket at an address.</summary>
    private protected static Socket Bound(NetworkNamespace? space, IPEndPoint place) => In(space, () =>
    {
        var socket = new Socket(place.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(place);
        return socket;
    });

    private protected static T In<T>(NetworkNamespace? space, Func<T> work) => space is null ? work() : space.Run(work);
}
