namespace ContainerChaos.Engine;

/// <summary>One line that a container wrote.</summary>
/// <param name="Time">When the supervisor read it.</param>
/// <param name="Stream"><c>stdout</c> or <c>stderr</c>.</param>
/// <param name="Line">The line without its newline.</param>
public sealed record ContainerLogEntry(DateTimeOffset Time, string Stream, string Line)
{
    /// <inheritdoc/>
    public override string ToString() => Line;
}
