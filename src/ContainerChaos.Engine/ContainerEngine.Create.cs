using System.Security.Cryptography;
using System.Text.Json;
using ContainerChaos.Linux;
using ContainerChaos.Runtime;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Engine;

public sealed partial class ContainerEngine
{
    private static readonly TimeSpan s_defaultStopTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Defines a container. No process is started; <see cref="Start"/> does that.</summary>
    /// <param name="options">What it shall be.</param>
    /// <param name="cancellationToken">Ends the call; nothing of the container stays.</param>
    /// <returns>The container, in the state created.</returns>
    /// <exception cref="ContainerException">InvalidName, NameInUse, ImageNotFound, LimitTooLow, InvalidArgument, DiskFull, PermissionDenied.</exception>
    public Container Create(ContainerCreateOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var network = options.Network ?? Options.DefaultNetwork;
        options = options with { Network = network };
        ContainerCreateOptionsCheck.Check(options);
        cancellationToken.ThrowIfCancellationRequested();
        var image = Images.Get(options.Image);
        var command = ResolveCommand(options, image);
        var lowerDirs = Images.GetLowerDirs(image);
        var networkContainer = NamespaceMode.ContainerOf(network) is { } joined ? _store.Resolve(joined) : null;
        var pidContainer = NamespaceMode.ContainerOf(options.Pid) is { } joinedPid ? _store.Resolve(joinedPid) : null;
        var ipcContainer = NamespaceMode.ContainerOf(options.Ipc) is { } joinedIpc ? ResolveShareable(joinedIpc, options) : null;
        var hostname = ResolveHostname(options, networkContainer);
        var networks = ResolveNetworks(network, options, image);
        var requests = MountRequest.Of(options, image);
        var limit = WritableLayer.ParseLimit(options.StorageOptions, options.Name ?? options.Image);
        var labels = KeyValueFile.Read("LabelFile", options.LabelFiles, _ => "", options.Name ?? options.Image);
        try
        {
            _store.EnsureDirectories();
            // Held until the container can be seen, so that its image is not removed in between.
            using var pin = Images.TryPin(image);
            if (pin is null)
                EngineErrors.Throw(ErrorReason.ImageNotFound, $"Image '{image.Reference}' has just been removed.", options.Image, "Import it again.");
            using var volumes = VolumeClaim.Take(_volumes, requests);
            var definition = new ContainerDefinition
            {
                Id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)),
                Name = options.Name ?? ContainerName.Generate(attempt: 0),
                Image = options.Image,
                ImageId = image.Id,
                CreatedAt = DateTimeOffset.UtcNow,
                Command = command,
                Labels = MergeLabels(image.Labels, labels, options.Labels),
                Annotations = options.Annotations,
                Limits = options.Limits,
                Privileged = options.Privileged,
                FaultPoints = FileSystemCalls.Expand(options.FaultPoints),
                RestartPolicy = options.RestartPolicy,
                RestartDelay = options.RestartDelay,
                Init = options.Init,
                Tty = options.Tty,
                Interactive = options.Interactive,
                StopSignal = SignalArgument.Parse(options.StopSignal ?? image.StopSignal ?? "SIGTERM", options.Name),
                StopTimeout = options.StopTimeout ?? s_defaultStopTimeout,
                NetworkMode = network,
                NetworkContainerId = networkContainer,
                PidMode = options.Pid is "" or "private" ? null : options.Pid,
                PidContainerId = pidContainer,
                IpcMode = options.Ipc is "" or "private" ? null : options.Ipc,
                IpcContainerId = ipcContainer,
                LowerDirs = lowerDirs,
                Mounts = volumes.Mounts,
                Log = options.Log,
                HealthCheck = HealthCheckResolver.Resolve(options.Health, image.Healthcheck, options.Name ?? options.Image),
                AutoRemove = options.AutoRemove,
            };
            var user = ImageUser.Resolve(options.User ?? image.User, lowerDirs).With(options.GroupAdd, lowerDirs, options.Name ?? options.Image);
            var maps = Images.GetMaps(image);
            var spec = ContainerSpec.Create(
                definition.Id, GetCgroupPath(definition.Id), options, image, command, user, hostname ?? definition.Id[..12], [.. requests.Zip(volumes.Mounts)], maps,
                NetworkFilesFolder(networks, definition.Id, networkContainer));
            var container = Write(definition, spec, networks, CopyUps(requests, volumes.Mounts), maps, limit, hasGivenName: options.Name is not null, cancellationToken);
            volumes.Keep();
            return container;
        }
        catch (Exception e) when (EngineErrors.IsEnvironmental(e))
        {
            var what = options.Name is null ? $"a container of '{options.Image}'" : $"container '{options.Name}'";
            throw EngineErrors.From(e, $"create {what}", options.Name ?? options.Image, Options.DataRoot);
        }
    }

    // Everything is written into a hidden directory; its rename is the moment the container exists.
    private Container Write(ContainerDefinition definition, RuntimeSpec spec, ContainerNetworks? networks, string[] copyUps, IdMaps? maps, long? limit, bool hasGivenName, CancellationToken cancellationToken)
    {
        var paths = _store.GetPaths(definition.Id);
        var directory = OwnedDirectory.NewPath(_store.ContainersDirectory, "create");
        var draft = new ContainerPaths(directory, paths.RunDirectory);
        var state = new ContainerState { Status = ContainerStatus.Created };
        var reserved = false;
        try
        {
            Durable.Step?.Invoke($"make {directory}");
            Directory.CreateDirectory(directory);
            Directory.CreateDirectory(draft.Work);
            Directory.CreateDirectory(draft.RootFileSystem);
            MakeUpper(draft.Upper, definition.LowerDirs[0], maps);
            if (limit is { } bytes)
                definition = definition with { Storage = WritableLayer.Limit(draft, definition.Id, bytes) };
            Write(draft.Spec, JsonSerializer.SerializeToUtf8Bytes(spec, RuntimeSpecJson.Default.RuntimeSpec));
            WriteNetworks(draft, networks);
            if (copyUps.Length > 0)
                Write(draft.CopyUp, System.Text.Encoding.UTF8.GetBytes(string.Join('\n', copyUps)));
            Write(draft.State, SupervisorJson.ContainerState.ToBytes(state));
            Write(draft.Definition, SupervisorJson.ContainerDefinition.ToBytes(definition));
            cancellationToken.ThrowIfCancellationRequested();
            for (var attempt = 1; !(reserved = _store.TryReserve(definition.Name, definition.Id, directory)); attempt++)
            {
                if (hasGivenName)
                    throw NameInUse(definition.Name);
                definition = definition with { Name = ContainerName.Generate(attempt) };
                Write(draft.Definition, SupervisorJson.ContainerDefinition.ToBytes(definition));
            }

            // Not waited for until it is on the disk: see decision 0070.
            Durable.Step?.Invoke($"rename to {paths.ContainerDirectory}");
            Directory.Move(directory, paths.ContainerDirectory);
        }
        catch
        {
            if (reserved)
                _store.Release(definition.Name, definition.Id);
            definition.Storage?.Release(_store.ContainersDirectory);
            OwnedDirectory.Delete(directory, Options.CcrunPath);
            throw;
        }

        _store.Remember(definition);
        Record(EventTypes.Create, definition);
        return Describe(definition, state);
    }

    /// <summary>Where the image's content comes into a volume at the first start; one that is a directory of the host keeps what it has.</summary>
    private string[] CopyUps(IReadOnlyList<MountRequest> requests, IReadOnlyList<ContainerMount> mounts) =>
        [.. requests.Zip(mounts).Where(pair => pair.Second.Name is { } name && !pair.First.NoCopy && pair.Second.Source == _volumes.Files(name).Data).Select(pair => pair.Second.Destination)];

    private ContainerException NameInUse(string name)
    {
        var holder = _store.Resolve(name);
        return new ContainerException(ErrorReason.NameInUse, $"The name '{name}' belongs to container {holder[..12]}.", name)
        {
            Remedy = $"Choose another name, or remove that container first: Remove-Container {name}",
        };
    }

    // The upper directory's own mode and owner are those of the container's root directory (overlayfs.rst).
    private void MakeUpper(string upper, string lower, IdMaps? maps)
    {
        Directory.CreateDirectory(upper);
        using var top = UnixDirectory.Open(lower);
        var root = top.TryStat(".")!.Value;
        using var directory = UnixDirectory.Open(upper);
        if (maps is null && (root.UserId != 0 || root.GroupId != 0))
            directory.SetOwner(".", root.UserId, root.GroupId);
        directory.SetMode(".", root.Mode);
        if (maps is null || (maps.UserInside(root.UserId) == 0 && maps.GroupInside(root.GroupId) == 0))
            return;
        var list = upper + ".owners";
        OwnerChange.Write(list, [new OwnerChange("", FileKind.Directory, maps.UserInside(root.UserId), maps.GroupInside(root.GroupId), root.Mode, [])]);
        NamespaceRoot.GiveOwners(Options.CcrunPath, maps, upper, list);
        File.Delete(list);
    }

    private static void Write(string path, byte[] content) => Durable.WriteNew(path, content, sync: false);

    private static string[] ResolveCommand(ContainerCreateOptions options, Image image)
    {
        // An entrypoint of its own takes the image's command away too, as with docker run --entrypoint.
        var arguments = options.Command.Count > 0 || options.Entrypoint is not null ? options.Command : image.Command;
        string[] command = [.. options.Entrypoint ?? image.Entrypoint, .. arguments];
        if (command.Length == 0)
            EngineErrors.Throw(ErrorReason.InvalidArgument, $"Image '{image.Reference}' has no command, and none was given.", options.Name ?? options.Image, "Give one with -Command.");
        if (command[0].Length == 0 || command.Any(argument => argument.Contains('\0')))
            EngineErrors.Throw(ErrorReason.InvalidArgument, "The command is empty or holds a zero byte.", options.Name ?? options.Image, "Give a program and its arguments.");
        return command;
    }

    private static Dictionary<string, string> MergeLabels(params IReadOnlyDictionary<string, string>[] layers)
    {
        var labels = new Dictionary<string, string>();
        foreach (var (name, value) in layers.SelectMany(layer => layer))
            labels[name] = value;
        return labels;
    }

    /// <summary>The host name, as Docker chooses it; null for one made of the id.</summary>
    private string? ResolveHostname(ContainerCreateOptions options, string? networkContainer)
    {
        if (options.Hostname is not null)
            return options.Hostname;
        if (networkContainer is not null)
            return RuntimeSpecJson.Read(_store.GetPaths(networkContainer).Spec).Hostname;
        return options.Network == "host" || options.Uts == "host" ? ContainerSpec.HostsName : null;
    }

    private string ResolveShareable(string nameOrId, ContainerCreateOptions options)
    {
        var id = _store.Resolve(nameOrId);
        if (_store.TryReadDefinition(id) is { IpcMode: not "shareable" } other)
            throw EngineErrors.Option("Ipc", options.Ipc, $"joins '{other.Name}', whose IPC namespace is {other.IpcMode ?? "private"}", options.Name ?? options.Image, "Make that container with -Ipc shareable.");
        return id;
    }
}
