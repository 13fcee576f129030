using ContainerChaos.Target.Native;
using ContainerChaos.Target.Text;

namespace ContainerChaos.Target.Http;

/// <summary>Work that needs child processes, as a service does that calls a tool or a shell pipeline: it fails when the PID table is full.</summary>
internal static unsafe class ForkEndpoint
{
    private const int MaximumChildren = 64;

    public static void Answer(Connection connection, ref Query query)
    {
        int wanted = (int)query.Number("n"u8, 1, 1, MaximumChildren);
        if (query.Error is not null)
        {
            Router.Refuse(connection, 400, query.Error);
            return;
        }

        // All of them exist at once, because each holds its PID until it is waited for.
        int* children = stackalloc int[MaximumChildren];
        int made = 0;
        int error = 0;
        while (made < wanted && error == 0)
        {
            int child = Libc.Fork();
            if (child == 0) Libc._exit(0);
            if (child < 0) error = Libc.Errno;
            else children[made++] = child;
        }

        for (int i = 0; i < made; i++)
        {
            int status;
            while (Libc.waitpid(children[i], &status, 0) < 0 && Libc.Errno == Errno.EINTR)
            {
            }
        }

        var body = new ByteWriter(stackalloc byte[128]);
        body.Append("{"u8);
        body.Member("children"u8, made);
        body.Member("error"u8, error == 0 ? null : Errno.Name(error));
        body.Append("}\n"u8);
        connection.Reply(error == 0 ? 200 : 503, body.Written);
    }
}
