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
        if (options.Command.Count == 0 || options.Command[0].Length == 0 || options.Command.Any(argument => argument.Contains('\0')))
            EngineErrors.Throw(ErrorReason.InvalidArgument, "The command is empty or holds a zero byte.", definition.Name, "Give a program and its arguments.");
        if (options.WorkingDirectory is { } directory && !directory.StartsWith('/'))
            EngineErrors.Throw(ErrorReason.InvalidArgument, $"The working directory '{directory}' is not an absolute path.", definition.Name, "Begin it with a slash.");
        cancellationToken.ThrowIfCancellationRequested();
        return Guard($"run '{options.Command[0]}' in container '{definition.Name}'", definition.Name, () => Run(definition, options, cancellationToken));
    }

    private ContainerCommandResult Run(ContainerDefinition definition, ContainerCommandOptions options, CancellationToken cancellationToken)
    {
        var process = Describe(definition, options);
        var started = Stopwatch.GetTimestamp();
        using var collector = new OutputCollector(options.OnLine);
        using var input = FileDescriptor.Open("/dev/null", OpenFlags.O_RDONLY);
        using var session = Execute(definition, process, monitor => monitor.Execute(process, input, collector.OutputEnd, collector.ErrorEnd));
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
        var process = own with
        {
            Args = options.Command,
            Cwd = options.WorkingDirectory ?? own.Cwd,
            Env = EnvironmentVariables.Merge(own.Env, options.Env.Select(pair => $"{pair.Key}={pair.Value}")),
        };
        if (options.User is null)
            return process;
        var user = ImageUser.Resolve(options.User, definition.LowerDirs);
        // A home that nobody chose goes with the user.
        if (!options.Env.ContainsKey("HOME") && own.Env.Contains("HOME=" + ImageUser.Resolve($"{own.User.Uid}", definition.LowerDirs).Home))
            process = process with { Env = EnvironmentVariables.Merge(process.Env, ["HOME=" + user.Home]) };
        var identity = new UserSpec { Uid = user.UserId, Gid = user.GroupId, AdditionalGids = user.Groups };
        return process with
        {
            User = spec.Linux is { UidMappings.Count: > 0 } linux ? OrdinaryUser.Adapt(identity, new IdMaps(linux.UidMappings, linux.GidMappings), definition.Name) : identity,
            Capabilities = ContainerSpec.CapabilitiesOf(user, own.Capabilities?.Bounding ?? []),
        };
    }
}
