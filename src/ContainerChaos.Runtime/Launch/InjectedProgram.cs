using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary>
/// Starts this program once more inside a container that need not be ours: in its control groups and, as a process among its own, in
/// its PID namespace. Everything else stays the host's, so that no file of the image is needed, and none is touched.
/// </summary>
public static class InjectedProgram
{
    private const int PR_SET_NO_NEW_PRIVS = 38;

    /// <summary>The descriptor under which the program finds what it was given first.</summary>
    public const int FirstDescriptor = 3;

    /// <summary>Starts it, without any capability, and returns when it executes.</summary>
    /// <param name="place">Where.</param>
    /// <param name="arguments">The program's arguments, its own name first.</param>
    /// <param name="lifetime">The kernel ends it with SIGALRM after this time, whatever happens to everybody else.</param>
    /// <param name="descriptors">What it finds as descriptors 3 and up.</param>
    /// <exception cref="ContainerException">PidTableFull; KernelError with the step that failed.</exception>
    /// <remarks>It is not killed with whoever started it (PR_SET_PDEATHSIG): it has children to reap, which are left to PID 1 otherwise. A pipe among the descriptors tells it.</remarks>
    public static StartedChild Start(
        InjectionPlace place, IReadOnlyList<string> arguments, TimeSpan lifetime, params ReadOnlySpan<FileDescriptor> descriptors)
    {
        using var program = new ChildProgram();
        var target = Join(program, place);
        program.Call("start a session", SystemCallNumber.setsid);
        program.Call("set the alarm", SystemCallNumber.alarm, (long)Math.Ceiling(lifetime.TotalSeconds) + 1);
        var unblocked = program.Memory(8);
        program.Call("unblock the signals", SystemCallNumber.rt_sigprocmask, 2 /* SIG_SETMASK */, unblocked, 0, 8);
        // Copied in two steps: a number may be the place of another.
        var slots = new ChildSlot[descriptors.Length];
        var inputs = new (ChildSlot, int)[descriptors.Length + 1];
        for (var i = 0; i < descriptors.Length; i++)
        {
            var given = program.NewSlot();
            inputs[i + 1] = (given, descriptors[i].Number);
            slots[i] = program.NewSlot();
            program.Call("copy a descriptor", SystemCallNumber.fcntl, given, 0 /* F_DUPFD */, 100).Into(slots[i]);
        }
        for (var i = 0; i < slots.Length; i++)
        {
            program.Call("place a descriptor", SystemCallNumber.dup2, slots[i], FirstDescriptor + i);
            program.Call("close the copy", SystemCallNumber.close, slots[i]);
        }
        using var executable = OwnExecutable.TryMountReadOnly() ?? OwnExecutable.TrySealOwn() ?? FileDescriptor.Open("/proc/self/exe", OpenFlags.O_RDONLY);
        DropCapabilities(program);
        program.Call(
            "execute ccrun", SystemCallNumber.execveat, executable.Number, program.Text(""), program.TextArray(arguments),
            program.TextArray(OwnExecutable.ShortLivedSettings), NativeConstants.AT_EMPTY_PATH);
        using var into = OpenForClone(place);
        inputs[0] = (target, place.Container?.Number ?? -1);
        StartedChild child;
        try
        {
            child = program.Start(CloneFlags.None, into, inputs);
        }
        catch (ErrnoException e) when (e.Errno == Errno.EAGAIN)
        {
            throw Full(e.Errno);
        }
        if (child.WaitForExecute() is not { } failure)
            return child;
        child.Process.Dispose();
        child.Dispose();
        if (failure.Errno == Errno.EAGAIN)
            throw Full(failure.Errno);
        throw Refused(place, failure);
    }

    /// <summary>
    /// Leaves zombies in a container: children of this process that are born in the container's PID namespace, end at once, and are not
    /// reaped. They are gone when this process reaps them or ends: not the container's PID 1 is their parent.
    /// </summary>
    /// <param name="place">Where.</param>
    /// <param name="count">How many.</param>
    /// <returns>How many there was room for in the PID table.</returns>
    /// <exception cref="ContainerException">PidTableFull: for none; KernelError with the step that failed.</exception>
    public static int LeaveZombies(InjectionPlace place, int count)
    {
        using var program = new ChildProgram();
        var target = Join(program, place);
        program.Call("end", SystemCallNumber.exit_group, 0);
        using var into = OpenForClone(place);
        for (var made = 0; made < count; made++)
        {
            Errno errno;
            try
            {
                using var child = program.Start(CloneFlags.None, into, (target, place.Container?.Number ?? -1));
                var failure = child.WaitForExecute();
                child.Process.Dispose();
                if (failure is null)
                    continue;
                errno = failure.Errno;
                if (errno != Errno.EAGAIN)
                    throw Refused(place, failure);
            }
            catch (ErrnoException e) when (e.Errno == Errno.EAGAIN)
            {
                errno = e.Errno;
            }
            return made > 0 ? made : throw Full(errno);
        }
        return count;
    }

    private static ContainerException Full(Errno errno) =>
        new(ErrorReason.PidTableFull, "The container's PID table has no room for the process that makes the load.") { Errno = errno, Remedy = "Raise -PidsLimit, or break something else: it is full already." };

    private static ContainerException Refused(InjectionPlace place, ChildFailure failure) =>
        new(ErrorReason.KernelError, $"A process can't be started in the control group {place.Description}: cannot {failure.Step}: {failure.Errno}.") { Errno = failure.Errno };

    private static FileDescriptor? OpenForClone(InjectionPlace place) =>
        place.UnifiedDirectory is { } directory ? FileDescriptor.Open(directory, OpenFlags.O_PATH | OpenFlags.O_DIRECTORY) : null;

    private static ChildSlot Join(ChildProgram program, InjectionPlace place)
    {
        var target = program.NewSlot();
        foreach (var path in place.JoinFiles)
        {
            var file = program.NewSlot();
            program.Call($"open {path}", SystemCallNumber.openat, NativeConstants.AT_FDCWD, program.Text(path), (long)(OpenFlags.O_WRONLY | OpenFlags.O_CLOEXEC), 0).Into(file);
            program.Call($"join {path}", SystemCallNumber.write, file, program.Text("0"), 1);
        }
        if (place.Container is null)
            return target;
        ContainerNamespaces.Of(place.Pid).Join(program, target, except: ~(CloneFlags.CLONE_NEWPID | CloneFlags.CLONE_NEWUSER));
        program.HandOver("fork inside the container");
        return target;
    }

    private static void DropCapabilities(ChildProgram program)
    {
        program.Call("forbid new privileges", SystemCallNumber.prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
        // struct __user_cap_header_struct and two of __user_cap_data_struct (capset(2)): version 3, this process, nothing.
        const uint _LINUX_CAPABILITY_VERSION_3 = 0x20080522;
        program.Call("drop the capabilities", SystemCallNumber.capset, program.Array<uint>(_LINUX_CAPABILITY_VERSION_3, 0), program.Array<uint>(0, 0, 0, 0, 0, 0));
    }
}
