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
        ContainerCreateOptionsCheck.Check(options);
        cancellationToken.ThrowIfCancellationRequested();
        var image = Images.Get(options.Image);
        var command = ResolveCommand(options, image);
        var lowerDirs = Images.GetLowerDirs(image);
        var network = options.Network ?? Options.DefaultNetwork;
        options = options with { Network = network };
        var networkContainer = network.StartsWith("container:", StringComparison.Ordinal) && network.Length > 10 ? _store.Resolve(network["container:".Length..]) : null;
        var networks = ResolveNetworks(network, options);
        // What lies deeper is mounted later, or it would be hidden.
        VolumeMount[] volumes = [.. options.Volumes.Select(VolumeMount.Parse).OrderBy(volume => volume.Destination.Count('/'))];
        if (volumes.GroupBy(volume => volume.Destination).FirstOrDefault(group => group.Count() > 1) is { } twice)
            EngineErrors.Throw(ErrorReason.InvalidArgument, $"Two volumes have the destination '{twice.Key}'.", twice.Key, "Give each its own.");
        try
        {
            _store.EnsureDirectories();
            // Held until the container can be seen, so that its image is not removed in between.
            using var pin = Images.TryPin(image);
            if (pin is null)
                EngineErrors.Throw(ErrorReason.ImageNotFound, $"Image '{image.Reference}' has just been removed.", options.Image, "Import it again.");
            var definition = new ContainerDefinition
            {
                Id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)),
                Name = options.Name ?? ContainerName.Generate(attempt: 0),
                Image = options.Image,
                ImageId = image.Id,
                CreatedAt = DateTimeOffset.UtcNow,
                Command = command,
                Labels = MergeLabels(image.Labels, options.Labels),
                RestartPolicy = options.RestartPolicy,
                RestartDelay = options.RestartDelay,
                Init = options.Init,
                Tty = options.Tty,
                Interactive = options.Interactive,
                StopSignal = SignalArgument.Parse(options.StopSignal ?? image.StopSignal ?? "SIGTERM", options.Name),
                StopTimeout = options.StopTimeout ?? s_defaultStopTimeout,
                NetworkMode = network,
                NetworkContainerId = networkContainer,
                LowerDirs = lowerDirs,
                Log = options.Log,
            };
            var user = ImageUser.Resolve(options.User ?? image.User, lowerDirs);
            var maps = Images.GetMaps(image);
            var spec = ContainerSpec.Create(definition.Id, GetCgroupPath(definition.Id), options, image, command, user, volumes, maps, NetworkFilesFolder(networks, definition.Id, networkContainer));
            foreach (var volume in volumes)
                volume.EnsureSource();
            return Write(definition, spec, networks, maps, hasGivenName: options.Name is not null, cancellationToken);
        }
        catch (Exception e) when (EngineErrors.IsEnvironmental(e))
        {
            var what = options.Name is null ? $"a container of '{options.Image}'" : $"container '{options.Name}'";
            throw EngineErrors.From(e, $"create {what}", options.Name ?? options.Image, Options.DataRoot);
        }
    }

    // Everything is written into a hidden directory; its rename is the moment the container exists.
    private Container Write(ContainerDefinition definition, RuntimeSpec spec, ContainerNetworks? networks, IdMaps? maps, bool hasGivenName, CancellationToken cancellationToken)
    {
        var paths = _store.GetPaths(definition.Id);
        var directory = OwnedDirectory.NewPath(_store.ContainersDirectory, "create");
        var draft = new ContainerPaths(directory, paths.RunDirectory);
        var state = new ContainerState { Status = ContainerStatus.Created };
        var reserved = false;
        try
        {
            Directory.CreateDirectory(directory);
            Directory.CreateDirectory(draft.Work);
            Directory.CreateDirectory(draft.RootFileSystem);
            MakeUpper(draft.Upper, definition.LowerDirs[0], maps);
            Write(draft.Spec, JsonSerializer.SerializeToUtf8Bytes(spec, RuntimeSpecJson.Default.RuntimeSpec));
            WriteNetworks(draft, networks);
            Write(draft.State, JsonSerializer.SerializeToUtf8Bytes(state, SupervisorJson.Default.ContainerState));
            Write(draft.Definition, JsonSerializer.SerializeToUtf8Bytes(definition, SupervisorJson.Default.ContainerDefinition));
            cancellationToken.ThrowIfCancellationRequested();
            for (var attempt = 1; !(reserved = _store.TryReserve(definition.Name, definition.Id, directory)); attempt++)
            {
                if (hasGivenName)
                    throw NameInUse(definition.Name);
                definition = definition with { Name = ContainerName.Generate(attempt) };
                Write(draft.Definition, JsonSerializer.SerializeToUtf8Bytes(definition, SupervisorJson.Default.ContainerDefinition));
            }

            Directory.Move(directory, paths.ContainerDirectory);
        }
        catch
        {
            if (reserved)
                _store.Release(definition.Name, definition.Id);
            OwnedDirectory.Delete(directory, Options.CcrunPath);
            throw;
        }

        _store.Remember(definition);
        Record(EventTypes.Create, definition);
        return Describe(definition, state);
    }

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
        var root = FileStatus.Read(lower);
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

    private static void Write(string path, byte[] content)
    {
        using var file = FileDescriptor.Open(path, OpenFlags.O_WRONLY | OpenFlags.O_CREAT | OpenFlags.O_TRUNC, 0x180 /* 0600 */);
        file.Write(content);
    }

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

    private static Dictionary<string, string> MergeLabels(IReadOnlyDictionary<string, string> image, IReadOnlyDictionary<string, string> own)
    {
        var labels = new Dictionary<string, string>(image);
        foreach (var (name, value) in own)
            labels[name] = value;
        return labels;
    }
}
