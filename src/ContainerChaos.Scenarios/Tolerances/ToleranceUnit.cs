namespace ContainerChaos.Scenarios;

/// <summary>What the limit of a tolerance is counted in.</summary>
public enum ToleranceUnit
{
    /// <summary>A number: <c>3</c>.</summary>
    Number,

    /// <summary>A time, in milliseconds: <c>250ms</c>, <c>1.5s</c>.</summary>
    Time,

    /// <summary>A share, 1 for all: <c>99.5 %</c>.</summary>
    Share,

    /// <summary>A size in bytes: <c>64m</c>.</summary>
    Size,

    /// <summary>A text.</summary>
    Text,
}
