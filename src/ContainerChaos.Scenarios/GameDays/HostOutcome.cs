namespace ContainerChaos.Scenarios;

/// <summary>What came from one machine of several.</summary>
/// <param name="Host">The machine, as it was named.</param>
/// <param name="Result">What its game day showed; null when nothing came.</param>
/// <param name="Problem">Why nothing came, in a sentence; null when something did.</param>
public sealed record HostOutcome(string Host, GameDayResult? Result, string? Problem);
