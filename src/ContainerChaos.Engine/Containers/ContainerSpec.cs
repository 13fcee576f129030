using ContainerChaos.Runtime;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Engine;

/// <summary>Makes the runtime-spec of a container, with Docker's defaults where nothing else was asked for.</summary>
internal static partial class ContainerSpec
{
    /// <summary>Makes the spec.</summary>
    /// <param name="id">The container's id.</param>
    /// <param name="cgroupPath">Its control group.</param>
    /// <param name="options">What was asked for, checked.</param>
    /// <param name="image">What supplies the rest.</param>
    /// <param name="command">Entrypoint and command.</param>
    /// <param name="user">Who runs it.</param>
    /// <param name="hostname">Its host name.</param>
    /// <param name="volumes">What is bound in.</param>
    /// <param name="maps">The ids of its user namespace; null for none.</param>
    /// <param name="networkFiles">The folder of the files that are bound to its /etc; null when it has none.</param>
    /// <exception cref="ContainerException">InvalidArgument: an option makes no sense. NotSupported: the user has no id in the namespace, or the kernel lacks something.</exception>
    public static RuntimeSpec Create(
        string id, string cgroupPath, ContainerCreateOptions options, Image image, IReadOnlyList<string> command, ImageUser user, string hostname, IReadOnlyList<VolumeMount> volumes, IdMaps? maps, string? networkFiles)
    {
        var subject = options.Name ?? options.Image;
        var security = SecurityOptions.Parse(options.SecurityOptions, options.Privileged, subject);
        var capabilities = CapabilityArgument.Resolve(options.CapAdd, options.CapDrop, options.Privileged, maps is not null, subject);
        var (devices, rules) = Devices(options, subject);
        var spec = new RuntimeSpec
        {
            OciVersion = RuntimeSpec.SupportedVersion,
            Process = new ProcessSpec
            {
                User = new UserSpec { Uid = user.UserId, Gid = user.GroupId, AdditionalGids = user.Groups },
                Args = command,
                Env = Environment(options, image, user, hostname),
                Cwd = options.WorkingDirectory ?? image.WorkingDirectory,
                Capabilities = CapabilitiesOf(user, capabilities),
                Rlimits = UlimitArgument.Parse(options.Ulimits, subject),
                NoNewPrivileges = security.NoNewPrivileges,
                ApparmorProfile = security.AppArmor,
                OomScoreAdj = options.OomScoreAdj,
            },
            Root = new RootSpec { Path = "rootfs", Readonly = options.ReadOnly },
            Hostname = options.Uts == "host" ? null : hostname,
            Domainname = options.Domainname,
            Mounts = [.. Mounts(options), .. NetworkFileMounts(networkFiles, volumes), .. volumes.Select(volume => volume.ToSpec())],
            Annotations = options.Annotations.Count == 0 ? null : options.Annotations,
            Linux = new LinuxSpec
            {
                Namespaces = [.. Namespaces(options)],
                CgroupsPath = cgroupPath,
                Devices = devices,
                Resources = options.Limits.ApplyTo(FixedResources(options, rules, subject)),
                Sysctl = Sysctl(options, maps),
                MaskedPaths = security.HidesSystemPaths ? s_maskedPaths : [],
                ReadonlyPaths = security.HidesSystemPaths ? s_readonlyPaths : [],
                Seccomp = security.Seccomp?.For(capabilities),
            },
        };
        return maps is null ? spec : OrdinaryUser.Adapt(spec, maps, subject);
    }

    private static IEnumerable<MountSpec> NetworkFileMounts(string? folder, IReadOnlyList<VolumeMount> volumes) => folder is null ? [] : NetworkFiles.Names
        .Where(name => volumes.All(volume => volume.Destination != "/etc/" + name))
        .Select(name => new MountSpec { Destination = "/etc/" + name, Type = "bind", Source = Path.Combine(folder, name), Options = ["rbind", "rprivate", "rw"] });
}
