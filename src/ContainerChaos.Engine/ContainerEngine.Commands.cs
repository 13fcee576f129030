using System.Diagnostics;
using ContainerChaos.Linux;
using ContainerChaos.Runtime;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Engine;

public sealed partial class ContainerEngine
{
    /// <summary>Runs a command in a running container and waits for its end.</summary>
    /// <param name="nameOrId">As in <see cref="Get"/>.</param>
    /// <param name="options">The command.</param>
    /// <param name="cancellationToken">Kills the command and ends the call.</param>
    /// <returns>Its exit code and its lines; an exit code other than 0 is a result, not an error.</returns>
    /// <exception cref="ContainerException">CommandNotFound, CommandNotExecutable, PidTableFull, InvalidState, Timeout.</exception>
    public ContainerCommandResult Invoke(string nameOrId, ContainerCommandOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var definition = Find(nameOrId);
        Check(definition, options);
        cancellationToken.ThrowIfCancellationRequested();
        return Guard($"run '{options.Command[0]}' in container '{definition.Name}'", definition.Name, () => Run(definition, options, cancellationToken));
    }

    /// <summary>Starts a command in a running container and leaves it to itself: what it writes is lost, and nobody waits for its end.</summary>
    /// <param name="nameOrId">As in <see cref="Get"/>.</param>
    /// <param name="options">The command; it has neither input nor a terminal.</param>
    /// <returns>The process; null when it has ended by now.</returns>
    /// <exception cref="ContainerException">As <see cref="Invoke"/>.</exception>
    public ContainerProcess? InvokeDetached(string nameOrId, ContainerCommandOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var definition = Find(nameOrId);
        Check(definition, options);
        if (options.Tty || options.Input is not null)
            EngineErrors.Throw(ErrorReason.InvalidArgument, "A detached command has neither a terminal nor input.", definition.Name, "Leave out -Tty and the input, or -Detach.");
        return Guard($"run '{options.Command[0]}' in container '{definition.Name}'", definition.Name, () =>
        {
            var process = Describe(definition, options);
            using var nothing = FileDescriptor.Open("/dev/null", OpenFlags.O_RDWR);
            using var session = Execute(definition, process, monitor => monitor.Execute(process, nothing, nothing, nothing));
            return GetProcesses(definition.Id).FirstOrDefault(found => found.HostPid == session.Pid);
        });
    }

    private static void Check(ContainerDefinition definition, ContainerCommandOptions options)
    {
        if (options.Command.Count == 0 || options.Command[0].Length == 0 || options.Command.Any(argument => argument.Contains('\0')))
            EngineErrors.Throw(ErrorReason.InvalidArgument, "The command is empty or holds a zero byte.", definition.Name, "Give a program and its arguments.");
        if (options.WorkingDirectory is { } directory && !directory.StartsWith('/'))
            EngineErrors.Throw(ErrorReason.InvalidArgument, $"The working directory '{directory}' is not an absolute path.", definition.Name, "Begin it with a slash.");
    }

    private ContainerCommandResult Run(ContainerDefinition definition, ContainerCommandOptions options, CancellationToken cancellationToken)
    {
        var process = Describe(definition, options);
        var started = Stopwatch.GetTimestamp();
        using var collector = new OutputCollector(options.OnLine, options.Input, options.Tty);
        using var session = Execute(definition, process, monitor => collector.Start(monitor, process));
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (options.Timeout is { } timeout)
            deadline.CancelAfter(timeout);
        // Its monitor reaps it, so it may be gone by now; then its exit code is on its way.
        using var command = PidFd.TryOpen(session.Pid);
        try
        {
            collector.Collect(command, deadline.Token);
            return new ContainerCommandResult
            {
                Container = definition.Name,
                ExitCode = session.WaitForExit(deadline.Token),
                Output = collector.Output,
                Error = collector.Error,
                Duration = Stopwatch.GetElapsedTime(started),
            };
        }
        catch (OperationCanceledException)
        {
            const int SIGKILL = 9;
            command?.SendSignal(SIGKILL);
            cancellationToken.ThrowIfCancellationRequested();
            throw new ContainerException(
                ErrorReason.Timeout, $"'{options.Command[0]}' in container '{definition.Name}' did not end within {options.Timeout?.TotalSeconds:0.###} s and was killed.", definition.Name)
            {
                Remedy = "Give it more time.",
            };
        }
    }

    private ExecSession Execute(ContainerDefinition definition, ProcessSpec process, Func<MonitorClient, ExecSession> request)
    {
        try
        {
            return Ask(definition, request) ?? throw NotRunning(definition, _store.TryReadState(definition.Id), $"run '{process.Args[0]}' in");
        }
        catch (ContainerException e) when (e.Reason == ErrorReason.PidTableFull && _store.TryReadState(definition.Id) is { Pid: > 0 } state)
        {
            // Who fills the table decides what helps: zombies are PID 1's doing, everything else is load.
            var zombies = ProcessTable.CountZombies(state.Pid, state.PidStartTime, GroupOf(definition));
            if (zombies == 0)
                throw;
            var limit = CgroupHost.Current.Group(GetCgroupPath(definition.Id)).ReadPidsLimit();
            var fill = limit is null ? "" : $"{limit} of {limit}, ";
            throw new ContainerException(
                ErrorReason.PidTableFull,
                $"{definition.Name}: cannot start '{process.Args[0]}': the container's PID table is full ({fill}{zombies} of them zombies that PID 1 has not reaped).",
                definition.Name, e)
            {
                Remedy = "Start it with -Init, or raise -PidsLimit.",
                Errno = e.Errno,
            };
        }
    }

    // Everything that is not asked for is as PID 1 has it, as with docker exec.
    private ProcessSpec Describe(ContainerDefinition definition, ContainerCommandOptions options)
    {
        var spec = RuntimeSpecJson.Read(_store.GetPaths(definition.Id).Spec);
        var own = spec.Process!;
        var user = options.User is null ? null : ImageUser.Resolve(options.User, definition.LowerDirs);
        var process = own with
        {
            Args = options.Command,
            Cwd = options.WorkingDirectory ?? own.Cwd,
            Env = EnvironmentVariables.Merge(
                own.Env,
                // A home that nobody chose goes with the user.
                user is not null && own.Env.Contains("HOME=" + ImageUser.Resolve($"{own.User.Uid}", definition.LowerDirs).Home) ? ["HOME=" + user.Home] : [],
                options.Tty && !own.Terminal ? [EnvironmentVariables.Terminal] : [],
                options.Env.Select(pair => $"{pair.Key}={pair.Value}")),
            Terminal = options.Tty,
            ConsoleSize = options is { Tty: true, Size: { } size } ? new ConsoleSizeSpec { Width = size.Width, Height = size.Height } : null,
        };
        if (user is not null)
        {
            var identity = new UserSpec { Uid = user.UserId, Gid = user.GroupId, AdditionalGids = user.Groups };
            process = process with
            {
                User = spec.Linux is { UidMappings.Count: > 0 } linux ? OrdinaryUser.Adapt(identity, new IdMaps(linux.UidMappings, linux.GidMappings), definition.Name) : identity,
                Capabilities = ContainerSpec.CapabilitiesOf(user, own.Capabilities?.Bounding ?? []),
            };
        }

        // Docker's --privileged of exec: every capability, and nothing of the container's devices or mounts.
        return options.Privileged
            ? process with { Capabilities = new CapabilitiesSpec { Bounding = CapabilitiesSpec.All, Permitted = CapabilitiesSpec.All, Effective = CapabilitiesSpec.All }, NoNewPrivileges = false }
            : process;
    }
}
