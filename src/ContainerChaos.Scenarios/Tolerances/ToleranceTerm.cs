namespace ContainerChaos.Scenarios;

/// <summary>Something that a tolerance can be about.</summary>
/// <param name="Subject">Its word.</param>
/// <param name="Units">What it can be counted in.</param>
internal sealed record ToleranceTerm(string Subject, params ToleranceUnit[] Units)
{
    private static readonly string[] s_signs = ["<", "<=", ">", ">=", "=", "!="], s_codes = [.. s_signs, "in"], s_words = ["=", "!=", "contains", "matches"];

    private readonly string[]? _operators;

    /// <summary>How it may be compared.</summary>
    internal IReadOnlyList<string> Operators
    {
        get => _operators ?? (Units is [ToleranceUnit.Text] ? s_words : IsCode ? s_codes : s_signs);
        init => _operators = [.. value];
    }

    /// <summary>Whether it is a number that stands for something, so that it may be one of several.</summary>
    internal bool IsCode { get; init; }

    /// <summary>Whether it is a distribution, of which a quantile is named: <c>p95</c>, <c>max</c>.</summary>
    internal bool HasQuantiles { get; init; }

    /// <summary>Whether that may be the <c>mean</c> as well.</summary>
    internal bool HasMean { get; init; }

    /// <summary>Whether its word may be left out before a quantile.</summary>
    internal bool IsImplied { get; init; }

    /// <summary>The texts that it can be; empty for any.</summary>
    internal IReadOnlyList<string> Values { get; init; } = [];
}
