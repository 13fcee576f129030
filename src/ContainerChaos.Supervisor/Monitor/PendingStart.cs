using ContainerChaos.Linux;
using ContainerChaos.Runtime;

namespace ContainerChaos.Supervisor;

/// <summary>
/// A process on its way to its command, waited for in the event loop: one that joins a control group which somebody froze stays on
/// its way until it is thawed, and the monitor has other things to do.
/// </summary>
internal sealed class PendingStart : IDisposable
{
    private const int SIGKILL = 9;

    private readonly EventLoop _loop;
    private readonly StartingProcess _starting;
    private readonly Action<LaunchedProcess?, Exception?> _finished;
    private FileDescriptor? _waiting;

    /// <param name="loop">The loop that waits.</param>
    /// <param name="starting">The start, which this takes over.</param>
    /// <param name="finished">Called once, from the loop: with the process that executes its command, or with why none does.</param>
    internal PendingStart(EventLoop loop, StartingProcess starting, Action<LaunchedProcess?, Exception?> finished)
    {
        _loop = loop;
        _starting = starting;
        _finished = finished;
        Wait();
    }

    internal int Pid => _starting.Pid;

    /// <summary>Kills what is there of the process so far. The end of its way is still reported: as a process that has ended.</summary>
    internal void Kill() => _starting.SendSignal(SIGKILL);

    /// <summary>Kills the process and waits for its end, which nothing may keep it from; nothing more is reported of it.</summary>
    internal void End()
    {
        Leave();
        Kill();
        try
        {
            using var process = _starting.Finish().Process;
            process.SendSignal(SIGKILL);
            process.WaitForExit();
        }
        catch (ContainerException)
        {
            // It has failed, and is reaped with that.
        }
        Dispose();
    }

    public void Dispose()
    {
        Leave();
        _starting.Dispose();
    }

    private void Leave()
    {
        if (_waiting is not null)
            _loop.Remove(_waiting);
        _waiting = null;
    }

    private void Wait()
    {
        if (ReferenceEquals(_waiting, _starting.Waiting))
            return;
        Leave();
        _waiting = _starting.Waiting;
        _loop.Add(_waiting, EventPollFlags.EPOLLIN, _ => OnReadable());
    }

    private void OnReadable()
    {
        LaunchedProcess? process;
        try
        {
            process = _starting.TryFinish();
            if (process is null)
            {
                Wait();
                return;
            }
        }
        catch (Exception e) when (e is ContainerException or ErrnoException or IOException)
        {
            Dispose();
            _finished(null, e);
            return;
        }
        Dispose();
        _finished(process, null);
    }
}
