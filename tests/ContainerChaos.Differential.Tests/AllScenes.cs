namespace ContainerChaos.Differential.Tests;

/// <summary>Every scene of the suite.</summary>
internal static class AllScenes
{
    public static IReadOnlyList<Scene> All { get; } =
        [.. DefaultScenes.All, .. ProcessScenes.All, .. LifecycleScenes.All, .. SignalScenes.All, .. RestartScenes.All, .. LimitScenes.All, .. StorageScenes.All, .. CommandScenes.All, .. OptionScenes.All];

    private static readonly string[] s_throughPowerShell =
    [
        "image-environment-replaced", "image-entrypoint-and-command-replaced", "exit-42", "exit-not-found", "init-exit", "user-and-group", "labels", "names", "when-exited", "when-paused", "stop", "restart",
        "stop-signal-of-the-container", "policy-on-failure-succeeds", "limits", "out-of-memory", "bind", "read-only-with-a-bind", "execute",
    ];

    /// <summary>Those whose name begins as the environment says, for whoever works on one; else all.</summary>
    public static IReadOnlyList<Scene> Chosen { get; } =
        [.. All.Where(scene => scene.Name.StartsWith(Environment.GetEnvironmentVariable("CONTAINERCHAOS_SCENES") ?? "", StringComparison.Ordinal))];

    /// <summary>Of the chosen, a few that take every cmdlet which does something with a container.</summary>
    public static IReadOnlyList<Scene> ThroughPowerShell => [.. Chosen.Where(scene => s_throughPowerShell.Contains(scene.Name))];

    /// <summary>The cases: a scene and a fact of it.</summary>
    public static IEnumerable<(Scene Scene, string Fact)> Cases => from scene in Chosen from fact in scene.Facts select (scene, fact);
}
