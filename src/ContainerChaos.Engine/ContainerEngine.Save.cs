using System.Text.Json;
using ContainerChaos.Linux;
using ContainerChaos.Runtime;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Engine;

public sealed partial class ContainerEngine
{
    /// <summary>
    /// Makes an image of a container, as <c>docker commit</c> does: what it has written is a layer on top of its image's. Volumes are not
    /// part of it. A running container is frozen meanwhile.
    /// </summary>
    /// <param name="nameOrId">As in <see cref="Get"/>.</param>
    /// <param name="reference">The image's reference; one that exists moves to it.</param>
    /// <param name="options">Author, message, changes of the configuration; null for none.</param>
    /// <param name="cancellationToken">Ends the call; nothing of the image stays.</param>
    /// <exception cref="ContainerException">InvalidName, InvalidArgument, DiskFull, and what <see cref="Get"/> throws.</exception>
    public Image Save(string nameOrId, string reference, ContainerCommitOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new ContainerCommitOptions();
        var (definition, state) = Look(nameOrId);
        RequireWhole(definition, "save");
        return Guard($"save container '{definition.Name}'", definition.Name, () =>
        {
            var paths = _store.GetPaths(definition.Id);
            var spec = JsonSerializer.Deserialize(File.ReadAllBytes(paths.Spec), RuntimeSpecJson.Default.RuntimeSpec)!;
            // What can be wrong with the arguments is found before the container is frozen.
            ImageReference.Normalize(reference);
            Configure(new OciContainerConfig(), definition, spec, options);
            var frozen = state.Status == ContainerStatus.Running && !options.NoPause && TryFreeze(definition);
            try
            {
                using var layer = WritableLayer.Open(definition, paths);
                var image = Images.Save(
                    definition.ImageId, layer.Path, reference, definition.Name,
                    config => Configure(config, definition, spec, options),
                    new OciHistory { Created = DateTimeOffset.UtcNow, CreatedBy = string.Join(' ', definition.Command), Author = options.Author, Comment = options.Message },
                    cancellationToken);
                Record("commit", definition);
                return image;
            }
            finally
            {
                if (frozen)
                    Ask(definition, monitor => monitor.Unpause());
            }
        });
    }

    private bool TryFreeze(ContainerDefinition definition)
    {
        try
        {
            return Ask(definition, monitor => monitor.Pause()) is not null;
        }
        catch (ContainerException e) when (e.Reason == ErrorReason.InvalidState)
        {
            // It has ended, or somebody else has frozen it: then its files stand still as well.
            return false;
        }
    }

    /// <summary>What the container was given on top of its image is the new image's default.</summary>
    private void Configure(OciContainerConfig config, ContainerDefinition definition, RuntimeSpec spec, ContainerCommitOptions options)
    {
        var process = spec.Process!;
        if (config.Entrypoint is { Count: > 0 } entrypoint && definition.Command.Take(entrypoint.Count).SequenceEqual(entrypoint))
        {
            config.Cmd = [.. definition.Command.Skip(entrypoint.Count)];
        }
        else
        {
            config.Entrypoint = null;
            config.Cmd = definition.Command;
        }

        // The engine's own, which every container gets anew.
        string[] made = ["HOSTNAME=" + (spec.Hostname ?? ContainerSpec.HostsName), EnvironmentVariables.DefaultPath, EnvironmentVariables.Terminal];
        var known = (config.Env ?? []).Select(NameOf).ToHashSet();
        config.Env = [.. process.Env.Where(variable => known.Contains(NameOf(variable)) || !(made.Contains(variable) || NameOf(variable) == "HOME"))];
        config.WorkingDir = process.Cwd;
        if (SignalName.TryParse(config.StopSignal is { Length: > 0 } signal ? signal : "SIGTERM", out var number) && number != definition.StopSignal)
            config.StopSignal = definition.StopSignal.ToString(System.Globalization.CultureInfo.InvariantCulture);
        if (definition.Labels.Count > 0)
            config.Labels = new SortedDictionary<string, string>(definition.Labels.ToDictionary(), StringComparer.Ordinal);
        var user = ImageUser.Resolve(config.User ?? "", definition.LowerDirs);
        if ((process.User.Uid, process.User.Gid) != (user.UserId, user.GroupId))
            config.User = $"{process.User.Uid}:{process.User.Gid}";
        foreach (var change in options.Changes)
            ImageChange.Apply(config, change);

        static string NameOf(string variable) => variable.Split('=', 2)[0];
    }
}
