namespace ContainerChaos.Target.Http;

/// <summary>What came of looking for a request in a buffer.</summary>
internal enum ParseStatus
{
    /// <summary>The head is not complete yet.</summary>
    Incomplete,

    /// <summary>A request; it may be one to refuse, see <see cref="RequestHead.Refusal"/>.</summary>
    Complete,
}
