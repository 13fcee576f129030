using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary>Starts another process inside a running container (exec).</summary>
public static class CommandLauncher
{
    /// <summary>Starts a process in the namespaces and the control group of a container, and returns when it executes its command.</summary>
    /// <param name="container">The container's PID 1.</param>
    /// <param name="pid">Its PID.</param>
    /// <param name="cgroup">Its control group.</param>
    /// <param name="process">The command.</param>
    /// <param name="subject">The container's name, for messages.</param>
    /// <param name="streams">The descriptors it starts with.</param>
    /// <param name="options">What the process spec does not say.</param>
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
        PidFd container, int pid, Cgroup cgroup, ProcessSpec process, string subject, LaunchStreams streams, ExecOptions? options = null)
    {
        options ??= new ExecOptions();
        if (!options.ProcessIsChecked)
            SpecValidation.Check(process);
        using var program = new ChildProgram();
        ChildSlot target = program.NewSlot(), input = program.NewSlot(), output = program.NewSlot(), error = program.NewSlot(), console = program.NewSlot();
        var namespaces = ContainerNamespaces.Of(pid);
        var terminal = process.Terminal ? new TerminalSteps(program) : null;
        var steps = new ProcessSteps(program, process)
        {
            InUserNamespace = namespaces.HasUser,
            Seccomp = SeccompSteps.Create(program, SeccompFilter.Create(options.Seccomp), process, new SeccompListener(subject, "running", bundle: null, spec: null), options.PreservedDescriptors),
            IsExecuted = true,
            Personality = options.Linux?.Personality,
            MemoryPolicy = options.Linux?.MemoryPolicy,
            KeepsGroups = ProcessSteps.AsksToKeepGroups(options.Annotations),
            Keyring = options.NoNewKeyring ? null : subject,
            Warn = options.Warn,
        };
        steps.HideFromContainer();
        steps.JoinCgroup(cgroup);
        steps.SetOomScore();
        namespaces.Join(program, target);
        if (terminal is not null)
        {
            var root = program.NewSlot();
            program.Call("open the container's root", SystemCallNumber.openat, NativeConstants.AT_FDCWD, program.Text("/"), (long)(OpenFlags.O_PATH | OpenFlags.O_CLOEXEC), 0).Into(root);
            terminal.Open(root, process, console, options.RelaysTerminal);
        }
        program.HandOver("fork inside the container");
        program.Call("start a session", SystemCallNumber.setsid);
        if (terminal is null)
            steps.SetStandardStreams(input, output, error);
        else
            terminal.Use();
        steps.ResetSignals();
        steps.TryChangeDirectory();
        steps.SetIdentity();
        steps.LoadSeccompWithParent();
        steps.Execute(options.PreservedDescriptors);

        if (terminal is null)
            StreamOwner.Give(streams, process.User, options.Linux);
        using var into = cgroup.OpenForClone();
        using var child = LaunchErrors.Clone(subject, cgroup, () => program.Start(
            CloneFlags.None, into, (target, container.Number),
            (input, streams.Input.Number), (output, streams.Output.Number), (error, streams.Error.Number), (console, streams.ConsoleSocket?.Number ?? -1)));
        if (child.WaitForExecute() is { } failure)
        {
            child.Process.Dispose();
            throw LaunchErrors.Describe(subject, cgroup, process, failure);
        }
        return new LaunchedProcess(child.Pid, ProcessStat.TryReadStartTime(child.Pid) ?? 0, child.Process);
    }
}
