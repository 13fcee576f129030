namespace ContainerChaos.Runtime;

/// <summary>
/// Checks everything that the runtime-spec calls an error and that shows in the document alone or on this host, before
/// anything of a container exists. An error names the field's path.
/// </summary>
internal static class SpecValidation
{
    /// <summary>Checks a whole specification; one without a process passes, since it can be created.</summary>
    /// <param name="spec">The container.</param>
    /// <param name="warn">Takes what is ignored; null when nobody listens.</param>
    /// <exception cref="ContainerException"><see cref="ErrorReason.InvalidArgument"/> or <see cref="ErrorReason.NotSupported"/>, naming the field.</exception>
    internal static void Check(RuntimeSpec spec, Action<string>? warn = null)
    {
        var linux = spec.Linux ?? new LinuxSpec();
        CheckVersion(spec.OciVersion);
        if (spec.Root is not { } root)
            throw new SpecField("root").Invalid("it must be specified");
        if (root.Path.Length == 0)
            throw new SpecField("root.path").Invalid("it is missing");
        if (spec.Process is { } process)
            ProcessValidation.Check(process, new SpecField("process"), warn);
        CheckMounts(spec.Mounts, warn);
        if (spec.Hooks is { } hooks)
            CheckHooks(hooks);
        foreach (var _ in new SpecField("annotations").Entries(spec.Annotations))
        {
        }
        NamespaceValidation.Check(spec, linux);
        SysctlValidation.Check(spec, linux);
        LinuxValidation.Check(linux, warn);
        if (linux.Resources is { } resources)
            ResourceValidation.Check(resources, new SpecField("linux.resources"));
        if (linux.Seccomp is { } seccomp)
            SeccompValidation.Check(seccomp, new SpecField("linux.seccomp"));
    }

    /// <summary>Checks the process to execute in a container, as <c>exec --process</c> takes it.</summary>
    internal static void Check(ProcessSpec process, Action<string>? warn = null) => ProcessValidation.Check(process, new SpecField("process"), warn);

    /// <summary>Checks limits alone, as <c>update</c> takes them.</summary>
    internal static void Check(ResourcesSpec resources) => ResourceValidation.Check(resources, new SpecField("resources"));

    /// <summary>SemVer 2.0.0 with a major version of 1: what 1.x adds later is ignored like any unknown property.</summary>
    private static void CheckVersion(string version)
    {
        var field = new SpecField("ociVersion");
        if (version.Length == 0)
            throw field.Invalid("it is missing");
        var core = version.AsSpan();
        if (core.IndexOf('+') is >= 0 and var build)
        {
            if (!AreIdentifiers(core[(build + 1)..]))
                throw NotSemVer();
            core = core[..build];
        }
        if (core.IndexOf('-') is >= 0 and var pre)
        {
            if (!AreIdentifiers(core[(pre + 1)..]))
                throw NotSemVer();
            core = core[..pre];
        }
        var numbers = core.ToString().Split('.');
        if (numbers.Length != 3 || !numbers.All(n => n.Length is > 0 and < 10 && n.All(char.IsAsciiDigit) && (n == "0" || n[0] != '0')))
            throw NotSemVer();
        if (numbers[0] != "1")
            throw field.Invalid($"'{version}' is not supported; 1.0.0 to {RuntimeSpec.SupportedVersion} are");

        ContainerException NotSemVer() => field.Invalid($"'{version}' is not a version as SemVer 2.0.0 writes it");

        static bool AreIdentifiers(ReadOnlySpan<char> text)
        {
            foreach (var part in text.ToString().Split('.'))
            {
                if (part.Length == 0 || !part.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'))
                    return false;
            }
            return true;
        }
    }

    private static void CheckMounts(IReadOnlyList<MountSpec> mounts, Action<string>? warn)
    {
        foreach (var (mount, field) in new SpecField("mounts").Items(mounts))
        {
            if (mount.Destination.Length == 0)
                throw field["destination"].Invalid("it is missing");
            if (mount.Destination[0] != '/')
                warn?.Invoke($"{field["destination"]}: '{mount.Destination}' is relative, which is deprecated; it is taken as relative to '/'.");
            field["options"].RequireTexts(mount.Options);
            if (mount.UidMappings.Count > 0 != mount.GidMappings.Count > 0)
            {
                throw field[mount.UidMappings.Count > 0 ? "gidMappings" : "uidMappings"].Invalid(
                    "it is missing; uidMappings and gidMappings come together");
            }
            NamespaceValidation.CheckMappings(mount.UidMappings, field["uidMappings"]);
            NamespaceValidation.CheckMappings(mount.GidMappings, field["gidMappings"]);
        }
    }

    private static void CheckHooks(HooksSpec hooks)
    {
        foreach (var (name, list) in (ReadOnlySpan<(string, IReadOnlyList<HookSpec>)>)
            [
                ("prestart", hooks.Prestart), ("createRuntime", hooks.CreateRuntime), ("createContainer", hooks.CreateContainer),
                ("startContainer", hooks.StartContainer), ("poststart", hooks.Poststart), ("poststop", hooks.Poststop),
            ])
        {
            foreach (var (hook, field) in new SpecField("hooks")[name].Items(list))
            {
                field["path"].RequireAbsolute(hook.Path);
                field["args"].RequireTexts(hook.Args);
                field["env"].RequireTexts(hook.Env ?? []);
                if (hook.Timeout is <= 0 and var timeout)
                    throw field["timeout"].Invalid($"{timeout} is not greater than zero");
            }
        }
    }
}
