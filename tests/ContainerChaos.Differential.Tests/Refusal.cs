namespace ContainerChaos.Differential.Tests;

/// <summary>The kinds of errors that Docker's API tells apart.</summary>
internal enum Refusal
{
    /// <summary>What was asked for makes no sense (400).</summary>
    Invalid,

    /// <summary>There is no such container or image (404).</summary>
    NotFound,

    /// <summary>Not in this state, or the name is taken (409).</summary>
    Conflict,

    /// <summary>It was tried, and failed (500).</summary>
    Failed,
}
