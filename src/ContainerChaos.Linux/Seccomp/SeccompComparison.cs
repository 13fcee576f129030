namespace ContainerChaos.Linux;

/// <summary>How an argument of a call is compared with a value, as unsigned numbers of 64 bits.</summary>
public enum SeccompComparison
{
    /// <summary>They differ.</summary>
    NotEqual,

    /// <summary>The argument is less.</summary>
    Less,

    /// <summary>The argument is not greater.</summary>
    LessOrEqual,

    /// <summary>They are equal.</summary>
    Equal,

    /// <summary>The argument is not less.</summary>
    GreaterOrEqual,

    /// <summary>The argument is greater.</summary>
    Greater,

    /// <summary>The bits of the argument that a mask selects equal those of the value.</summary>
    MaskedEqual,
}
