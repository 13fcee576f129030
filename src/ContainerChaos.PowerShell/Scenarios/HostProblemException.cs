using System.Management.Automation;

namespace ContainerChaos.PowerShell;

/// <summary>Why nothing came from a host of a game day.</summary>
/// <param name="host">The host, as it was named.</param>
/// <param name="id">The error's id.</param>
/// <param name="category">Its category.</param>
/// <param name="problem">What is wrong, without the host's name.</param>
/// <param name="remedy">What to do.</param>
/// <param name="inner">The cause, or null.</param>
internal sealed class HostProblemException(string host, string id, ErrorCategory category, string problem, string remedy, Exception? inner = null)
    : Exception($"{host}: {problem}", inner)
{
    /// <summary>What is wrong, without the host's name.</summary>
    public string Problem => problem;

    /// <summary>It as PowerShell reports it; the target is the host.</summary>
    public ErrorRecord ToRecord() => new(this, id, category, host) { ErrorDetails = new ErrorDetails(Message) { RecommendedAction = remedy } };
}
