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
    /// <param name="mounts">What is mounted, as it was asked for and as it is.</param>
    /// <param name="maps">The ids of its user namespace; null for none.</param>
    /// <param name="networkFiles">The folder of the files that are bound to its /etc; null when it has none.</param>
    /// <exception cref="ContainerException">InvalidArgument: an option makes no sense. NotSupported: the user has no id in the namespace, or the kernel lacks something.</exception>
    public static RuntimeSpec Create(
        string id, string cgroupPath, ContainerCreateOptions options, Image image, IReadOnlyList<string> command, ImageUser user, string hostname,
        IReadOnlyList<(MountRequest Request, ContainerMount Mount)> mounts, IdMaps? maps, string? networkFiles)
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
                Terminal = options.Tty,
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
            Mounts = [.. Mounts(options).Where(mount => mounts.All(own => own.Mount.Destination != mount.Destination)), .. NetworkFileMounts(networkFiles, mounts, options.ReadOnly), .. mounts.Select(mount => mount.Request.ToSpec(mount.Mount))],
            Annotations = options.Annotations.Count == 0 ? null : options.Annotations,
            Linux = new LinuxSpec
            {
                Namespaces = [.. Namespaces(options)],
                CgroupsPath = cgroupPath,
                Devices = devices,
                Resources = options.Limits.ApplyTo(FixedResources(options, rules, subject)),
                RootfsPropagation = MountRequest.RootPropagation(mounts.Select(mount => mount.Mount)),
                Sysctl = Sysctl(options, maps),
                MaskedPaths = security.HidesSystemPaths ? s_maskedPaths : [],
                ReadonlyPaths = security.HidesSystemPaths ? s_readonlyPaths : [],
                Seccomp = security.Seccomp?.For(capabilities),
            },
        };
        return maps is null ? spec : OrdinaryUser.Adapt(spec, maps, subject);
    }

    private static IEnumerable<MountSpec> NetworkFileMounts(string? folder, IReadOnlyList<(MountRequest Request, ContainerMount Mount)> mounts, bool readOnly) => folder is null ? [] : NetworkFiles.Names
        .Where(name => mounts.All(mount => mount.Mount.Destination != "/etc/" + name))
        .Select(name => new MountSpec { Destination = "/etc/" + name, Type = "bind", Source = Path.Combine(folder, name), Options = ["rbind", "rprivate", readOnly ? "ro" : "rw"] });
}
