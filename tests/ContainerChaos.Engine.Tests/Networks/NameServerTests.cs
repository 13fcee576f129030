using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using ContainerChaos.Linux;
using Xunit;

namespace ContainerChaos.Engine.Tests;

/// <summary>The embedded name server as a resolver sees it: by TCP, with many answers, and for names that others have to be asked for.</summary>
public sealed class NameServerTests : NetworkTest
{
    [BusyboxFact]
    public void It_answers_by_TCP_many_queries_a_connection_and_many_clients() => OnOwnHost(() =>
    {
        Engine.CreateNetwork(new NetworkCreateOptions { Name = "names", Subnets = ["10.78.0.0/24"] });
        var container = Start("web", "names", "exec busybox sleep 1000");
        var address = IPAddress.Parse(container.IPAddress!).GetAddressBytes();
        using var space = NetworkNamespace.TryOpen(container.Pid!.Value)!;
        space.Run(() =>
        {
            using var client = Connect();
            // Two at once, the second in two pieces; then one that is nonsense, and the next all the same.
            var query = Query(7, "web");
            client.Send([.. query, .. Query(8, "WEB")[..5]]);
            Assert.Equal(address, Answer(client, 7)[^4..]);
            client.Send(Query(8, "WEB")[5..]);
            Assert.Equal(address, Answer(client, 8)[^4..]);
            // More than it keeps: the one that is idle the longest goes.
            var others = Enumerable.Range(0, 40).Select(_ => Connect()).ToArray();
            others[^1].Send(Query(9, "web"));
            Assert.Equal(address, Answer(others[^1], 9)[^4..]);
            Assert.Equal(0, client.Receive(new byte[16]));
            foreach (var other in others)
                other.Dispose();
        });
        Assert.Contains($"Address: {container.IPAddress}", Exec(container, "busybox nslookup -type=a web").Output);
    });

    [BusyboxFact]
    public void What_is_too_long_for_a_datagram_comes_by_TCP() => OnOwnHost(() =>
    {
        Engine.CreateNetwork(new NetworkCreateOptions { Name = "names", Subnets = ["10.78.0.0/24"] });
        var container = Start("asks", "names", "exec busybox sleep 1000");
        // Forty that share an alias, as the directory of names says it: 40 records of 16 bytes.
        var id = Engine.GetNetwork("names").Id;
        var folder = Path.Combine(Options.RunRoot, "networks", id, "names", "crowd");
        Directory.CreateDirectory(folder);
        for (var i = 0; i < 40; i++)
            File.CreateSymbolicLink(Path.Combine(folder, $"c{i}"), $"10.78.0.{100 + i}");
        using var space = NetworkNamespace.TryOpen(container.Pid!.Value)!;
        space.Run(() =>
        {
            using var datagrams = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 5000 };
            datagrams.Connect(IPAddress.Parse("127.0.0.11"), 53);
            var buffer = new byte[4096];
            datagrams.Send(Query(1, "crowd").AsSpan(2));
            var length = datagrams.Receive(buffer);
            Assert.True((buffer[2] & 2) != 0, "not said to be truncated");
            Assert.Equal(0, BinaryPrimitives.ReadUInt16BigEndian(buffer.AsSpan(6)));
            Assert.True(length <= 512);
            using var client = Connect();
            client.Send(Query(2, "crowd"));
            var answer = Answer(client, 2);
            Assert.Equal(40, BinaryPrimitives.ReadUInt16BigEndian(answer.AsSpan(6)));
            Assert.Equal(0, answer[2] & 2);
        });
        Directory.Delete(folder, recursive: true);
    });

    private static Socket Connect()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 5000, NoDelay = true };
        socket.Connect(IPAddress.Parse("127.0.0.11"), 53);
        return socket;
    }

    private static byte[] Query(ushort id, string name)
    {
        byte[] message = [(byte)(id >> 8), (byte)id, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, (byte)name.Length, .. Encoding.ASCII.GetBytes(name), 0, 0, 1, 0, 1];
        return [0, (byte)message.Length, .. message];
    }

    private static byte[] Answer(Socket socket, ushort id)
    {
        var length = BinaryPrimitives.ReadUInt16BigEndian(Receive(socket, 2));
        var message = Receive(socket, length);
        Assert.Equal(id, BinaryPrimitives.ReadUInt16BigEndian(message));
        return message;
    }

    private static byte[] Receive(Socket socket, int length)
    {
        var bytes = new byte[length];
        var held = 0;
        while (held < length)
        {
            var count = socket.Receive(bytes, held, length - held, SocketFlags.None);
            Assert.NotEqual(0, count);
            held += count;
        }
        return bytes;
    }
}
