using System.Globalization;
using System.Management.Automation;
using ContainerChaos.Engine;
using ContainerChaos.Runtime;

namespace ContainerChaos.PowerShell;

/// <summary>Waits until containers are finally down, or for something else about them.</summary>
[Cmdlet(VerbsLifecycle.Wait, "Container", DefaultParameterSetName = ParameterSets.ByName)]
[OutputType(typeof(Container))]
public sealed class WaitContainerCommand : ContainerActionCmdlet
{
    /// <summary>
    /// What to wait for: NotRunning (neither running nor about to be restarted by its policy, the default), NextExit (of PID 1, whatever
    /// follows), Removed, or Healthy (as its health check finds it).
    /// </summary>
    // Text: a value type of another assembly would load that when the module is imported.
    [Parameter]
    [ValidateSet(nameof(ContainerWaitCondition.NotRunning), nameof(ContainerWaitCondition.NextExit), nameof(ContainerWaitCondition.Removed), nameof(ContainerWaitCondition.Healthy))]
    public string Condition { get; set; } = nameof(ContainerWaitCondition.NotRunning);

    /// <summary>How long to wait at most, in seconds (a number or a time span), for each container. Without it there is no limit.</summary>
    [Parameter]
    [SecondsArgument]
    [ValidateRange(0d, 86400d)]
    public double Timeout { get; set; } = double.NaN;

    private protected override int Concurrency => 256;

    private ContainerWaitCondition Wanted => Enum.Parse<ContainerWaitCondition>(Condition, ignoreCase: true);

    private string Awaited => Wanted switch
    {
        ContainerWaitCondition.Healthy => "healthy",
        ContainerWaitCondition.Removed => "removed",
        _ => "down",
    };

    /// <summary>An object's id is awaited also when the container has ended and removed itself by now: the engine knows how it ended.</summary>
    private protected override IEnumerable<ContainerTarget> TargetsOf(string name)
    {
        if (name.Length != 64 || name.AsSpan().ContainsAnyExcept("0123456789abcdef"))
            return base.TargetsOf(name);
        try
        {
            var container = Engine.Get(name);
            return [new ContainerTarget(container.Name, container.Id)];
        }
        catch (ContainerException e) when (e.Reason == ErrorReason.ContainerNotFound)
        {
            return [new ContainerTarget(name, name)];
        }
    }

    private protected override object Act(ContainerTarget target)
    {
        if (double.IsNaN(Timeout))
            return Engine.Wait(target.Id, Wanted, Cancellation);
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limited.CancelAfter(TimeSpan.FromSeconds(Timeout));
        try
        {
            return Engine.Wait(target.Id, Wanted, limited.Token);
        }
        catch (OperationCanceledException) when (!Cancellation.IsCancellationRequested)
        {
            throw new ContainerException(
                ErrorReason.Timeout, string.Create(CultureInfo.InvariantCulture, $"{target.Name}: still not {Awaited} after {Timeout} s."), target.Name)
            {
                Remedy = Wanted == ContainerWaitCondition.Healthy ? "Wait longer, or see (Get-Container).Health.Log for what its probes found." : "Wait longer, or end it with Stop-Container.",
            };
        }
    }

    private protected override void Report(ContainerTarget target, object? result)
    {
        var container = (Container)result!;
        WriteVerbose(Wanted == ContainerWaitCondition.Healthy
            ? $"{container.Name}: healthy."
            : container.ExitCode is { } code
            ? $"{container.Name}: ended with exit code {code}{(container.OomKilled ? " (OOM-killed)" : "")}."
            : $"{container.Name}: {HumanText.State(container)}; there is no exit code.");
        WriteObject(container);
    }
}
