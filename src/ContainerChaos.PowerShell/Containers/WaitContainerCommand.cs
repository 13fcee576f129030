using System.Globalization;
using System.Management.Automation;
using ContainerChaos.Engine;
using ContainerChaos.Runtime;

namespace ContainerChaos.PowerShell;

/// <summary>Waits until containers are finally down: neither running nor about to be restarted by their policy.</summary>
[Cmdlet(VerbsLifecycle.Wait, "Container", DefaultParameterSetName = ParameterSets.ByName)]
[OutputType(typeof(Container))]
public sealed class WaitContainerCommand : ContainerActionCmdlet
{
    /// <summary>How long to wait at most, in seconds (a number or a time span), for each container. Without it there is no limit.</summary>
    [Parameter]
    [SecondsArgument]
    [ValidateRange(0d, 86400d)]
    public double Timeout { get; set; } = double.NaN;

    private protected override int Concurrency => 256;

    private protected override object Act(ContainerTarget target)
    {
        if (double.IsNaN(Timeout))
            return Engine.Wait(target.Id, Cancellation);
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limited.CancelAfter(TimeSpan.FromSeconds(Timeout));
        try
        {
            return Engine.Wait(target.Id, limited.Token);
        }
        catch (OperationCanceledException) when (!Cancellation.IsCancellationRequested)
        {
            throw new ContainerException(
                ErrorReason.Timeout, string.Create(CultureInfo.InvariantCulture, $"{target.Name}: still not down after {Timeout} s."), target.Name)
            {
                Remedy = "Wait longer, or end it with Stop-Container.",
            };
        }
    }

    private protected override void Report(ContainerTarget target, object? result)
    {
        var container = (Container)result!;
        WriteVerbose(container.ExitCode is { } code
            ? $"{container.Name}: ended with exit code {code}{(container.OomKilled ? " (OOM-killed)" : "")}."
            : $"{container.Name}: {HumanText.State(container)}; there is no exit code.");
        WriteObject(container);
    }
}
