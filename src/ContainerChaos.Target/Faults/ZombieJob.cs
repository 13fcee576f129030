using ContainerChaos.Target.Loop;
using ContainerChaos.Target.Native;

namespace ContainerChaos.Target.Faults;

/// <summary>Makes children that exit at once and are never waited for, until there are enough or the kernel refuses.</summary>
internal sealed class ZombieJob(long count, Action<ZombieJob> finished) : Job
{
    private const int ForksPerStep = 8;

    /// <summary>How many were asked for.</summary>
    public long Requested => count;

    /// <summary>How many there are.</summary>
    public long Created { get; private set; }

    /// <summary>Why fork(2) failed, EAGAIN when the pids limit is reached; 0 = it did not.</summary>
    public int Error { get; private set; }

    public override bool Step(long now)
    {
        for (int i = 0; i < ForksPerStep && Created < count; i++)
        {
            int pid = Libc.Fork();
            if (pid == 0) Libc._exit(0);
            if (pid < 0)
            {
                Error = Libc.Errno;
                return false;
            }

            Created++;
            Damage.Zombies++;
        }

        return Created < count;
    }

    public override void Finished() => finished(this);
}
