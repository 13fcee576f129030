using ContainerChaos.Target.Faults;
using ContainerChaos.Target.Loop;
using ContainerChaos.Target.Native;
using ContainerChaos.Target.Signals;
using ContainerChaos.Target.Text;

namespace ContainerChaos.Target.Commands;

/// <summary>The faults without the service: each does its harm and then blocks, so that the harm lasts.</summary>
internal static class FaultCommands
{
    public static int Leak(string[] arguments)
    {
        double megabytes = 0, rate = 0;
        for (int i = 0; i < arguments.Length; i++)
        {
            if (arguments[i] == "--mb") megabytes = Arguments.Real(arguments, ++i, "--mb");
            else if (arguments[i] == "--rate") rate = Arguments.Real(arguments, ++i, "--rate");
            else throw new UsageException($"leak: unknown option '{arguments[i]}'");
        }

        const double Megabyte = 1024 * 1024;
        long bytes = megabytes > 0 ? (long)(megabytes * Megabyte) : long.MaxValue;
        return Block(new LeakJob(bytes, (long)(rate * Megabyte), job => Output.Line($"leaked {job.Taken} bytes{Because(job.Error)}")));
    }

    public static int Zombies(string[] arguments)
    {
        Dispositions.Default(Libc.SIGCHLD);
        long count = Arguments.Number(arguments, 0, "zombies", 0, int.MaxValue);
        return Block(new ZombieJob(count, job => Output.Line($"zombies {job.Created} of {job.Requested}{Because(job.Error)}")));
    }

    public static int Orphans(string[] arguments)
    {
        long count = Arguments.Number(arguments, 0, "orphans", 0, int.MaxValue);
        long lifetime = arguments.Length > 1 ? Arguments.Number(arguments, 1, "orphans", 0, int.MaxValue) : 100;
        return Block(new OrphanJob(count, lifetime, job => Output.Line($"orphans {job.Created} of {job.Requested}{Because(job.Error)}")));
    }

    public static int Cpu(string[] arguments)
    {
        long threads = Arguments.Number(arguments, 0, "cpu", 1, 1024);
        double seconds = arguments.Length > 1 ? Arguments.Real(arguments, 1, "cpu") : 0;
        var burners = new Burners();
        for (int i = 1; i < threads; i++)
        {
            int error = burners.Start(seconds);
            if (error == 0) continue;
            Output.Error($"cpu: {i} of {threads} threads{Because(error)}");
            break;
        }

        long until = seconds > 0 ? MonotonicClock.Now + (long)(seconds * MonotonicClock.NanosecondsPerSecond) : long.MaxValue;
        while (MonotonicClock.Now < until) Thread.SpinWait(10_000);
        return 0;
    }

    public static int Die()
    {
        Crash.Now();
        return 1;
    }

    private static string Because(int error) => error == 0 ? "" : $" ({Errno.Name(error)})";

    private static int Block(Job job)
    {
        var loop = new EventLoop();
        loop.Start(job);
        loop.Run();
        return 0;
    }
}
