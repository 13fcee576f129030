using System.Collections.ObjectModel;
using System.Management.Automation;
using ContainerChaos.Engine;
using ContainerChaos.Scenarios;

namespace ContainerChaos.PowerShell;

/// <summary>A script block that a trial's thread wants to be run: by the pipeline's thread, which alone may use its runspace.</summary>
internal sealed class ScriptCall(ScriptBlock block, Container container)
{
    private readonly TaskCompletionSource<ScriptOutput> outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Waits, on the trial's thread, until it was run.</summary>
    public ScriptOutput Wait(CancellationToken cancellation)
    {
        // Waited for by Result, the failure would come in an AggregateException.
        outcome.Task.WaitAsync(cancellation).GetAwaiter().GetResult();
        return outcome.Task.Result;
    }

    /// <summary>Gives it up: the pipeline runs nothing more.</summary>
    public void Cancel() => outcome.TrySetCanceled();

    /// <summary>Runs it, on the pipeline's thread. The container is its first argument, and $_.</summary>
    public void Run()
    {
        try
        {
            outcome.SetResult(Describe(block.InvokeWithContext(null, [new PSVariable("_", container)], container)));
        }
        catch (PipelineStoppedException)
        {
            // Ctrl-C: the run is being cancelled as well, and tidies up without scripts.
            Cancel();
        }
        catch (Exception e)
        {
            outcome.SetException(e is MethodInvocationException or CmdletInvocationException && e.InnerException is { } inner ? inner : e);
        }
    }

    private static ScriptOutput Describe(Collection<PSObject> output)
    {
        var all = output.Where(one => one is not null).Select(one => one.BaseObject).ToArray();
        var last = all.LastOrDefault();
        return new ScriptOutput(
            LanguagePrimitives.IsTrue(all.Length == 1 ? last : all),
            last is not string && LanguagePrimitives.TryConvertTo(last, out double number) ? number : null,
            string.Join('\n', all.Select(one => one.ToString())));
    }
}
