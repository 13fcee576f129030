using System.Text;

namespace ContainerChaos.Linux.Tests;

[Trait("Category", "Kernel")]
public sealed class SeqPacketSocketTests : IDisposable
{
    private readonly TestRoot _root = new();

    public void Dispose() => _root.Dispose();

    [Fact]
    public void Messages_keep_their_boundaries()
    {
        using var pair = Connect(_root["s"]);
        Assert.True(pair.Client.TrySend("one"u8));
        Assert.True(pair.Client.TrySend("two, longer"u8));
        Assert.Equal("one", Receive(pair.Server));
        Assert.Equal("two, longer", Receive(pair.Server));
        Assert.Equal(-1, pair.Server.Receive(new byte[16], out _));
    }

    [Fact]
    public void A_message_gets_room_of_its_own_length()
    {
        using var pair = Connect(_root["s"]);
        Assert.Equal(-1, pair.Server.Receive(1000, out _, out _));
        pair.Client.TrySend("one"u8);
        pair.Client.TrySend(new byte[2000]);
        pair.Client.TrySend("three"u8);
        Assert.Equal(3, pair.Server.Receive(1000, out var message, out _));
        Assert.Equal("one", Encoding.UTF8.GetString(message));
        Assert.Equal(Errno.EMSGSIZE, Assert.Throws<ErrnoException>(() => pair.Server.Receive(1000, out _, out _)).Errno);
        Assert.Equal(5, pair.Server.Receive(1000, out message, out _));
        Assert.Equal("three", Encoding.UTF8.GetString(message));
        pair.Client.Dispose();
        Assert.Equal(0, pair.Server.Receive(1000, out _, out _));
    }

    [Fact]
    public void Descriptors_travel_with_a_message_and_are_closed_at_an_exec()
    {
        using var pair = Connect(_root["s"]);
        var (read, write) = FileDescriptor.Pipe();
        using (read)
        {
            using (write)
                Assert.True(pair.Client.TrySend("take it"u8, write));
            pair.Server.Receive(new byte[64], out var descriptors);
            using var received = Assert.Single(descriptors);
            Assert.EndsWith("02000001", File.ReadLines($"/proc/self/fdinfo/{received.Number}").Single(line => line.StartsWith("flags", StringComparison.Ordinal)));
            received.Write("through"u8);
            var buffer = new byte[16];
            Assert.Equal("through", Encoding.UTF8.GetString(buffer, 0, read.Read(buffer)));
        }
    }

    [Fact]
    public void Three_descriptors_come_in_their_order()
    {
        using var pair = Connect(_root["s"]);
        var files = new[] { "/dev/null", "/dev/zero", "/dev/full" };
        var opened = files.Select(file => FileDescriptor.Open(file, OpenFlags.O_RDONLY)).ToArray();
        Assert.True(pair.Client.TrySend("3"u8, opened));
        pair.Server.Receive(new byte[8], out var descriptors);
        Assert.Equal(files, descriptors.Select(descriptor => File.ResolveLinkTarget($"/proc/self/fd/{descriptor.Number}", false)!.FullName));
        Array.ForEach([.. opened, .. descriptors], descriptor => descriptor.Dispose());
    }

    [Fact]
    public void A_message_that_is_too_long_is_an_error_and_its_descriptors_are_closed()
    {
        using var pair = Connect(_root["s"]);
        var before = OpenDescriptors();
        using (var file = FileDescriptor.Open("/dev/null", OpenFlags.O_RDONLY))
            pair.Client.TrySend(new byte[100], file, file);
        Assert.Equal(Errno.EMSGSIZE, Assert.Throws<ErrnoException>(() => pair.Server.Receive(new byte[10], out _)).Errno);
        Assert.Equal(before, OpenDescriptors());
        Assert.True(pair.Client.TrySend("next"u8));
        Assert.Equal("next", Receive(pair.Server));
    }

    [Fact]
    public void The_other_side_s_end_is_a_length_of_zero_and_a_send_that_fails()
    {
        using var pair = Connect(_root["s"]);
        pair.Client.Dispose();
        Assert.Equal(0, pair.Server.Receive(new byte[8], out _));
        Assert.False(pair.Server.TrySend("x"u8));
    }

    [Fact]
    public void A_side_that_does_not_read_never_blocks_the_server()
    {
        using var pair = Connect(_root["s"]);
        var sent = 0;
        while (sent < 100_000 && pair.Server.TrySend(new byte[1024]))
            sent++;
        Assert.InRange(sent, 1, 99_999);
    }

    [Theory]
    [InlineData(107)]
    [InlineData(108)]
    [InlineData(200)]
    [InlineData(1000)]
    public void A_path_may_be_longer_than_a_socket_address(int length)
    {
        var path = _root.Directory;
        while (path.Length < length - 2)
            path += "/" + new string('d', Math.Min(100, length - path.Length - 3));
        Directory.CreateDirectory(path);
        path += "/s";
        using var pair = Connect(path);
        Assert.Equal(length, path.Length);
        Assert.True(pair.Client.TrySend("far"u8));
        Assert.Equal("far", Receive(pair.Server));
    }

    [Fact]
    public void Nobody_but_the_owner_may_connect()
    {
        using var pair = Connect(_root["s"]);
        Assert.Equal(0x180u /* 0600 */, FileStatus.Read(_root["s"]).Mode & 0x1BF);
    }

    [Fact]
    public void Nobody_listens_is_an_answer_and_no_error()
    {
        Assert.Null(SeqPacketSocket.TryConnect(_root["missing"]));
        Assert.Null(SeqPacketSocket.TryConnect(_root["no/such/directory/s"]));
        SeqPacketSocket.Listen(_root["dead"]).Dispose();
        Assert.True(File.Exists(_root["dead"]));
        Assert.Null(SeqPacketSocket.TryConnect(_root["dead"]));
    }

    [Fact]
    public void A_path_that_exists_is_not_listened_at()
    {
        File.WriteAllText(_root["s"], "");
        Assert.Equal(Errno.EADDRINUSE, Assert.Throws<ErrnoException>(() => SeqPacketSocket.Listen(_root["s"])).Errno);
    }

    private static string Receive(SeqPacketSocket socket)
    {
        var buffer = new byte[256];
        return Encoding.UTF8.GetString(buffer, 0, socket.Receive(buffer, out _));
    }

    private static int OpenDescriptors() => Directory.GetFiles("/proc/self/fd").Count(file => File.ResolveLinkTarget(file, false)?.FullName == "/dev/null");

    private static Pair Connect(string path)
    {
        var listener = SeqPacketSocket.Listen(path);
        var client = SeqPacketSocket.TryConnect(path)!;
        return new Pair(listener, client, listener.Accept()!);
    }

    private sealed record Pair(SeqPacketSocket Listener, SeqPacketSocket Client, SeqPacketSocket Server) : IDisposable
    {
        public void Dispose()
        {
            Server.Dispose();
            Client.Dispose();
            Listener.Dispose();
        }
    }
}
