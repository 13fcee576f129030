using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary>Starts another process inside a running container (exec).</summary>
public static class CommandLauncher
{
    private const CloneFlags Joined = CloneFlags.CLONE_NEWNS | CloneFlags.CLONE_NEWPID | CloneFlags.CLONE_NEWUTS
        | CloneFlags.CLONE_NEWIPC | CloneFlags.CLONE_NEWNET | CloneFlags.CLONE_NEWCGROUP;

    /// <summary>Starts a process in the namespaces and the control group of a container, and returns when it executes its command.</summary>
    /// <param name="container">The container's PID 1.</param>
    /// <param name="cgroup">Its control group.</param>
    /// <param name="process">The command.</param>
    /// <param name="subject">The container's name, for messages.</param>
    /// <param name="input">Standard input.</param>
    /// <param name="output">Standard output.</param>
    /// <param name="error">Standard error.</param>
    /// <exception cref="ContainerException">
    /// <see cref="ErrorReason.PidTableFull"/> when the container's pids limit has no room,
    /// <see cref="ErrorReason.CommandNotFound"/>, <see cref="ErrorReason.CommandNotExecutable"/>, <see cref="ErrorReason.StartFailed"/>.
    /// </exception>
    /// <remarks>
    /// A process moves into a pid namespace only through a fork, so the clone forks once more (as our sibling-to-be,
    /// CLONE_PARENT) when it has joined everything. That fork happens inside the container's control group, which is
    /// where a full PID table shows on both cgroup versions.
    /// </remarks>
    public static LaunchedProcess Start(
        PidFd container, Cgroup cgroup, ProcessSpec process, string subject, FileDescriptor input, FileDescriptor output, FileDescriptor error)
    {
        using var program = new ChildProgram();
        ChildSlot target = program.NewSlot(), inputSlot = program.NewSlot(), outputSlot = program.NewSlot(), errorSlot = program.NewSlot();
        var steps = new ProcessSteps(program, process);
        steps.HideFromContainer();
        steps.JoinCgroup(cgroup);
        steps.SetStandardStreams(inputSlot, outputSlot, errorSlot);
        steps.SetOomScore();
        program.Call("join the container's namespaces", SystemCallNumber.setns, target, (long)Joined);
        program.HandOver("fork inside the container");
        program.Call("start a session", SystemCallNumber.setsid);
        steps.SetIdentity();
        steps.ChangeDirectory();
        steps.ResetSignals();
        steps.Execute();

        // So that the user may open /dev/stdout and the like by name (runc does the same); a file of the caller's stays as it is.
        foreach (var stream in (ReadOnlySpan<FileDescriptor>)[input, output, error])
        {
            if (FileStatus.Read(stream).Kind == FileKind.Fifo)
                stream.SetOwner(process.User.Uid);
        }
        using var into = cgroup.OpenForClone();
        using var child = LaunchErrors.Clone(subject, cgroup, () => program.Start(
            CloneFlags.None, into, (target, container.Number),
            (inputSlot, input.Number), (outputSlot, output.Number), (errorSlot, error.Number)));
        if (child.WaitForExecute() is { } failure)
        {
            child.Process.Dispose();
            throw LaunchErrors.Describe(subject, cgroup, process, failure);
        }
        return new LaunchedProcess(child.Pid, ProcessStat.TryReadStartTime(child.Pid) ?? 0, child.Process);
    }
}
