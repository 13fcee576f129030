using System.Diagnostics;
using System.Text;
using ContainerChaos.Linux;
using ContainerChaos.Runtime;
using Xunit.Abstractions;

namespace ContainerChaos.Supervisor.Tests;

/// <summary>Garbled requests on the control socket, with descriptors that nobody expects: the monitor answers or hangs up, and lives.</summary>
public sealed class RequestFuzzTests(ITestOutputHelper output) : ContainerTest
{
    // None of them ends the container: what would, is asked for at the end.
    private static readonly string[] Corpus =
    [
        """{"op":"state"}""", """{"op":"wait"}""", """{"op":"subscribe"}""", """{"op":"resume"}""", """{"op":"update","resources":{"memory":{"limit":1}}}""",
        """{"op":"exec","process":{"args":["/target","true"],"env":["A=b"],"cwd":"/","user":{"uid":0,"gid":0,"additionalGids":[1]},"rlimits":[{"type":"RLIMIT_NOFILE","hard":10,"soft":10}]}}""",
        """{"op":"exec","process":{"args":["/target","true"],"capabilities":{"bounding":["CAP_KILL"],"ambient":[]},"noNewPrivileges":true,"oomScoreAdj":1,"terminal":true}}""",
        """{"op":"change","definition":{"id":"a","name":"app","limits":{"cpuShares":512,"blkioWeight":100},"restartPolicy":{"kind":"always"},"restartDelay":{"initial":"00:00:01","factor":2}}}""",
        """{"op":"exec","process":{"args":["/does/not/exist"],"cwd":"/proc/self/fd/9"}}""",
        "{\"op\":\"exec\",\"process\":{\"args\":[\"/target\",\"\u0000\"]}}", """{"op":"\ud800"}""", """{"op":"state","op":"wait","x":[[[[[[]]]]]]}""",
    ];

    private static readonly string[] Pieces = ["null", "-1", "1e999", "18446744073709551616", "\"\"", "[]", "{}", "true", "\"/\"", "\\u0000", "[[", "}}", ",", "\"args\"", "9223372036854775807", "\"CAP_X\""];

    [Fact]
    public void Garbled_requests_are_answered_or_hung_up_on()
    {
        var seed = Patience.IsLong ? Environment.TickCount : 1;
        var limit = Patience.IsLong ? TimeSpan.FromMinutes(10) : TimeSpan.FromSeconds(20);
        var container = Started("pause");
        var (pid, monitor) = (container.Pid, container.State.MonitorPid);
        using var nothing = FileDescriptor.Open("/dev/null", OpenFlags.O_RDWR);
        var random = new Random(seed);
        var watch = Stopwatch.StartNew();
        var count = 0;
        while (watch.Elapsed < limit)
        {
            // The monitor answers in turn: asked now and then, it is never far behind.
            container.Ask(client => client.GetState());
            using var socket = SeqPacketSocket.TryConnect(container.Paths.ControlSocket)!;
            for (var i = 1 + random.Next(5); i > 0; i--, count++)
            {
                var message = Garble(random);
                var descriptors = Enumerable.Repeat<FileDescriptor>(nothing, random.Next(4)).ToArray();
                if (!socket.TrySend(message, descriptors))
                    break;
            }
        }
        output.WriteLine($"{count} requests.");
        // It answers still, the container is the same one, and nothing of what was sent stays open.
        Assert.Equal((ContainerStatus.Running, pid, monitor), container.Ask(client => client.GetState()) is var state ? (state.Status, state.Pid, state.MonitorPid) : default);
        Assert.Equal(0, container.Execute("true").ExitCode);
        Assert.True(SpinWait.SpinUntil(() => Directory.GetFiles($"/proc/{monitor}/fd").Length < 64, TimeSpan.FromSeconds(20)), "The monitor keeps descriptors.");
    }

    private static byte[] Garble(Random random)
    {
        var text = new StringBuilder(Corpus[random.Next(Corpus.Length)]);
        for (var i = random.Next(4); i > 0; i--)
        {
            var at = random.Next(text.Length + 1);
            switch (random.Next(5))
            {
                case 0:
                    text.Insert(at, Pieces[random.Next(Pieces.Length)]);
                    break;
                case 1 when at < text.Length:
                    text.Remove(at, Math.Min(1 + random.Next(8), text.Length - at));
                    break;
                case 2 when at < text.Length:
                    text[at] = (char)random.Next(128);
                    break;
                case 3 when text.ToString().IndexOf(':', Math.Min(at, text.Length - 1)) is > 0 and var colon:
                    text.Insert(colon + 1, Pieces[random.Next(Pieces.Length)] + ",\"x\":");
                    break;
                default:
                    text.Append(text.ToString().AsSpan(0, Math.Min(at, 200)));
                    break;
            }
            if (text.Length == 0)
                text.Append(' ');
        }
        var bytes = Encoding.UTF8.GetBytes(text.ToString());
        if (random.Next(6) == 0)
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        return bytes;
    }
}
