namespace ContainerChaos.Linux;

/// <summary>
/// Rules about devices as a version 1 controller can hold them: one answer for everything, and exceptions from it (devices.txt).
/// </summary>
internal sealed class DeviceTable
{
    private readonly List<CgroupDeviceRule> _exceptions = [];

    private DeviceTable()
    {
    }

    /// <summary>The answer for what no exception is about; without any rule everything is denied.</summary>
    internal bool AllowsByDefault { get; private set; }

    /// <summary>The exceptions, each the opposite of <see cref="AllowsByDefault"/>.</summary>
    internal IReadOnlyList<CgroupDeviceRule> Exceptions => _exceptions;

    /// <summary>Plays the rules through.</summary>
    /// <param name="rules">The rules, of which the last one that matches counts.</param>
    /// <param name="impossible">A rule that takes a part out of an earlier exception, which this controller cannot; null if there is none.</param>
    internal static DeviceTable Reduce(IReadOnlyList<CgroupDeviceRule> rules, out CgroupDeviceRule? impossible)
    {
        var table = new DeviceTable();
        foreach (var rule in rules)
        {
            if (!table.TryAdd(rule))
            {
                impossible = rule;
                return table;
            }
        }
        impossible = null;
        return table;
    }

    private bool TryAdd(CgroupDeviceRule rule)
    {
        if (rule.IsAboutAll)
        {
            AllowsByDefault = rule.Allow;
            _exceptions.Clear();
            return true;
        }
        if (rule.Allow != AllowsByDefault)
        {
            _exceptions.Add(rule);
            return true;
        }
        for (var i = _exceptions.Count - 1; i >= 0; i--)
        {
            var exception = _exceptions[i];
            if (!exception.Overlaps(rule))
                continue;
            if (!Covers(rule, exception))
                return false;
            var left = exception.Access & ~rule.Access;
            if (left == DeviceAccess.None)
                _exceptions.RemoveAt(i);
            else
                _exceptions[i] = exception with { Access = left };
        }
        return true;
    }

    private static bool Covers(CgroupDeviceRule outer, CgroupDeviceRule inner) =>
        (outer.Kind is null || outer.Kind == inner.Kind)
        && (outer.Major is null || outer.Major == inner.Major)
        && (outer.Minor is null || outer.Minor == inner.Minor);
}
