using ContainerChaos.Target.Commands;
using ContainerChaos.Target.Loop;
using ContainerChaos.Target.Report;
using ContainerChaos.Target.Text;

namespace ContainerChaos.Target.Http;

/// <summary>What each path does.</summary>
internal sealed class Router(FaultEndpoints faults, ProcessReport report)
{
    /// <summary>The longest answer, head and body.</summary>
    public const int MaximumReply = 16 * 1024;

    /// <summary>The longest answer that can be asked for is a wait of this many milliseconds: an hour.</summary>
    private const long MaximumWait = 3_600_000;

    private readonly byte[] _body = new byte[MaximumReply - 256];

    /// <summary>Answers one request, or makes the connection wait for its answer.</summary>
    public void Answer(Connection connection, ref RequestHead head)
    {
        if (head.Refusal != 0)
        {
            Refuse(connection, head.Refusal, head.Reason!);
            return;
        }

        var query = new Query(head.Query);
        if (head.Path.SequenceEqual("/healthz"u8)) connection.Reply(200, "text/plain"u8, "ok\n"u8);
        else if (head.Path.SequenceEqual("/work"u8)) Work(connection, ref query);
        else if (head.Path.SequenceEqual("/fork"u8)) ForkEndpoint.Answer(connection, ref query);
        else if (head.Path.SequenceEqual("/info"u8)) Info(connection);
        else if (head.Path.SequenceEqual("/"u8)) connection.Reply(200, "text/plain"u8, Usage.Endpoints);
        else if (!faults.TryAnswer(connection, head.Path, ref query)) Refuse(connection, 404, "no such endpoint; GET / lists them");
    }

    /// <summary>Answers with an error and its reason.</summary>
    public static void Refuse(Connection connection, int status, string reason)
    {
        var body = new ByteWriter(stackalloc byte[512]);
        body.Append("{"u8);
        body.Member("error"u8, reason);
        body.Append("}\n"u8);
        connection.Reply(status, body.Written);
    }

    private void Info(Connection connection)
    {
        var body = new ByteWriter(_body);
        report.Write(ref body);
        connection.Reply(200, body.Written);
    }

    private static void Work(Connection connection, ref Query query)
    {
        long milliseconds = query.Number("ms"u8, 0, 0, MaximumWait);
        if (query.Error is not null) Refuse(connection, 400, query.Error);
        else if (milliseconds == 0) Done(connection, 0);
        else connection.WaitFor(milliseconds * MonotonicClock.NanosecondsPerMillisecond, () => Done(connection, milliseconds));

        static void Done(Connection connection, long milliseconds)
        {
            var body = new ByteWriter(stackalloc byte[64]);
            body.Append("{"u8);
            body.Member("ms"u8, milliseconds);
            body.Append("}\n"u8);
            connection.Reply(200, body.Written);
        }
    }
}
