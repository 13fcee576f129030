namespace ContainerChaos.Scenarios;

/// <summary>A trial could not measure what it was to measure; the policy is not to blame.</summary>
internal sealed class TrialException(string message) : Exception(message);
