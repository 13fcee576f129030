using System.Diagnostics;
using ContainerChaos.Linux;
using ContainerChaos.Runtime;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Engine;

public sealed partial class ContainerEngine
{
    /// <summary>
    /// Connects this process's own terminal with a new one in a running container, and runs a shell there, until it ends or the detach keys are
    /// typed. The terminal is given back as it was.
    /// </summary>
    /// <param name="nameOrId">As in <see cref="Get"/>.</param>
    /// <param name="options">What runs there.</param>
    /// <param name="cancellationToken">Ends it; the shell is hung up.</param>
    /// <exception cref="ContainerException">InvalidState: it does not run, or standard input is no terminal. CommandNotFound: it has no shell. As <see cref="Invoke"/>.</exception>
    public ContainerTerminalResult Enter(string nameOrId, ContainerTerminalOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var (definition, state) = Look(nameOrId);
        var keys = DetachKeys.Parse(options.DetachKeys);
        TerminalRelay.RequireTerminal(definition.Name);
        if (state.Pid <= 0)
            throw NotRunning(definition, state, "enter");
        var command = new ContainerCommandOptions
        {
            Command = options.Command.Count > 0 ? options.Command : [FindShell(definition, state, options.User)],
            Env = options.Env,
            WorkingDirectory = options.WorkingDirectory,
            User = options.User,
            Privileged = options.Privileged,
            Tty = true,
            Size = TerminalRelay.OwnSize,
        };
        Check(definition, command);
        return Guard($"enter container '{definition.Name}'", definition.Name, () =>
        {
            var process = Describe(definition, command);
            FileDescriptor? master = null;
            var started = Stopwatch.GetTimestamp();
            using var session = Execute(definition, process, monitor => monitor.ExecuteOnTerminal(process, out master));
            using (master)
            {
                using var running = PidFd.TryOpen(session.Pid);
                using var relay = new TerminalRelay(master!, size => TerminalMode.SetSize(master!, size), keys);
                var ended = relay.Run(running, cancellationToken);
                if (!ended)
                    Ask(definition, monitor => monitor.Keep(master!));
                return Result(definition, ended ? session.WaitForExit(cancellationToken) : null, started);
            }
        });
    }

    /// <summary>Connects this process's own terminal with that of a container's PID 1, until it ends or the detach keys are typed.</summary>
    /// <param name="nameOrId">As in <see cref="Get"/>.</param>
    /// <param name="options">The detach keys.</param>
    /// <param name="cancellationToken">Leaves it.</param>
    /// <exception cref="ContainerException">InvalidState: it does not run, has no terminal, or standard input is none.</exception>
    public ContainerTerminalResult EnterConsole(string nameOrId, ContainerTerminalOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var definition = Find(nameOrId);
        return EnterConsole(definition, options, start: false, cancellationToken);
    }

    /// <summary>Starts a container that has a terminal, with this process's own connected to it from the first byte on.</summary>
    /// <param name="nameOrId">As in <see cref="Get"/>.</param>
    /// <param name="options">The detach keys.</param>
    /// <param name="cancellationToken">Leaves it.</param>
    /// <exception cref="ContainerException">As <see cref="Start"/> and <see cref="EnterConsole(string, ContainerTerminalOptions, CancellationToken)"/>.</exception>
    public ContainerTerminalResult StartAndEnter(string nameOrId, ContainerTerminalOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var definition = Find(nameOrId);
        return EnterConsole(definition, options, start: true, cancellationToken);
    }

    /// <summary>Attaches to a running container's standard streams: what it writes from now on, and its input.</summary>
    /// <param name="nameOrId">As in <see cref="Get"/>.</param>
    /// <param name="input">Whether input is given; the container was made interactive.</param>
    /// <exception cref="ContainerException">InvalidState: it does not run, or has no input.</exception>
    public ContainerAttachment Attach(string nameOrId, bool input = false)
    {
        var definition = Find(nameOrId);
        return Attach(definition, input, streams =>
        {
            if (Ask(definition, monitor => monitor.Attach(streams[0], streams.Length > 1 ? streams[1] : null, input)) is null)
                throw NotRunning(definition, _store.TryReadState(definition.Id), "attach to");
        });
    }

    /// <summary>Starts a container and attaches to it, so that nothing that it writes is missed.</summary>
    /// <param name="nameOrId">As in <see cref="Get"/>.</param>
    /// <param name="input">Whether input is given; the container was made interactive.</param>
    /// <param name="cancellationToken">Prevents the start, if it has not begun.</param>
    /// <exception cref="ContainerException">As <see cref="Start"/>; InvalidState when it runs already, or has no input.</exception>
    public ContainerAttachment StartAttached(string nameOrId, bool input = false, CancellationToken cancellationToken = default)
    {
        var (definition, state) = Look(nameOrId);
        cancellationToken.ThrowIfCancellationRequested();
        return Attach(definition, input, streams => StartAttached(definition, state, streams, input));
    }

    private ContainerAttachment Attach(ContainerDefinition definition, bool input, Action<FileDescriptor[]> attach)
    {
        if (input && !definition.Interactive && !definition.Tty)
            EngineErrors.Throw(ErrorReason.InvalidState, $"Container '{definition.Name}' has no standard input to give something to.", definition.Name, "Make it with -Interactive.");
        var (stream, errors, theirs) = ContainerAttachment.Open(definition.Tty);
        try
        {
            using (new Disposables(theirs))
                attach(theirs);
        }
        catch
        {
            stream.Dispose();
            errors?.Dispose();
            throw;
        }

        return new ContainerAttachment(stream, errors);
    }

