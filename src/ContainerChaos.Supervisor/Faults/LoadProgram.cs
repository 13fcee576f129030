using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using ContainerChaos.Linux;

namespace ContainerChaos.Supervisor;

/// <summary>
/// <c>ccrun load KIND COUNT RATE</c>: the process that makes load inside a target. It lives as long as its lifeline, descriptor 3, and says on
/// descriptor 4 when the load stands.
/// </summary>
public static class LoadProgram
{
    /// <summary>The verb.</summary>
    public const string Verb = "load";

    internal const string Ready = "ready";

    private const int PageSize = 4096;
    private static readonly TimeSpan s_retry = TimeSpan.FromMilliseconds(10);

    /// <summary>Makes the load until the lifeline ends.</summary>
    /// <param name="arguments">The kind by name, how many, bytes a second.</param>
    public static int Run(IReadOnlyList<string> arguments)
    {
        if (arguments is not [var name, var count, var rate] || !Enum.TryParse<LoadKind>(name, out var kind))
            return 2;
        using var lifeline = new FileDescriptor(Runtime.InjectedProgram.FirstDescriptor);
        var status = new FileDescriptor(Runtime.InjectedProgram.FirstDescriptor + 1);
        status.SetCloseOnExec();
        try
        {
            Make(kind, long.Parse(count, CultureInfo.InvariantCulture), long.Parse(rate, CultureInfo.InvariantCulture), lifeline, status);
            return 0;
        }
        catch (Exception e) when (e is ErrnoException or IOException or UnauthorizedAccessException or OutOfMemoryException)
        {
            Say(status, e.Message);
            return 125;
        }
    }

    private static void Make(LoadKind kind, long count, long rate, FileDescriptor lifeline, FileDescriptor status)
    {
        switch (kind)
        {
            case LoadKind.Orphans:
                Fork(count, lifeline, isEnough: made => made > 0);
                // Their parent's end makes them orphans.
                Say(status, Ready);
                return;
            case LoadKind.ForkBomb:
                var made = Fork(count, lifeline, isEnough: _ => true);
                Say(status, Ready);
                while (made < count && !Ends(lifeline, s_retry))
                    made += Fork(count - made, lifeline, isEnough: _ => true);
                // They end with the lifeline too; what is not reaped here is left to PID 1, which may not.
                Ends(lifeline, Timeout.InfiniteTimeSpan);
                ProcessTuning.ReapAll();
                return;
            case LoadKind.Threads:
                for (var i = 0; i < count && TryStart(static () => Thread.Sleep(Timeout.Infinite)); i++)
                {
                }
                break;
            case LoadKind.Processor:
                for (var i = 0; i < count; i++)
                    TryStart(Burn);
                break;
            case LoadKind.Memory:
                Say(status, Ready);
                TakeMemory(count, rate, lifeline);
                break;
            case LoadKind.ChildMemory:
                File.WriteAllText("/proc/self/oom_score_adj", "1000");
                Say(status, Ready);
                TakeOwnMemory(count, lifeline);
                break;
            default:
                return;
        }
        Say(status, Ready);
        Ends(lifeline, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Forks until there are enough or the kernel has no place left: the pids limit (EAGAIN).</summary>
    private static long Fork(long count, FileDescriptor lifeline, Func<long, bool> isEnough)
    {
        using var program = new ChildProgram();
        // The watchdog reads it to its end.
        program.Call("let go of the status", SystemCallNumber.close, Runtime.InjectedProgram.FirstDescriptor + 1).ToleratingAll();
        program.Call("wait for the end of the fault", SystemCallNumber.read, lifeline.Number, program.Memory(8), 1);
        program.Call("end", SystemCallNumber.exit_group, 0);
        for (var made = 0L; made < count; made++)
        {
            try
            {
                var child = program.Start(CloneFlags.None, cgroup: null);
                child.Process.Dispose();
                child.Dispose();
            }
            catch (ErrnoException e) when (e.Errno == Errno.EAGAIN && isEnough(made))
            {
                return made;
            }
        }
        return count;
    }

    private static bool TryStart(Action action)
    {
        try
        {
            // The smallest stack that glibc lets a thread of the runtime have.
            new Thread(() => action(), maxStackSize: 128 * 1024) { IsBackground = true }.Start();
            return true;
        }
        catch (OutOfMemoryException)
        {
            return false;
        }
    }

    private static void Burn()
    {
        for (var x = 1u; ; x = (x * 1664525) + 1013904223)
        {
            if (x == 0)
                Thread.SpinWait(1);
        }
    }

    /// <summary>Pages of a file in memory: charged to the group, in nobody's resident set, and gone with this process.</summary>
    private static void TakeMemory(long count, long rate, FileDescriptor lifeline)
    {
        using var file = FileDescriptor.Memory("fault", []);
        const int step = 64 * 1024;
        // Not of zeros: a kernel may merge or compress those.
        var content = new byte[step];
        Random.Shared.NextBytes(content);
        Paced(count, rate, step, lifeline, () => file.Write(content));
        Ends(lifeline, Timeout.InfiniteTimeSpan);
    }

    private static unsafe void TakeOwnMemory(long count, FileDescriptor lifeline)
    {
        const int step = 1024 * 1024;
        Paced(count, rate: 0, step, lifeline, () =>
        {
            var memory = (byte*)NativeMemory.Alloc(step);
            for (var i = 0; i < step; i += PageSize)
                memory[i] = 1;
        });
    }

    private static void Paced(long count, long rate, int step, FileDescriptor lifeline, Action take)
    {
        var pause = rate > 0 ? TimeSpan.FromSeconds((double)step / rate) : TimeSpan.Zero;
        for (var taken = 0L; taken < count; taken += step)
        {
            take();
            if (Ends(lifeline, pause))
                return;
        }
    }

    /// <summary>Waits for the end of the fault.</summary>
    private static bool Ends(FileDescriptor lifeline, TimeSpan wait)
    {
        using var poll = new EventPoll();
        poll.Add(lifeline, EventPollFlags.EPOLLIN, 0);
        var ends = false;
        do
            poll.Wait(wait, (_, _) => ends = true);
        while (!ends && wait == Timeout.InfiniteTimeSpan);
        return ends;
    }

    private static void Say(FileDescriptor status, string text)
    {
        if (status.IsClosed)
            return;
        status.Write(Encoding.UTF8.GetBytes(text));
        status.Dispose();
    }
}
