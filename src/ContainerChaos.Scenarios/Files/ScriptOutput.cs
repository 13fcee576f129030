namespace ContainerChaos.Scenarios;

/// <summary>What a script said.</summary>
/// <param name="IsTrue">Whether it is true by the rules of its language.</param>
/// <param name="Number">The number that it is; null for none.</param>
/// <param name="Text">It as text.</param>
public sealed record ScriptOutput(bool IsTrue, double? Number, string Text);
