using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary>A process that is on its way to its command. It may stay there for long: in a control group that somebody froze it does not go on.</summary>
/// <remarks>Whoever must not be held up calls <see cref="TryFinish"/> whenever <see cref="Waiting"/> is readable; <see cref="Finish"/> blocks.</remarks>
public sealed class StartingProcess : IDisposable
{
    private readonly StartedChild _child;
    private readonly ChildProgram? _program;
    private readonly Func<ChildFailure, ContainerException> _describe;
    private readonly ulong? _startTime;
    private bool _hasFailed;

    internal StartingProcess(StartedChild child, ChildProgram? program, Func<ChildFailure, ContainerException> describe, ulong? startTime = null)
    {
        _child = child;
        _program = program;
        _describe = describe;
        _startTime = startTime;
    }

    /// <summary>The PID so far: another process takes over when it goes into a pid namespace.</summary>
    public int Pid => _child.Pid;

    /// <summary>What to wait for before <see cref="TryFinish"/>, which may change it.</summary>
    public FileDescriptor Waiting => _child.Waiting;

    /// <summary>Sends a signal to the process.</summary>
    public void SendSignal(int signal) => _child.Process.SendSignal(signal);

    /// <summary>Goes on with the start as far as it goes without waiting.</summary>
    /// <returns>Null while it is under way.</returns>
    /// <exception cref="ContainerException">It failed; nothing of the process is left.</exception>
    public LaunchedProcess? TryFinish() => _child.Advance(out var failure) ? Result(failure) : null;

    /// <summary>Waits until the process executes its command.</summary>
    /// <exception cref="ContainerException">It failed; nothing of the process is left.</exception>
    public LaunchedProcess Finish() => Result(_child.WaitForExecute());

    /// <summary>Lets go of it; a process that has been started goes on.</summary>
    public void Dispose()
    {
        if (_hasFailed)
            _child.Process.Dispose();
        _child.Dispose();
        _program?.Dispose();
    }

    private LaunchedProcess Result(ChildFailure? failure)
    {
        if (failure is null)
            return new LaunchedProcess(_child.Pid, _startTime ?? ProcessStat.TryReadStartTime(_child.Pid) ?? 0, _child.Process);
        _hasFailed = true;
        throw _describe(failure);
    }
}
