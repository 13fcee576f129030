namespace ContainerChaos.Differential.Tests;

/// <summary>An engine refused, and of what kind that is: the same four for all.</summary>
internal sealed class HostException(Refusal refusal, string message, Exception? inner = null) : Exception($"{refusal}: {message}", inner)
{
    public Refusal Refusal { get; } = refusal;
}
