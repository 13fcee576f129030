namespace ContainerChaos.Runtime;

/// <summary>The execution domain (personality(2)).</summary>
public sealed record PersonalitySpec
{
    /// <summary>LINUX or LINUX32.</summary>
    public string Domain { get; set => field = value ?? ""; } = "";

    /// <summary>None is defined so far.</summary>
    public IReadOnlyList<string> Flags { get; set => field = value ?? []; } = [];
}
