using ContainerChaos.Target.Faults;
using ContainerChaos.Target.Native;
using ContainerChaos.Target.Text;

namespace ContainerChaos.Target.Http;

/// <summary>The endpoints that break something. Those that finish answer when they have; one that could run for ever answers at once.</summary>
internal sealed class FaultEndpoints(HttpServer server, Burners burners)
{
    private const long Megabyte = 1024 * 1024;
    private const long MaximumMegabytes = 1L << 30;

    /// <summary>Answers, if the path is one of a fault.</summary>
    public bool TryAnswer(Connection connection, ReadOnlySpan<byte> path, ref Query query)
    {
        if (path.SequenceEqual("/leak"u8)) Leak(connection, ref query);
        else if (path.SequenceEqual("/zombies"u8)) Zombies(connection, ref query);
        else if (path.SequenceEqual("/orphans"u8)) Orphans(connection, ref query);
        else if (path.SequenceEqual("/cpu"u8)) Cpu(connection, ref query);
        else if (path.SequenceEqual("/fds"u8)) Descriptors(connection, ref query);
        else if (path.SequenceEqual("/fill"u8)) Fill(connection, ref query);
        else if (path.SequenceEqual("/exit"u8)) Exit(connection, ref query);
        else if (path.SequenceEqual("/crash"u8)) Crash.Now();
        else return false;
        return true;
    }

    private static bool IsRefused(Connection connection, ref Query query)
    {
        if (query.Error is null) return false;
        Router.Refuse(connection, 400, query.Error);
        return true;
    }

    private void Leak(Connection connection, ref Query query)
    {
        double megabytes = query.Real("mb"u8, 0);
        double rate = query.Real("rate"u8, 0);
        bool wait = query.Number("wait"u8, 0, 0, 1) == 1;
        if (IsRefused(connection, ref query)) return;
        long bytes = megabytes > 0 ? (long)(Math.Min(megabytes, MaximumMegabytes) * Megabyte) : long.MaxValue;
        PendingReply reply = wait ? connection.Wait() : default;
        server.Loop.Start(new LeakJob(bytes, (long)(Math.Min(rate, MaximumMegabytes) * Megabyte), job => reply.Send(200, Leaked(stackalloc byte[256], job.Taken, job.Error))));
        if (!wait) connection.Reply(202, Leaked(stackalloc byte[256], 0, 0));
    }

    private static ReadOnlySpan<byte> Leaked(Span<byte> buffer, long bytes, int error)
    {
        var body = new ByteWriter(buffer);
        body.Append("{"u8);
        body.Member("leakedBytes"u8, bytes);
        body.Member("totalLeakedBytes"u8, Damage.LeakedBytes);
        return Close(ref body, error);
    }

    private void Zombies(Connection connection, ref Query query)
    {
        long count = query.Number("n"u8, 1, 0, 1 << 22);
        if (IsRefused(connection, ref query)) return;
        PendingReply reply = connection.Wait();
        server.Loop.Start(new ZombieJob(count, job => reply.Send(200, Made(stackalloc byte[256], job.Requested, job.Created, job.Error))));
    }

    private void Orphans(Connection connection, ref Query query)
    {
        long count = query.Number("n"u8, 1, 0, 1 << 22);
        long lifetime = query.Number("ms"u8, 100, 0, 3_600_000);
        if (IsRefused(connection, ref query)) return;
        PendingReply reply = connection.Wait();
        server.Loop.Start(new OrphanJob(count, lifetime, job => reply.Send(200, Made(stackalloc byte[256], job.Requested, job.Created, job.Error))));
    }

    private static ReadOnlySpan<byte> Made(Span<byte> buffer, long requested, long created, int error)
    {
        var body = new ByteWriter(buffer);
        body.Append("{"u8);
        body.Member("requested"u8, requested);
        body.Member("created"u8, created);
        return Close(ref body, error);
    }

    private static ReadOnlySpan<byte> Close(scoped ref ByteWriter body, int error)
    {
        body.Member("error"u8, error == 0 ? null : Errno.Name(error));
        body.Append("}\n"u8);
        return body.Written;
    }

    private void Cpu(Connection connection, ref Query query)
    {
        long threads = query.Number("threads"u8, 1, 0, 1024);
        double seconds = query.Real("seconds"u8, 10);
        if (IsRefused(connection, ref query)) return;
        int error = 0;
        long started = 0;
        while (started < threads && (error = burners.Start(seconds)) == 0) started++;
        connection.Reply(202, Made(stackalloc byte[256], threads, started, error));
    }

    private void Descriptors(Connection connection, ref Query query)
    {
        long count = query.Number("n"u8, long.MaxValue, 0, long.MaxValue);
        if (IsRefused(connection, ref query)) return;
        PendingReply reply = connection.Wait();
        server.Loop.Start(new DescriptorJob(count, job => reply.Send(200, Made(stackalloc byte[256], job.Requested, job.Opened, job.Error))));
    }

    private void Fill(Connection connection, ref Query query)
    {
        double megabytes = query.Real("mb"u8, -1);
        string path = query.Text("path"u8) ?? FillJob.DefaultPath;
        if (IsRefused(connection, ref query)) return;
        if (megabytes < 0)
        {
            Router.Refuse(connection, 400, "mb: the size to write is expected; 0 = until the disk is full");
            return;
        }

        long bytes = megabytes > 0 ? (long)(Math.Min(megabytes, MaximumMegabytes) * Megabyte) : long.MaxValue;
        PendingReply reply = connection.Wait();
        server.Loop.Start(new FillJob(path, bytes, job =>
        {
            var body = new ByteWriter(stackalloc byte[512]);
            body.Append("{"u8);
            body.Member("path"u8, path);
            body.Member("writtenBytes"u8, job.Written);
            reply.Send(job.Error == 0 ? 200 : 507, Close(ref body, job.Error));
        }));
    }

    private static void Exit(Connection connection, ref Query query)
    {
        long code = query.Number("code"u8, 0, 0, 255);
        if (IsRefused(connection, ref query)) return;
        var body = new ByteWriter(stackalloc byte[64]);
        body.Append("{"u8);
        body.Member("code"u8, code);
        body.Append("}\n"u8);
        connection.Reply(200, body.Written);
        connection.Flush();
        Libc._exit((int)code);
    }
}
