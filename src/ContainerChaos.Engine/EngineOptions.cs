using ContainerChaos.Linux;

namespace ContainerChaos.Engine;

/// <summary>Where an engine keeps its state and finds the two executables that it starts containers with.</summary>
/// <remarks>Every path has a default that an environment variable overrides, so that a test or a second installation can live beside the first.</remarks>
public sealed record EngineOptions
{
    /// <summary>The folder of what outlives a boot: images, layers, containers. Default <c>/var/lib/containerchaos</c>, an ordinary user's <c>containerchaos</c> in XDG_DATA_HOME (<c>~/.local/share</c>), or <c>CONTAINERCHAOS_ROOT</c>.</summary>
    public string DataRoot { get; init; } = FromEnvironment("CONTAINERCHAOS_ROOT") ?? (OwnIdentity.User == 0 ? "/var/lib/containerchaos" : UserFolder("XDG_DATA_HOME", ".local/share"));

    /// <summary>The folder of what dies with the boot: sockets, locks, FIFOs. Default <c>/run/containerchaos</c>, an ordinary user's <c>containerchaos</c> in XDG_RUNTIME_DIR (else <c>~/.cache</c>), or <c>CONTAINERCHAOS_RUN</c>.</summary>
    public string RunRoot { get; init; } = FromEnvironment("CONTAINERCHAOS_RUN") ?? (OwnIdentity.User == 0 ? "/run/containerchaos" : UserFolder("XDG_RUNTIME_DIR", ".cache"));

    /// <summary>The supervisor's executable. Default <c>ccrun</c> beside this assembly, or <c>CONTAINERCHAOS_CCRUN</c>.</summary>
    public string CcrunPath { get; init; } = FromEnvironment("CONTAINERCHAOS_CCRUN") ?? Path.Combine(AppDirectory, "ccrun");

    /// <summary>The binary that the embedded image <c>target:latest</c> is made of. Default <c>target</c> beside this assembly, or <c>CONTAINERCHAOS_TARGET</c>.</summary>
    public string TargetPath { get; init; } = FromEnvironment("CONTAINERCHAOS_TARGET") ?? Path.Combine(AppDirectory, "target");

    /// <summary>The control group that the containers' groups are made in, a path below the root of each hierarchy. Default <c>/containerchaos</c>, an ordinary user's on version 2 <c>containerchaos</c> beside the group that this process is in, or <c>CONTAINERCHAOS_CGROUP</c>.</summary>
    public string CgroupParent { get; init; } = FromEnvironment("CONTAINERCHAOS_CGROUP") ?? (OwnIdentity.User == 0 ? "/containerchaos" : BesideOwnGroup());

    /// <summary>
    /// The network of a container that names none: <c>none</c>, <c>host</c>, <c>bridge</c> or the name of a network. Default <c>bridge</c> as in Docker,
    /// an ordinary user's <c>none</c>, or <c>CONTAINERCHAOS_NETWORK</c>.
    /// </summary>
    /// <remarks>With <c>none</c> nothing on the host's network changes, unless a container asks for it: for tests, and where the engine is part of another program.</remarks>
    public string DefaultNetwork { get; init; } =
        Environment.GetEnvironmentVariable("CONTAINERCHAOS_NETWORK") is { Length: > 0 } network ? network : OwnIdentity.User == 0 ? "bridge" : "none";

    // The module's folder when PowerShell loaded us (AppContext.BaseDirectory is pwsh's own there).
    private static string AppDirectory
    {
        get
        {
            var location = typeof(EngineOptions).Assembly.Location;
            return location.Length > 0 ? Path.GetDirectoryName(location)! : AppContext.BaseDirectory;
        }
    }

    // What is delegated to an ordinary user is around the group they are in, and that one has processes.
    private static string BesideOwnGroup() => !File.Exists("/sys/fs/cgroup/cgroup.controllers") || CgroupHost.OwnUnifiedPath is not { } own
        ? "/containerchaos"
        : Path.GetDirectoryName(own)?.TrimEnd('/') + "/containerchaos";

    // XDG Base Directory Specification.
    private static string UserFolder(string variable, string belowHome) => Path.Combine(
        FromEnvironment(variable) ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), belowHome), "containerchaos");

    private static string? FromEnvironment(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? Path.GetFullPath(value) : null;
}
