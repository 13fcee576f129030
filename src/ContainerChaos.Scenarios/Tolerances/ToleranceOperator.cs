namespace ContainerChaos.Scenarios;

/// <summary>How what is seen is compared with what a tolerance allows.</summary>
public enum ToleranceOperator
{
    /// <summary><c>&lt;</c></summary>
    Below,

    /// <summary><c>&lt;=</c></summary>
    AtMost,

    /// <summary><c>&gt;</c></summary>
    Above,

    /// <summary><c>&gt;=</c></summary>
    AtLeast,

    /// <summary><c>=</c></summary>
    Equal,

    /// <summary><c>!=</c></summary>
    NotEqual,

    /// <summary><c>in</c>: it is one of several numbers.</summary>
    In,

    /// <summary><c>contains</c>: the text is somewhere in it.</summary>
    Contains,

    /// <summary><c>matches</c>: a regular expression of .NET does.</summary>
    Matches,
}
