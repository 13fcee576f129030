using System.Management.Automation;
using ContainerChaos.Engine;

namespace ContainerChaos.PowerShell;

/// <summary>What every cmdlet of the module shares: the engine, Ctrl-C, and errors with stable ids.</summary>
public abstract class ContainerChaosCmdlet : PSCmdlet, IDisposable
{
    private readonly CancellationTokenSource cancellation = new();

    /// <summary>Cancelled by Ctrl-C, and when the pipeline ends early.</summary>
    private protected CancellationToken Cancellation => cancellation.Token;

    /// <summary>The engine, made on first use.</summary>
    private protected static ContainerEngine Engine => EngineSession.Engine;

    /// <summary>Ends what the cmdlet waits for, at once.</summary>
    protected override void StopProcessing() => cancellation.Cancel();

    /// <summary>Ends what still runs when the pipeline ended early.</summary>
    public void Dispose()
    {
        // Cancelled and not disposed: Ctrl-C on another thread, and work that ends late, may still use it. It holds nothing native.
        cancellation.Cancel();
        GC.SuppressFinalize(this);
    }

    /// <summary>Runs one step for one target; its failure becomes a non-terminating error.</summary>
    /// <returns>Whether the step succeeded.</returns>
    private protected bool Attempt(string? target, Action step)
    {
        try
        {
            step();
            return true;
        }
        catch (Exception e) when (ErrorRecords.IsReportable(e))
        {
            WriteError(ErrorRecords.From(e, target));
            return false;
        }
        catch (OperationCanceledException) when (Stopping)
        {
            throw new PipelineStoppedException();
        }
    }

    /// <summary>
    /// The containers that a name, an id or a wildcard means. A wildcard that matches nothing is no error;
    /// a name that no container has is one, and the next name goes on.
    /// </summary>
    private protected IReadOnlyList<Container> FindContainers(string name)
    {
        IReadOnlyList<Container> found = [];
        Attempt(name, () => found = WildcardPattern.ContainsWildcardCharacters(name)
            ? [.. Engine.List().Where(c => WildcardPattern.Get(name, WildcardOptions.IgnoreCase).IsMatch(c.Name))]
            : [Engine.Get(name)]);
        return found;
    }

    /// <summary>Tells an exit code the way PowerShell tells it of native programs.</summary>
    private protected void SetExitCode(int? code) => SessionState.PSVariable.Set("global:LASTEXITCODE", code);

    /// <summary>A path as PowerShell means it: relative to its own location, not to the process's.</summary>
    private protected string ResolvePath(string path) => GetUnresolvedProviderPathFromPSPath(path);
}
