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
        using var starting = Begin(container, pid, cgroup, process, subject, streams, options);
        return starting.Finish();
    }

    /// <summary>As <see cref="Start"/>, and returns while the process is still on its way.</summary>
    /// <param name="container">The container's PID 1.</param>
    /// <param name="pid">Its PID.</param>
    /// <param name="cgroup">Its control group.</param>
    /// <param name="process">The command.</param>
    /// <param name="subject">The container's name, for messages.</param>
    /// <param name="streams">The descriptors it starts with; the caller may close its own then.</param>
    /// <param name="options">What the process spec does not say.</param>
    /// <returns>The start, which the caller finishes and disposes.</returns>
    /// <exception cref="ContainerException">There is no process: the spec is wrong, or the clone failed.</exception>
    public static StartingProcess Begin(
        PidFd container, int pid, Cgroup cgroup, ProcessSpec process, string subject, LaunchStreams streams, ExecOptions? options = null)
    {
        options ??= new ExecOptions();
        if (!options.ProcessIsChecked)
            SpecValidation.Check(process);
        var program = new ChildProgram();
        try
        {
            Compile(program, pid, cgroup, process, subject, options, out var slots);
            if (!process.Terminal)
                StreamOwner.Give(streams, process.User, options.Linux);
            using var into = cgroup.OpenForClone();
            var child = LaunchErrors.Clone(subject, cgroup, () => program.Start(
                CloneFlags.None, into, (slots.Target, container.Number),
                (slots.Input, streams.Input.Number), (slots.Output, streams.Output.Number), (slots.Error, streams.Error.Number), (slots.Console, streams.ConsoleSocket?.Number ?? -1)));
            return new StartingProcess(child, program, failure => LaunchErrors.Describe(subject, cgroup, process, failure));
        }
        catch
        {
            program.Dispose();
            throw;
        }
    }

    private static void Compile(
        ChildProgram program, int pid, Cgroup cgroup, ProcessSpec process, string subject, ExecOptions options,
        out (ChildSlot Target, ChildSlot Input, ChildSlot Output, ChildSlot Error, ChildSlot Console) slots)
    {
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
        if (options.EndsWithCaller)
            steps.EndWithParent();
        steps.LoadSeccompWithParent();
        steps.Execute(options.PreservedDescriptors);
        slots = (target, input, output, error, console);
    }
}
