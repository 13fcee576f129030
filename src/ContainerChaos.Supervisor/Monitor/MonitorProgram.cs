using System.Text.Json;
using ContainerChaos.Linux;
using ContainerChaos.Runtime;

namespace ContainerChaos.Supervisor;

/// <summary>
/// <c>ccrun monitor</c>: the process that supervises one container. Its caller passes a pipe as descriptor 3 and reads
/// from it how the start went.
/// </summary>
public static class MonitorProgram
{
    /// <summary>The verb for what the caller starts: it makes the monitor a process of its own and ends.</summary>
    public const string DetachVerb = "monitor-detach";

    /// <summary>The verb of the monitor itself.</summary>
    public const string Verb = "monitor";

    /// <summary>What the monitor is to do: start the container afresh.</summary>
    public const string Start = "start";

    /// <summary>What the monitor is to do: start it with somebody attached, whose streams wait in descriptor 3, a socket then.</summary>
    public const string StartAttached = "start-attached";

    /// <summary>The same, and they give its input.</summary>
    public const string StartWithInput = "start-with-input";

    /// <summary>What the monitor is to do: take over from one that died.</summary>
    public const string Adopt = "adopt";

    /// <summary>
    /// Executes the monitor in a clone and returns at once, so that it is nobody's child: it is reparented, outlives the
    /// caller's shell, and leaves no zombie behind in a shell that reaps nothing.
    /// </summary>
    /// <returns>0, or 125 when it could not be executed.</returns>
    public static int Detach(IReadOnlyList<string> arguments)
    {
        using var program = new ChildProgram();
        const int SIG_SETMASK = 2;
        program.Call("start a session", SystemCallNumber.setsid);
        program.Call("unblock the signals", SystemCallNumber.rt_sigprocmask, SIG_SETMASK, program.Memory(8), 0, 8);
        // What a container can reach of the monitor (/proc/PID/exe) it can't write (CVE-2019-5736); the execve(2) is here anyway.
        // An ordinary user has no such mount, but nothing of the monitor's is in reach either, unless an init stays in the container.
        using var executable = OwnExecutable.TryMountReadOnly() ?? (HasInit(arguments) ? OwnExecutable.TrySealOwn() : null);
        program.Call(
            "execute the monitor", SystemCallNumber.execveat,
            executable?.Number ?? NativeConstants.AT_FDCWD, program.Text(executable is null ? "/proc/self/exe" : ""),
            program.TextArray(["ccrun", Verb, .. arguments]), program.TextArray([]), executable is null ? 0 : NativeConstants.AT_EMPTY_PATH);
        using var child = program.Start(CloneFlags.None, cgroup: null);
        var failure = child.WaitForExecute();
        child.Process.Dispose();
        return failure is null ? 0 : 125;
    }

    /// <summary>Supervises a container until it is down.</summary>
    /// <param name="arguments"><see cref="Start"/> or <see cref="Adopt"/>, the container's directory, its run directory.</param>
    public static int Run(IReadOnlyList<string> arguments)
    {
        if (arguments is not [Start or StartAttached or StartWithInput or Adopt, var containerDirectory, var runDirectory])
            return 2;
        Environment.CurrentDirectory = "/";
        using var ready = new FileDescriptor(DetachedProcess.PassedDescriptor);
        ready.SetCloseOnExec();
        var paths = new ContainerPaths(containerDirectory, runDirectory);
        try
        {
            using var guard = MonitorLock.Take(paths);
            if (guard is null)
            {
                Tell(ready, new MonitorReply { State = JsonFile.TryReadIntact(paths.State, SupervisorJson.ContainerState) });
                return 0;
            }
            Supervise(paths, arguments[0], ready);
            return 0;
        }
        catch (ContainerException e)
        {
            Tell(ready, new MonitorReply { Error = MonitorError.From(e) });
            return 125;
        }
        catch (Exception e) when (e is ErrnoException or IOException or UnauthorizedAccessException or JsonException)
        {
            Tell(ready, new MonitorReply { Error = new MonitorError(ErrorReason.StartFailed, e.Message, Path.GetFileName(containerDirectory), null, (e as ErrnoException)?.Errno ?? Errno.None) });
            return 125;
        }
    }

    private static bool HasInit(IReadOnlyList<string> arguments) => arguments is [_, var containerDirectory, _]
        && JsonFile.TryReadIntact(new ContainerPaths(containerDirectory, "").Definition, SupervisorJson.ContainerDefinition) is { Init: true };

    private static void Supervise(ContainerPaths paths, string purpose, FileDescriptor ready)
    {
        var adopt = purpose == Adopt;
        ContainerException? failure = null;
        SeqPacketSocket listener;
        ContainerMonitor monitor;
        // Whoever changes the definition holds this and finds either no socket, or the monitor that has read it.
        using (FileLock.TryExclusive(paths.DefinitionLock))
        {
            monitor = Prepare(paths);
            if (purpose is StartAttached or StartWithInput)
                monitor.Attach(ConsoleSocket.ReceiveDescriptors(ready), purpose == StartWithInput);
            File.Delete(paths.ControlSocket);
            listener = SeqPacketSocket.Listen(paths.ControlSocket);
        }
        using var listening = listener;
        using var supervising = monitor;
        // To start a container that runs is to find it running, also when its monitor was killed.
        if (!adopt && !monitor.IsAlive)
        {
            monitor.StartFresh(error =>
            {
                failure = error;
                if (error is null)
                    TellState();
            });
        }
        else
        {
            if (!monitor.TryAdopt())
                monitor.Abandon();
            TellState();
        }
        // Executed through /proc/self/exe it is called "exe" (proc_pid_comm(5)), which tells nobody who looks at top(1) what it is.
        File.WriteAllText("/proc/self/comm", "ccrun-monitor");
        monitor.Run(listener);
        if (failure is not null)
            throw failure;

        void TellState()
        {
            Tell(ready, new MonitorReply { State = monitor.State });
            ready.Dispose();
        }
    }

    /// <summary>A container whose files make no sense leaves no run directory, unless it runs: its output waits in there.</summary>
    private static ContainerMonitor Prepare(ContainerPaths paths)
    {
        try
        {
            return new ContainerMonitor(paths);
        }
        catch
        {
            if (JsonFile.TryReadIntact(paths.State, SupervisorJson.ContainerState) is not { Pid: > 0 })
                RunDirectory.Remove(paths);
            throw;
        }
    }

    private static void Tell(FileDescriptor ready, MonitorReply reply)
    {
        try
        {
            if (!ready.IsClosed)
                ready.Write(ProtocolJson.MonitorReply.ToBytes(reply));
        }
        catch (ErrnoException e) when (e.Errno == Errno.EPIPE)
        {
            // The caller is gone; the container goes on without it.
        }
    }
}
