using ContainerChaos.Linux;

namespace ContainerChaos.Supervisor;

/// <summary>
/// A process that does nothing but keep a container's terminal, or the end of its input, until PID 1 ends: the kernel would hang the
/// terminal up, or end the input, with the monitor that holds them. The next monitor takes them from here.
/// </summary>
/// <remarks>A clone of the monitor that has executed nothing: one thread, two descriptors, the monitor's memory as long as neither writes to it.</remarks>
internal static class ConsoleHolder
{
    /// <summary>Where the clone has what it keeps.</summary>
    private const int Kept = 200;

    /// <summary>Starts one.</summary>
    /// <param name="kept">What it keeps.</param>
    /// <param name="container">PID 1.</param>
    /// <returns>The process, a child of this one, and its PID.</returns>
    internal static (PidFd Process, int Pid) Start(FileDescriptor kept, PidFd container)
    {
        const int PR_SET_NAME = 15, PR_SET_PTRACER = 0x59616d61, PR_SET_PTRACER_ANY = -1;
        const long POLLIN = 1L << 32;
        using var program = new ChildProgram();
        ChildSlot keep = program.NewSlot(), watch = program.NewSlot(), nothing = program.NewSlot();
        program.Call("take what is kept", SystemCallNumber.dup3, keep, Kept, (long)OpenFlags.O_CLOEXEC);
        program.Call("take the container's first process", SystemCallNumber.dup3, watch, Kept + 1, (long)OpenFlags.O_CLOEXEC);
        program.MoveReports("keep the report's pipe", Kept + 2);
        program.Call("close the monitor's descriptors", SystemCallNumber.close_range, 0, Kept - 1);
        program.Call("close the monitor's descriptors", SystemCallNumber.close_range, Kept + 4, uint.MaxValue);
        program.Call("have a name", SystemCallNumber.prctl, PR_SET_NAME, program.Text("ccrun-console"), 0, 0, 0);
        // Where only children may be traced (Yama), the next monitor, which is none, may have the descriptor.
        program.Call("let the next monitor in", SystemCallNumber.prctl, PR_SET_PTRACER, PR_SET_PTRACER_ANY, 0, 0, 0).Tolerating(Errno.EINVAL);
        program.Announce("keep the console", nothing);
        program.Call("wait for the container's end", SystemCallNumber.poll, program.Array((Kept + 1) | POLLIN), 1, -1);
        program.Call("end", SystemCallNumber.exit_group, 0);
        using var child = program.Start(CloneFlags.None, cgroup: null, (keep, kept.Number), (watch, container.Number));
        return child.WaitForExecute() is { } failure
            ? throw new ErrnoException(failure.Errno, failure.Step)
            : (child.Process, child.Pid);
    }

    /// <summary>What another monitor's holder keeps; null when it is gone.</summary>
    internal static (PidFd Process, FileDescriptor Kept)? TryTake(int pid, ulong startTime)
    {
        if (pid == 0 || PidFd.TryOpen(pid) is not { } process)
            return null;
        if (ProcessStat.TryReadStartTime(pid) == startTime && process.TryOpenDescriptor(Kept) is { } kept)
            return (process, kept);
        process.Dispose();
        return null;
    }
}