    private void StartAttached(ContainerDefinition definition, ContainerState state, FileDescriptor[] streams, bool input)
    {
        if (IsActive(state))
            EngineErrors.Throw(ErrorReason.InvalidState, $"Container '{definition.Name}' runs already.", definition.Name, $"Attach to it: Enter-Container {definition.Name} -Attach");
        Guard($"start container '{definition.Name}'", definition.Name, () =>
        {
            CheckJoined(definition);
            return MonitorLauncher.StartAttached(Options.CcrunPath, _store.GetPaths(definition.Id), streams, input);
        });
    }

    private ContainerTerminalResult EnterConsole(ContainerDefinition definition, ContainerTerminalOptions options, bool start, CancellationToken cancellationToken)
    {
        var keys = DetachKeys.Parse(options.DetachKeys);
        if (!definition.Tty)
        {
            EngineErrors.Throw(
                ErrorReason.InvalidState, $"Container '{definition.Name}' has no terminal.", definition.Name,
                $"Make it with -Tty; or see what it writes with Get-ContainerLog {definition.Name} -Follow.");
        }

        TerminalRelay.RequireTerminal(definition.Name);
        return Guard($"enter container '{definition.Name}'", definition.Name, () =>
        {
            var started = Stopwatch.GetTimestamp();
            var (stream, _, theirs) = ContainerAttachment.Open(isTerminal: true);
            using (stream)
            {
                using (new Disposables(theirs))
                {
                    if (start)
                        StartAttached(definition, _store.TryReadState(definition.Id) ?? throw ContainerStore.NotFound(definition.Name), theirs, input: true);
                    else if (Ask(definition, monitor => monitor.Attach(theirs[0], errors: null, input: true)) is null)
                        throw NotRunning(definition, _store.TryReadState(definition.Id), "enter");
                }

                using var relay = new TerminalRelay(stream, size => Resize(definition, size), keys);
                var ended = relay.Run(command: null, cancellationToken);
                // Asked of the monitor, which has seen the end by the time that it can answer; or it has ended too, and has written it down.
                // One that is removed at its end may be gone by then: its last words are in the journal.
                if (ended && definition.AutoRemove)
                    return Result(definition, Wait(definition.Id, cancellationToken).ExitCode, started);
                var state = ended ? Ask(definition, monitor => monitor.GetState()) ?? _store.TryReadState(definition.Id) : null;
                return Result(definition, state?.ExitCode, started);
            }
        });
    }

    private void Resize(ContainerDefinition definition, TerminalSize size)
    {
        try
        {
            Ask(definition, monitor => monitor.Resize(size));
        }
        catch (ContainerException)
        {
            // It has just ended; the stream says so.
        }
    }

    /// <summary>The shell of a user by the container's own password file, or one that is there.</summary>
    private static string FindShell(ContainerDefinition definition, ContainerState state, string? user)
    {
        using var files = ContainerFiles.TryOpenRunning(definition, state.Pid, state.PidStartTime)
            ?? throw new ContainerException(ErrorReason.InvalidState, $"Cannot enter container '{definition.Name}': it has just ended.", definition.Name) { Remedy = $"Start it again: Start-Container {definition.Name}" };
        var accounts = PasswordFile.Read(files.Root).Users;
        var name = user?.Split(':')[0];
        var id = ProcessStatus.TryRead(state.Pid) is { } status ? OrdinaryUser.Maps?.UserInside((uint)status.UserId) ?? (uint)status.UserId : 0;
        var account = accounts.FirstOrDefault(entry => name is { Length: > 0 } ? entry.Name == name || $"{entry.UserId}" == name : entry.UserId == id);
        foreach (var shell in new[] { account?.Shell, "/bin/bash", "/bin/sh" })
        {
            if (shell is ['/', ..] && !shell.EndsWith("/nologin", StringComparison.Ordinal) && !shell.EndsWith("/false", StringComparison.Ordinal) && IsProgram(files.Root, shell))
                return shell;
        }

        throw new ContainerException(ErrorReason.CommandNotFound, $"Container '{definition.Name}' has no shell: neither the one of its user nor /bin/bash or /bin/sh.", definition.Name)
        {
            Remedy = $"Name a program that it has: Enter-Container {definition.Name} -Command /path/of/it",
        };
    }

    private static bool IsProgram(UnixDirectory root, string path)
    {
        try
        {
            using var file = root.TryOpenRegularFileInRoot(path);
            return file is not null && (FileStatus.Read(file).Mode & 0x49 /* 0111 */) != 0;
        }
        catch (ErrnoException)
        {
            return false;
        }
    }

    private static ContainerTerminalResult Result(ContainerDefinition definition, int? exitCode, long started) =>
        new() { Container = definition.Name, ExitCode = exitCode, Duration = Stopwatch.GetElapsedTime(started) };

    /// <summary>What is let go together.</summary>
    private sealed class Disposables(IEnumerable<IDisposable> items) : IDisposable
    {
        public void Dispose()
        {
            foreach (var item in items)
                item.Dispose();
        }
    }
}
