using ContainerChaos.Runtime;

namespace ContainerChaos.Engine;

/// <summary>An entry of a profile.</summary>
internal sealed record SeccompProfileEntry
{
    /// <summary>The calls.</summary>
    public IReadOnlyList<string>? Names { get; set; }

    /// <summary>The call, as profiles once named a single one.</summary>
    public string? Name { get; set; }

    /// <summary>What happens to them.</summary>
    public string? Action { get; set; }

    /// <summary>The error number of that.</summary>
    public uint? ErrnoRet { get; set; }

    /// <summary>What must be so of their arguments.</summary>
    public IReadOnlyList<SeccompArgumentSpec>? Args { get; set; }

    /// <summary>The containers that it is for; null for all.</summary>
    public SeccompProfileFilter? Includes { get; set; }

    /// <summary>The containers that it is not for.</summary>
    public SeccompProfileFilter? Excludes { get; set; }
}
