using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ContainerChaos.Linux;

public sealed unsafe partial class ChildProgram
{
    /// <summary>The index in a report that says: the program goes on in another process, whose PID follows.</summary>
    internal const int HandedOver = -1;

    /// <summary>The index in a report that says: the step that follows is a question.</summary>
    internal const int Asked = -2;

    /// <summary>The index in a report that says: the parent need not wait any longer.</summary>
    internal const int Announced = -3;

    /// <summary>A report's length: index, value, and the values of up to four slots.</summary>
    internal const int ReportSize = 8 + (ReportValues * sizeof(long));

    internal const int ReportValues = 4;

    /// <summary>Clones this process and runs the program in the clone.</summary>
    /// <param name="flags">The namespaces to make.</param>
    /// <param name="cgroup">A cgroup v2 directory to be born in (CLONE_INTO_CGROUP); null for this process's own.</param>
    /// <param name="inputs">Values for slots, such as the numbers of descriptors that the child uses.</param>
    /// <returns>The child, which may still fail: see <see cref="StartedChild.WaitForExecute"/>.</returns>
    /// <exception cref="ErrnoException">There is no child: the clone failed (EAGAIN: a pids limit is reached).</exception>
    public StartedChild Start(CloneFlags flags, FileDescriptor? cgroup, params ReadOnlySpan<(ChildSlot Slot, int Value)> inputs)
    {
        if (RuntimeFeature.IsDynamicCodeSupported)
            throw new InvalidOperationException("A child program runs in a NativeAOT process only.");

        var slots = stackalloc long[_slots + 1];
        new Span<long>(slots, _slots + 1).Clear();
        foreach (var (slot, value) in inputs)
            slots[slot.Index] = value;

        var (reports, reportTo) = FileDescriptor.Pipe();
        var (answersFrom, answers) = FileDescriptor.Pipe();
        var pidfd = -1;
        var arguments = new CloneArguments
        {
            Flags = (ulong)flags | CloneArguments.CLONE_PIDFD,
            PidFd = (ulong)&pidfd,
            ExitSignal = CloneArguments.SIGCHLD,
        };
        if (cgroup is not null)
        {
            arguments.Flags |= CloneArguments.CLONE_INTO_CGROUP;
            arguments.Cgroup = (ulong)cgroup.Number;
        }

        var calls = CollectionsMarshal.AsSpan(_calls);
        nint pid;
        Errno errno;
        fixed (ChildCall* first = calls)
        {
            // The compiler puts a check for a collection that wants to begin behind every call of a child. One that another thread has asked
            // for just then would be waited for in the child for ever: there, that thread does not exist. The only other
            // thread that allocates is the finalizers', so it is brought to rest, and nothing is allocated from here on.
            GC.WaitForPendingFinalizers();

            // The child starts with every signal blocked, so that no handler of this runtime can run in it;
            // the program's last steps put the mask and the dispositions right.
            var all = ulong.MaxValue;
            ulong mask;
            const int SIG_SETMASK = 2;
            Libc.RawSystemCall((nint)SystemCallNumber.rt_sigprocmask, SIG_SETMASK, (nint)(&all), (nint)(&mask), sizeof(ulong), 0, 0);
            pid = Libc.RawSystemCall((nint)SystemCallNumber.clone3, (nint)(&arguments), sizeof(CloneArguments), 0, 0, 0, 0);
            if (pid == 0)
                RunInChild(first, calls.Length, slots, reportTo.Number, answersFrom.Number, answers.Number);
            errno = pid == -1 ? (Errno)Marshal.GetLastSystemError() : Errno.None;
            Libc.RawSystemCall((nint)SystemCallNumber.rt_sigprocmask, SIG_SETMASK, (nint)(&mask), 0, sizeof(ulong), 0, 0);
        }

        reportTo.Dispose();
        answersFrom.Dispose();
        if (pid != -1)
            return new StartedChild((int)pid, new PidFd(pidfd), reports, answers, this);
        reports.Dispose();
        answers.Dispose();
        throw new ErrnoException(errno, "clone3");
    }
}
