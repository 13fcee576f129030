using ContainerChaos.Target.Loop;
using ContainerChaos.Target.Native;

namespace ContainerChaos.Target.Faults;

/// <summary>Opens descriptors and keeps them, until there are enough or the limit (RLIMIT_NOFILE) is reached.</summary>
internal sealed class DescriptorJob(long count, Action<DescriptorJob> finished) : Job
{
    private const int OpensPerStep = 256;
    private int _first = -1;

    /// <summary>How many were asked for.</summary>
    public long Requested => count;

    /// <summary>How many were opened.</summary>
    public long Opened { get; private set; }

    /// <summary>Why no more could be opened, EMFILE as a rule; 0 = there are enough.</summary>
    public int Error { get; private set; }

    public override bool Step(long now)
    {
        for (int i = 0; i < OpensPerStep && Opened < count; i++)
        {
            int fd = _first < 0 ? Libc.eventfd(0, Libc.EFD_CLOEXEC) : Libc.fcntl(_first, Libc.F_DUPFD_CLOEXEC, 0);
            if (fd < 0)
            {
                Error = Libc.Errno;
                return false;
            }

            if (_first < 0) _first = fd;
            Opened++;
            Damage.HeldDescriptors++;
        }

        return Opened < count;
    }

    public override void Finished() => finished(this);
}
