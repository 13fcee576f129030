namespace ContainerChaos.Supervisor;

/// <summary>One probe, from its begin to its end in the event loop.</summary>
internal abstract class HealthProbe
{
    private readonly Action<HealthProbe, int, string> _found;
    private bool _isDone;

    /// <param name="found">Called once with the exit code and the output, unless it is cancelled before.</param>
    private protected HealthProbe(Action<HealthProbe, int, string> found) => _found = found;

    internal DateTimeOffset Start { get; } = DateTimeOffset.UtcNow;

    internal ProbeOutput Output { get; } = new();

    /// <summary>Whether nothing of it is left, which for a command's process can take longer than its result.</summary>
    internal abstract bool HasEnded { get; }

    /// <summary>Gives it up: nothing is found any more, and what there is of it ends as soon as it can.</summary>
    internal void Cancel()
    {
        _isDone = true;
        End();
    }

    private protected bool IsDone => _isDone;

    private protected abstract void End();

    private protected void Find(int exitCode, string output)
    {
        if (_isDone)
            return;
        _isDone = true;
        _found(this, exitCode, output);
    }
}
