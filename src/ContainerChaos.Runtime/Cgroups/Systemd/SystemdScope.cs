using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary>The scope that systemd makes for a container: a group with processes that systemd did not start (systemd.scope(5)).</summary>
internal sealed class SystemdScope
{
    private const string PropertyAnnotation = "org.systemd.property.";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly string _subject;
    private readonly string _unit;

    private SystemdScope(string subject, string unit)
    {
        _subject = subject;
        _unit = unit;
    }

    // Who is root only in a user namespace has a manager of the user that it really is.
    private static bool IsUser => !UserNamespace.IsInitial || !Environment.IsPrivilegedProcess;

    private static bool IsUnified => CgroupHost.Current.Mode == CgroupMode.V2;

    /// <summary>The scope that a container is to have, and the path of its group.</summary>
    /// <exception cref="ContainerException">
    /// systemd does not run here (<see cref="ErrorReason.NotSupported"/>), or the cgroupsPath is not <c>slice:prefix:name</c>.
    /// </exception>
    internal static (string Unit, string Slice, string Path) Plan(RuntimeSpec spec, string id)
    {
        if (!SystemdManager.IsRunning)
        {
            throw new ContainerException(ErrorReason.NotSupported, "--systemd-cgroup: systemd is not running on this host (there is no /run/systemd/system).", id)
            {
                Remedy = "Leave the option out: control groups are then made as directories.",
            };
        }
        var name = ScopeName.Parse(spec.Linux?.CgroupsPath, id, IsUser);
        using var manager = Connect(id);
        return (name.Unit, name.Slice, Attempt(id, () => name.ToPath(IsUser ? manager.ReadControlGroup() : "")));
    }

    /// <summary>The scope of a container that has one.</summary>
    internal static SystemdScope Find(string subject, string unit) => new(subject, unit);

    /// <summary>Makes the scope with a process in it.</summary>
    /// <returns>The path of its group.</returns>
    internal string Start(int pid, string slice, ResourcesSpec? resources, IReadOnlyDictionary<string, string> annotations)
    {
        using var manager = Connect(_subject);
        return Attempt(_subject, () =>
        {
            var version = manager.ReadVersion();
            var properties = new List<SystemdProperty>
            {
                SystemdProperty.Of("Description", $"container {_subject}"),
                SystemdProperty.Of("Slice", slice),
                SystemdProperty.Of("Delegate", true),
                SystemdProperty.Of("DefaultDependencies", false),
                SystemdProperty.Of("MemoryAccounting", true),
                SystemdProperty.Of("CPUAccounting", true),
                SystemdProperty.Of("TasksAccounting", true),
                SystemdProperty.Of(IsUnified ? "IOAccounting" : "BlockIOAccounting", true),
                SystemdProperty.Of("PIDs", [(uint)pid]),
            };
            properties.AddRange(ScopeProperties.Of(resources, IsUnified, version));
            foreach (var (key, value) in annotations.Where(pair => pair.Key.StartsWith(PropertyAnnotation, StringComparison.Ordinal)))
                properties.Add(Parse(key, value));
            // A scope of this name that failed keeps it until it is forgotten.
            manager.ResetFailedUnit(_unit);
            manager.StartTransientUnit(_unit, properties);
            return manager.ReadScopeControlGroup(_unit);
        });
    }

    /// <summary>Tells systemd of changed limits.</summary>
    internal void Update(ResourcesSpec resources, (long Quota, ulong Period)? current)
    {
        using var manager = Connect(_subject);
        Attempt(_subject, () =>
        {
            if (ScopeProperties.Of(resources, IsUnified, manager.ReadVersion(), current) is { Count: > 0 } properties)
                manager.SetUnitProperties(_unit, properties);
            return true;
        });
    }

    /// <summary>Stops the scope with what is left in it; one that went with its last process is no error.</summary>
    internal void Stop()
    {
        using var manager = Connect(_subject);
        Attempt(_subject, () =>
        {
            manager.StopUnit(_unit);
            manager.ResetFailedUnit(_unit);
            return true;
        });
    }

    /// <summary>An annotation with a property, in GVariant's text format: <c>true</c>, <c>'text'</c>, <c>uint64 5</c>, <c>['a', 'b']</c>.</summary>
    internal static SystemdProperty Parse(string key, string value)
    {
        var name = key[PropertyAnnotation.Length..];
        // Seconds are written to a property in microseconds, as systemd's own tools do.
        var inSeconds = name.EndsWith("Sec", StringComparison.Ordinal) && !name.EndsWith("USec", StringComparison.Ordinal);
        var text = value.Trim();
        if (text is "true" or "false")
            return SystemdProperty.Of(name, text == "true");
        if (Unquote(text) is { } quoted)
            return SystemdProperty.Of(name, quoted);
        if (text is ['[', .. var inner, ']'])
        {
            var items = inner.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(Unquote).ToArray();
            if (items.All(item => item is not null))
                return SystemdProperty.Of(name, (IReadOnlyList<string>)items!);
        }
        var number = text.StartsWith("uint64 ", StringComparison.Ordinal) ? text["uint64 ".Length..] : text;
        if (ulong.TryParse(number, out var count))
            return SystemdProperty.Of(inSeconds ? name[..^3] + "USec" : name, inSeconds ? count * 1_000_000 : count);
        throw new ContainerException(ErrorReason.InvalidArgument, $"annotations[\"{key}\"]: '{value}' is none of true, 'text', uint64 5 and ['a', 'b'].", key);

        static string? Unquote(string text) => text.Length > 1 && text[0] is '\'' or '"' && text[^1] == text[0] ? text[1..^1] : null;
    }

    private static SystemdManager Connect(string subject)
    {
        try
        {
            return SystemdManager.Connect(IsUser, Patience);
        }
        catch (ErrnoException e)
        {
            throw new ContainerException(ErrorReason.NotSupported, $"--systemd-cgroup: systemd cannot be reached over D-Bus: {e.Message}.", subject, e)
            {
                Remedy = IsUser ? "A user's manager needs XDG_RUNTIME_DIR, as a login session sets it; or leave the option out." : "Leave the option out: control groups are then made as directories.",
            };
        }
    }

    private static T Attempt<T>(string subject, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (DBusException e)
        {
            throw new ContainerException(ErrorReason.StartFailed, $"{subject}: unable to apply cgroup configuration: systemd: {e.Message}.", subject, e);
        }
        catch (ErrnoException e)
        {
            throw new ContainerException(e.Errno == Errno.ETIMEDOUT ? ErrorReason.Timeout : ErrorReason.StartFailed, $"{subject}: unable to apply cgroup configuration: {e.Message}.", subject, e);
        }
    }
}
