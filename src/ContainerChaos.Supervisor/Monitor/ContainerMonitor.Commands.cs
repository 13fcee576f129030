using ContainerChaos.Linux;
using ContainerChaos.Runtime;

namespace ContainerChaos.Supervisor;

/// <summary>Commands executed inside the running container.</summary>
internal sealed partial class ContainerMonitor
{
    private readonly Dictionary<PidFd, (SeqPacketSocket Client, int Pid)> _commands = [];
    private readonly Dictionary<PendingStart, SeqPacketSocket> _startingCommands = [];

    private void Execute(SeqPacketSocket connection, MonitorRequest request, FileDescriptor[] descriptors)
    {
        if (_process is null || _state.Status != ContainerStatus.Running)
            throw NotRunning("execute a command in");
        if (request.Process is null || descriptors.Length != (request.Process.Terminal ? 1 : 3))
            throw new ContainerException(ErrorReason.InvalidArgument, "exec: a command is needed, and three descriptors or the socket that its terminal goes to.");

        var starting = CommandLauncher.Begin(
            _process, _state.Pid, _cgroup, request.Process, _definition.Name, StreamsOf(request.Process, descriptors),
            new ExecOptions { Seccomp = _spec.Linux?.Seccomp });
        PendingStart? pending = null;
        pending = new PendingStart(_loop, starting, (process, error) =>
        {
            _startingCommands.Remove(pending!);
            if (process is not null)
                OnCommandStarted(connection, process);
            else
                Send(connection, new MonitorReply { Error = MonitorError.From(error as ContainerException ?? Describe(error!)) });
        });
        _startingCommands.Add(pending, connection);
    }

    private void OnCommandStarted(SeqPacketSocket connection, LaunchedProcess started)
    {
        _commands[started.Process] = (connection, started.Pid);
        _events.Publish(EventTypes.ExecStart, ("pid", started.Pid.ToString()));
        Send(connection, new MonitorReply { Pid = started.Pid });
        _loop.Add(started.Process, EventPollFlags.EPOLLIN, _ => OnCommandEnded(started.Process));
    }

    private void OnCommandEnded(PidFd process)
    {
        if (process.TryReap() is not { } exitCode || !_commands.Remove(process, out var command))
            return;
        _loop.Close(process);
        _events.Publish(EventTypes.ExecDie, ("pid", command.Pid.ToString()), ("exitCode", exitCode.ToString()));
        Send(command.Client, new MonitorReply { ExitCode = exitCode });
    }

    /// <summary>PID 1 took every other process of its namespace with it; what is left of them to their parent is the reaping.</summary>
    private void ReapCommands()
    {
        foreach (var (command, client) in _startingCommands)
        {
            // It is not in the container yet, so PID 1 did not take it along; and it may be in the frost.
            command.Kill();
            ThawForKill();
            command.End();
            Send(client, new MonitorReply { Error = MonitorError.From(NotRunning("execute a command in")) });
        }
        _startingCommands.Clear();
        foreach (var process in (PidFd[])[.. _commands.Keys])
            OnCommandEnded(process);
    }
}
