using System.Runtime.InteropServices;
using System.Text.Json;
using ContainerChaos.Runtime;

namespace ContainerChaos.Engine;

/// <summary>
/// A seccomp profile in Docker's format: the runtime-spec's section, with entries that apply to some containers only
/// (docs.docker.com, Seccomp security profiles for Docker). A plain section of the runtime-spec is one as well.
/// </summary>
internal sealed record SeccompProfile
{
    private static readonly Lazy<SeccompProfile> s_default = new(ReadDefault);

    /// <summary>Docker's default profile (moby, profiles/seccomp).</summary>
    public static SeccompProfile Default => s_default.Value;

    /// <summary>What happens to a call that no entry names.</summary>
    public string DefaultAction { get; set; } = "";

    /// <summary>The error number of that.</summary>
    public uint? DefaultErrnoRet { get; set; }

    /// <summary>The architectures; not together with <see cref="ArchMap"/>.</summary>
    public IReadOnlyList<string>? Architectures { get; set; }

    /// <summary>The architectures by the machine's own.</summary>
    public IReadOnlyList<SeccompProfileArchitecture>? ArchMap { get; set; }

    /// <summary>Flags for seccomp(2).</summary>
    public IReadOnlyList<string>? Flags { get; set; }

    /// <summary>The socket of an agent.</summary>
    public string? ListenerPath { get; set; }

    /// <summary>What the agent is told.</summary>
    public string? ListenerMetadata { get; set; }

    /// <summary>The entries.</summary>
    public IReadOnlyList<SeccompProfileEntry>? Syscalls { get; set; }

    private static string MachineName => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "arm64" : "amd64";

    private static string MachineArchitecture => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "SCMP_ARCH_AARCH64" : "SCMP_ARCH_X86_64";

    /// <summary>Reads a profile.</summary>
    /// <param name="path">The file.</param>
    /// <param name="target">The container, for the error.</param>
    /// <exception cref="ContainerException">InvalidArgument: it can't be read or is no profile.</exception>
    public static SeccompProfile Read(string path, string target)
    {
        try
        {
            var profile = JsonSerializer.Deserialize(File.ReadAllBytes(path), EngineJson.Default.SeccompProfile) ?? throw new JsonException("the document is null");
            if (profile is { Architectures.Count: > 0, ArchMap.Count: > 0 })
                throw new JsonException("'architectures' and 'archMap' are both there");
            if (profile.Syscalls?.FirstOrDefault(entry => entry is null or { Name: not null, Names.Count: > 0 }) is { } twice)
                throw new JsonException($"'{twice.Name}': 'name' and 'names' are both there");
            return profile;
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new ContainerException(ErrorReason.InvalidArgument, $"The seccomp profile {path} can't be used: {e.Message}", target, e)
            {
                Remedy = "Name a profile in Docker's format, or use seccomp=unconfined.",
            };
        }
    }

    /// <summary>The profile for one container.</summary>
    /// <param name="capabilities">Its bounding set.</param>
    public SeccompSpec For(IReadOnlyList<string> capabilities) => new()
    {
        DefaultAction = DefaultAction,
        DefaultErrnoRet = DefaultErrnoRet,
        Architectures = Architectures is { Count: > 0 } own ? own
            : ArchMap?.FirstOrDefault(map => map.Architecture == MachineArchitecture) is { } map ? [map.Architecture, .. map.SubArchitectures ?? []] : [],
        Flags = Flags,
        ListenerPath = ListenerPath,
        ListenerMetadata = ListenerMetadata,
        Syscalls =
        [
            .. (Syscalls ?? []).Where(entry => Applies(entry, capabilities)).Select(entry => new SeccompSyscallSpec
            {
                Names = entry.Names ?? (entry.Name is { } name ? [name] : []),
                Action = entry.Action ?? "",
                ErrnoRet = entry.ErrnoRet,
                Args = entry.Args ?? [],
            }),
        ],
    };

    private static bool Applies(SeccompProfileEntry entry, IReadOnlyList<string> capabilities)
    {
        if (entry.Excludes is { } excludes
            && (excludes.Arches?.Contains(MachineName) == true || excludes.Caps?.Any(capabilities.Contains) == true || IsKernelAtLeast(excludes.MinKernel) == true))
            return false;
        return entry.Includes is not { } includes
            || (includes.Arches is not { Count: > 0 } arches || arches.Contains(MachineName)) && includes.Caps?.All(capabilities.Contains) != false && IsKernelAtLeast(includes.MinKernel) != false;
    }

    private static bool? IsKernelAtLeast(string? version) => Version.TryParse(version, out var least) ? Environment.OSVersion.Version >= least : null;

    private static SeccompProfile ReadDefault()
    {
        using var stream = typeof(SeccompProfile).Assembly.GetManifestResourceStream("default-seccomp.json")!;
        return JsonSerializer.Deserialize(stream, EngineJson.Default.SeccompProfile)!;
    }
}
