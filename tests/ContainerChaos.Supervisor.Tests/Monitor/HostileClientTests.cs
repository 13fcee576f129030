using System.Text;
using ContainerChaos.Linux;
using ContainerChaos.Runtime;

namespace ContainerChaos.Supervisor.Tests;

/// <summary>Whatever arrives on the control socket, the monitor answers or hangs up, and lives.</summary>
public sealed class HostileClientTests : ContainerTest
{
    [Theory]
    [InlineData("garbage")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("42")]
    [InlineData("{}")]
    [InlineData("""{"op":null}""")]
    [InlineData("""{"op":"nonsense"}""")]
    [InlineData("""{"op":{"op":"state"}}""")]
    [InlineData("""{"op":"kill","signal":100000}""")]
    [InlineData("""{"op":"kill","signal":-1}""")]
    [InlineData("""{"op":"kill","signal":"KILL"}""")]
    [InlineData("""{"op":"stop","timeoutMs":9223372036854775807}""")]
    [InlineData("""{"op":"restart","timeoutMs":-9223372036854775808}""")]
    [InlineData("""{"op":"stop","timeoutMs":1e300}""")]
    [InlineData("""{"op":"exec"}""")]
    [InlineData("""{"op":"exec","process":null}""")]
    [InlineData("""{"op":"exec","process":{"args":["/target","true"]}}""")]
    [InlineData("""{"op":"exec","process":{"args":[]}}""", 3)]
    [InlineData("""{"op":"exec","process":{"args":null}}""", 3)]
    [InlineData("""{"op":"exec","process":{"args":[null]}}""", 3)]
    [InlineData("""{"op":"exec","process":{"args":["/target"],"env":null}}""", 3)]
    [InlineData("""{"op":"exec","process":{"args":["/target"],"env":[null]}}""", 3)]
    [InlineData("""{"op":"exec","process":{"args":["/target"],"user":null}}""", 3)]
    [InlineData("""{"op":"exec","process":{"args":["/target"],"cwd":null}}""", 3)]
    [InlineData("""{"op":"exec","process":{"args":["/target"],"cwd":"relative"}}""", 3)]
    [InlineData("""{"op":"exec","process":{"args":["/target"],"rlimits":[null]}}""", 3)]
    [InlineData("""{"op":"exec","process":{"args":["/target"],"rlimits":[{"type":null}]}}""", 3)]
    [InlineData("""{"op":"exec","process":{"args":["/target"],"capabilities":{"bounding":["CAP_NONSENSE"]}}}""", 3)]
    [InlineData("""{"op":"exec","process":{"args":["/target"],"capabilities":{"bounding":[null]}}}""", 3)]
    [InlineData("""{"op":"exec","process":{"args":["/target","true"]}}""", 1)]
    public void A_request_that_makes_no_sense_is_answered_with_an_error(string message, int descriptors = 0)
    {
        var container = Started("pause");
        var sent = Enumerable.Range(0, descriptors).Select(_ => FileDescriptor.Open("/dev/null", OpenFlags.O_RDWR)).ToArray();
        using var socket = SeqPacketSocket.TryConnect(container.Paths.ControlSocket)!;
        Assert.True(socket.TrySend(Encoding.UTF8.GetBytes(message), sent));
        var reply = new byte[64 * 1024];
        var length = socket.Receive(reply, out _);
        Array.ForEach(sent, descriptor => descriptor.Dispose());
        Assert.Contains("\"error\"", Encoding.UTF8.GetString(reply, 0, length));
        Lives(container);
    }

    [Fact]
    public void A_message_that_is_too_long_is_answered_with_an_error()
    {
        var container = Started("pause");
        using var socket = SeqPacketSocket.TryConnect(container.Paths.ControlSocket)!;
        // More than the monitor's buffer needs a send buffer that most hosts do not give; as much as this one gives, then.
        for (var size = 4 << 20; size > 1024; size /= 2)
        {
            try
            {
                Assert.True(socket.TrySend(new byte[size]));
                break;
            }
            catch (ErrnoException e) when (e.Errno == Errno.EMSGSIZE)
            {
            }
        }
        var reply = new byte[64 * 1024];
        Assert.Contains("\"error\"", Encoding.UTF8.GetString(reply, 0, socket.Receive(reply, out _)));
        Lives(container);
    }

