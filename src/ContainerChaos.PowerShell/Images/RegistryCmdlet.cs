using System.Collections.Concurrent;
using System.Management.Automation;
using ContainerChaos.Engine;

namespace ContainerChaos.PowerShell;

/// <summary>What cmdlets share that speak with a registry: who asks, whom to trust, and a progress bar for each blob.</summary>
public abstract class RegistryCmdlet : ContainerImageCmdlet
{
    /// <summary>Who asks: user and password, or a token in its place. Without it nobody in particular.</summary>
    [Parameter]
    [Credential]
    public PSCredential? Credential { get; set; }

    /// <summary>A file of certificates (PEM) of authorities to trust instead of the host's.</summary>
    [Parameter]
    public string? CertificatePath { get; set; }

    /// <summary>Speak plain HTTP with a registry that has no TLS. With one on the loopback that is done without asking.</summary>
    [Parameter]
    public SwitchParameter AllowHttp { get; set; }

    /// <summary>How many layers are on their way at once; 3 by default.</summary>
    [Parameter]
    [ValidateRange(1, 64)]
    public int ThrottleLimit { get; set; } = 3;

    /// <summary>Runs a transfer beside the pipeline, whose own thread shows the progress: PowerShell takes it from no other.</summary>
    private protected T Transfer<T>(string reference, Func<RegistryOptions, T> transfer)
    {
        using var queue = new BlockingCollection<Action>();
        var shown = new ConcurrentDictionary<string, long>();
        var options = new RegistryOptions
        {
            User = Credential?.UserName,
            Password = Credential?.GetNetworkCredential().Password,
            CertificatePath = CertificatePath is null ? null : ResolvePath(CertificatePath),
            AllowHttp = AllowHttp,
            Parallel = ThrottleLimit,
            Progress = progress => Report(queue, shown, reference, progress),
            Warn = text => queue.Add(() => WriteWarning(text)),
        };
        var task = Task.Run(() =>
        {
            try
            {
                return transfer(options);
            }
            finally
            {
                queue.CompleteAdding();
            }
        });
        foreach (var step in queue.GetConsumingEnumerable())
            step();
        return task.GetAwaiter().GetResult();
    }

    private void Report(BlockingCollection<Action> queue, ConcurrentDictionary<string, long> shown, string reference, TransferProgress progress)
    {
        // A record for each percent is what a person can see.
        var percent = progress.Total > 0 ? 100 * progress.Bytes / progress.Total : 100;
        var isEnd = progress.Step is TransferStep.Done or TransferStep.Present;
        if (!isEnd && shown.TryGetValue(progress.Digest, out var last) && last == percent)
            return;
        shown[progress.Digest] = percent;
        var record = new ProgressRecord(progress.Digest.GetHashCode() & int.MaxValue, reference, $"{progress.Step} {progress.Digest[..19]}")
        {
            CurrentOperation = $"{HumanText.Size(progress.Bytes)} of {HumanText.Size(progress.Total)}",
            PercentComplete = (int)Math.Min(percent, 100),
            RecordType = isEnd ? ProgressRecordType.Completed : ProgressRecordType.Processing,
        };
        queue.Add(() => WriteProgress(record));
    }
}
