namespace ContainerChaos.Cli;

/// <summary>What the exit code of a command means.</summary>
internal static class ExitCode
{
    /// <summary>Everything came as the scenarios expect.</summary>
    internal const int AsExpected = 0;

    /// <summary>Something did not.</summary>
    internal const int NotAsExpected = 1;

    /// <summary>The command line or a scenario file is wrong.</summary>
    internal const int Usage = 2;

    /// <summary>Containers cannot be run here: docker's number for an error of the engine itself.</summary>
    internal const int EngineError = 125;

    /// <summary>Interrupted by SIGINT.</summary>
    internal const int Interrupted = 130;
}