    [Fact]
    public void Deeply_nested_JSON_is_answered_with_an_error()
    {
        var container = Started("pause");
        using var socket = SeqPacketSocket.TryConnect(container.Paths.ControlSocket)!;
        Assert.True(socket.TrySend(Encoding.UTF8.GetBytes("{\"x\":" + new string('[', 50_000))));
        var reply = new byte[64 * 1024];
        Assert.Contains("\"error\"", Encoding.UTF8.GetString(reply, 0, socket.Receive(reply, out _)));
        Lives(container);
    }

    [Fact]
    public void Descriptors_that_nobody_asked_for_are_closed()
    {
        var container = Started("pause");
        using var socket = SeqPacketSocket.TryConnect(container.Paths.ControlSocket)!;
        var reply = new byte[64 * 1024];
        var before = -1;
        for (var round = 0; round < 20; round++)
        {
            using var file = FileDescriptor.Open("/dev/zero", OpenFlags.O_RDONLY);
            Assert.True(socket.TrySend("""{"op":"state"}"""u8, file, file, file));
            Assert.True(socket.Receive(reply, out _) > 0);
            var open = Directory.GetFiles($"/proc/{container.State.MonitorPid}/fd").Length;
            before = before < 0 ? open : before;
        }
        // The last three may be on their way out when the answer is here.
        container.Ask(client => client.GetState());
        Assert.Equal(before, Directory.GetFiles($"/proc/{container.State.MonitorPid}/fd").Length, 3.0);
        Lives(container);
    }

    [Fact]
    public void An_executed_command_s_streams_can_be_anything()
    {
        var container = Started("pause");
        foreach (var path in new[] { "/", "/proc/self/ns/net", "/dev/null", "/proc/self/mem" })
        {
            using var descriptor = FileDescriptor.Open(path, OpenFlags.O_RDONLY);
            using var client = container.Connect();
            using var session = client.Execute(DockerDefaults.Process(["/target", "echo", "x"]), descriptor, descriptor, descriptor);
            session.WaitForExit(Patience.Token);
        }
        Lives(container);
    }

    [Fact]
    public void A_client_that_goes_away_at_once_is_no_event()
    {
        var container = Started("pause");
        for (var round = 0; round < 200; round++)
        {
            using var socket = SeqPacketSocket.TryConnect(container.Paths.ControlSocket)!;
            if (round % 4 > 0)
                socket.TrySend(Encoding.UTF8.GetBytes(round % 4 == 1 ? """{"op":"wait"}""" : round % 4 == 2 ? """{"op":"subscribe"}""" : """{"op":"state"}"""));
        }
        Lives(container);
        container.Ask(client => client.Stop(TimeSpan.Zero, Patience.Token));
    }

    [Fact]
    public void Askers_of_a_restart_that_go_away_before_it_is_done_do_no_harm()
    {
        var container = Started("pause");
        for (var round = 0; round < Patience.Rounds(100, 10); round++)
        {
            var sockets = Enumerable.Range(0, 4).Select(_ => SeqPacketSocket.TryConnect(container.Paths.ControlSocket)!).ToArray();
            foreach (var socket in sockets)
                socket.TrySend("""{"op":"restart","timeoutMs":0}"""u8);
            Array.ForEach(sockets, socket => socket.Dispose());
            container.Ask(client => client.Restart(TimeSpan.Zero, Patience.Token));
        }
        Lives(container);
    }

    [Fact]
    public void A_subscriber_that_never_reads_does_not_hold_up_the_monitor()
    {
        var container = Started("pause");
        using var deaf = container.Connect().Subscribe();
        for (var round = 0; round < Patience.Rounds(2000, 300); round++)
        {
            container.Ask(client => client.Pause());
            container.Ask(client => client.Unpause());
        }
        Lives(container);
        container.Ask(client => client.Stop(TimeSpan.Zero, Patience.Token));
    }

    [Fact]
    public void A_hundred_clients_are_served()
    {
        var container = Started("pause");
        var clients = Enumerable.Range(0, 100).Select(_ => container.Connect()).ToArray();
        Assert.All(clients, client => Assert.Equal(ContainerStatus.Running, client.GetState().Status));
        Array.ForEach(clients, client => client.Dispose());
        Lives(container);
    }

    private static void Lives(TestContainer container)
    {
        // A restart may be under way, and the command waits for it.
        Assert.Equal(0, container.Execute("true").ExitCode);
        var state = container.Ask(client => client.GetState());
        Assert.Equal((ContainerStatus.Running, container.State.MonitorPid), (state.Status, state.MonitorPid));
    }
}
