using System.Management.Automation;
using ContainerChaos.Engine;

namespace ContainerChaos.PowerShell;

/// <summary>A cmdlet that removes what nobody uses, as Docker's prune.</summary>
public abstract class ClearCmdlet : ContainerChaosCmdlet
{
    /// <summary>Only what was made before a moment: how long ago (<c>24h</c>, a time span), or a date and time.</summary>
    [Parameter]
    [MomentArgument]
    [Alias("Until")]
    public DateTimeOffset OlderThan { get; set; }

    /// <summary>Only what has all of these labels: <c>name</c> or <c>name=value</c>.</summary>
    [Parameter]
    public string[] Label { get; set; } = [];

    /// <summary>What is looked for, without age and labels.</summary>
    private protected abstract PruneOptions Wanted { get; }

    /// <summary>Looks for it and removes it.</summary>
    protected override void EndProcessing()
    {
        IReadOnlyList<PruneCandidate> found = [];
        Attempt(null, () => found = Engine.FindPrunable(Wanted with { Before = MyInvocation.BoundParameters.ContainsKey(nameof(OlderThan)) ? OlderThan : null, Labels = Label }));
        long freed = 0;
        foreach (var candidate in found)
        {
            var kind = candidate.Type.ToLowerInvariant();
            if (!ShouldProcess($"{candidate.Name} ({HumanText.Size(candidate.SizeBytes)})", $"Remove {kind}"))
                continue;
            PrunedObject? removed = null;
            if (!Attempt(candidate.Name, () => removed = Engine.Prune(candidate, Cancellation)))
                continue;
            if (removed is null)
            {
                WriteVerbose($"{candidate.Name}: the {kind} is used by now, or gone.");
                continue;
            }

            freed += removed.FreedBytes;
            WriteObject(removed);
        }

        WriteVerbose($"{HumanText.Size(freed)} freed.");
    }
}
