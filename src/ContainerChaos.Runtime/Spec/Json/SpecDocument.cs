namespace ContainerChaos.Runtime;

/// <summary>The properties of a specification, of its root, its mounts and its hooks, as config.json names them. What it does not name is skipped.</summary>
internal static partial class SpecDocument
{
    internal static RuntimeSpec Runtime(ref SpecReader reader)
    {
        var spec = new RuntimeSpec();
        while (reader.Next(out var name))
        {
            spec = name switch
            {
                "ociVersion" => spec with { OciVersion = reader.Text()! },
                "process" => spec with { Process = reader.Object(Process) },
                "root" => spec with { Root = reader.Object(Root) },
                "hostname" => spec with { Hostname = reader.Text() },
                "domainname" => spec with { Domainname = reader.Text() },
                "mounts" => spec with { Mounts = reader.List(Mount)! },
                "hooks" => spec with { Hooks = reader.Object(Hooks) },
                "annotations" => spec with { Annotations = reader.TextMap() },
                "linux" => spec with { Linux = reader.Object(Linux) },
                _ => reader.Skip(spec),
            };
        }
        return spec;
    }

    private static RootSpec Root(ref SpecReader reader)
    {
        var spec = new RootSpec();
        while (reader.Next(out var name))
        {
            spec = name switch
            {
                "path" => spec with { Path = reader.Text()! },
                "readonly" => spec with { Readonly = reader.Boolean() ?? false },
                _ => reader.Skip(spec),
            };
        }
        return spec;
    }

    private static HooksSpec Hooks(ref SpecReader reader)
    {
        var spec = new HooksSpec();
        while (reader.Next(out var name))
        {
            spec = name switch
            {
                "prestart" => spec with { Prestart = reader.List(Hook)! },
                "createRuntime" => spec with { CreateRuntime = reader.List(Hook)! },
                "createContainer" => spec with { CreateContainer = reader.List(Hook)! },
                "startContainer" => spec with { StartContainer = reader.List(Hook)! },
                "poststart" => spec with { Poststart = reader.List(Hook)! },
                "poststop" => spec with { Poststop = reader.List(Hook)! },
                _ => reader.Skip(spec),
            };
        }
        return spec;
    }

    private static HookSpec Hook(ref SpecReader reader)
    {
        var spec = new HookSpec();
        while (reader.Next(out var name))
        {
            spec = name switch
            {
                "path" => spec with { Path = reader.Text()! },
                "args" => spec with { Args = reader.Texts()! },
                "env" => spec with { Env = reader.Texts()! },
                "timeout" => spec with { Timeout = reader.Int64() },
                _ => reader.Skip(spec),
            };
        }
        return spec;
    }

    private static MountSpec Mount(ref SpecReader reader)
    {
        var spec = new MountSpec();
        while (reader.Next(out var name))
        {
            spec = name switch
            {
                "destination" => spec with { Destination = reader.Text()! },
                "type" => spec with { Type = reader.Text() },
                "source" => spec with { Source = reader.Text() },
                "options" => spec with { Options = reader.Texts()! },
                "uidMappings" => spec with { UidMappings = reader.List(IdMapping)! },
                "gidMappings" => spec with { GidMappings = reader.List(IdMapping)! },
                _ => reader.Skip(spec),
            };
        }
        return spec;
    }
}
