using ContainerChaos.Target.Loop;
using ContainerChaos.Target.Native;
using ContainerChaos.Target.Signals;

namespace ContainerChaos.Target.Faults;

/// <summary>
/// Makes orphans: a child forks them and exits while they live on, so the kernel gives them to PID 1 of the namespace,
/// which has to reap them when they end. The child in between is waited for.
/// </summary>
internal sealed unsafe class OrphanJob(long count, long lifetimeMilliseconds, Action<OrphanJob> finished) : Job
{
    private const int OrphansPerStep = 8;

    // Written by the child in between, read here: made, errno.
    private readonly int* _shared = (int*)Libc.mmap(null, 4096, Libc.PROT_READ | Libc.PROT_WRITE, Libc.MAP_SHARED | Libc.MAP_ANONYMOUS, -1, 0);

    /// <summary>How many were asked for.</summary>
    public long Requested => count;

    /// <summary>How many were made.</summary>
    public long Created { get; private set; }

    /// <summary>Why fork(2) failed; 0 = it did not.</summary>
    public int Error { get; private set; }

    public override bool Step(long now)
    {
        if (_shared == Libc.MAP_FAILED)
        {
            Error = Errno.ENOMEM;
            return false;
        }

        int wanted = (int)Math.Min(count - Created, OrphansPerStep);
        _shared[0] = _shared[1] = 0;
        int child = Libc.Fork();
        if (child == 0) LeaveOrphans(_shared, wanted, lifetimeMilliseconds);
        if (child < 0)
        {
            Error = Libc.Errno;
            return false;
        }

        int status;
        while (Libc.waitpid(child, &status, 0) < 0 && Libc.Errno == Errno.EINTR)
        {
        }

        Created += _shared[0];
        Damage.Orphans += _shared[0];
        Error = _shared[1];
        return Error == 0 && Created < count;
    }

    public override void Finished()
    {
        if (_shared != Libc.MAP_FAILED) Libc.munmap(_shared, 4096);
        finished(this);
    }

    // Runs in a forked child: system calls only. Sockets are closed, or a client whose connection the parent closes would not notice.
    private static void LeaveOrphans(int* shared, int count, long lifetimeMilliseconds)
    {
        Libc.close_range(3, uint.MaxValue, 0);
        Dispositions.RestoreInChild();
        var lifetime = new TimeSpec
        {
            Seconds = lifetimeMilliseconds / 1000,
            Nanoseconds = lifetimeMilliseconds % 1000 * MonotonicClock.NanosecondsPerMillisecond,
        };
        for (int i = 0; i < count; i++)
        {
            int orphan = Libc.Fork();
            if (orphan == 0)
            {
                Libc.clock_nanosleep(Libc.CLOCK_MONOTONIC, 0, &lifetime, null);
                Libc._exit(0);
            }

            if (orphan < 0)
            {
                shared[1] = Libc.Errno;
                break;
            }

            shared[0]++;
        }

        Libc._exit(0);
    }
}
