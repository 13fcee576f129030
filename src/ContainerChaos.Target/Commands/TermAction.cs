namespace ContainerChaos.Target.Commands;

/// <summary>What <c>serve</c> does about SIGTERM.</summary>
internal enum TermAction
{
    /// <summary>Ends with code 0, at once or after a delay.</summary>
    Finish,

    /// <summary>SIG_IGN: the kernel drops it.</summary>
    Ignore,

    /// <summary>SIG_DFL: it kills the process, unless that is PID 1 of its namespace, for which the kernel drops it.</summary>
    Default,
}
