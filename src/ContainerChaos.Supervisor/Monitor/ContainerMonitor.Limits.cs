using ContainerChaos.Linux;
using ContainerChaos.Runtime;

namespace ContainerChaos.Supervisor;

/// <summary>What the container may use: set before its first process starts, and changed while it runs.</summary>
internal sealed partial class ContainerMonitor
{
    /// <summary>The limits as the runtime-spec says them, those that can change from the definition.</summary>
    private static ResourcesSpec ResourcesOf(RuntimeSpec spec, ContainerDefinition definition)
    {
        var resources = spec.Linux?.Resources ?? new ResourcesSpec();
        return definition.Limits is { } limits ? limits.ApplyTo(resources) : resources;
    }

    /// <summary>On version 1 each hierarchy costs a start a tenth of a millisecond, so that these are joined only where they are used.</summary>
    private IReadOnlyList<string> FurtherControllers()
    {
        var resources = ResourcesOf(_spec, _definition);
        var further = new List<string>();
        if (resources.Cpu is { Cpus.Length: > 0 } or { Mems.Length: > 0 })
            further.Add("cpuset");
        if (HasDeviceRules)
            further.Add("devices");
        return further;
    }

    private IReadOnlyList<string> _limitWarnings = [];

    private void ApplyLimits()
    {
        _state = _state with { Warnings = [] };
        var resources = Possible(ResourcesOf(_spec, _definition));
        ReserveRealtime(resources);
        CgroupResources.Apply(_cgroup, resources);
    }

    /// <summary>What can be had of the limits here; what can't is a warning of the container.</summary>
    private ResourcesSpec Possible(ResourcesSpec resources)
    {
        resources = UnsupportedLimits.LeaveOut(_cgroup, resources, out var warnings);
        if (OwnIdentity.User != 0)
        {
            resources = UndelegatedLimits.LeaveOut(_cgroup, resources, out var undelegated);
            warnings = [.. warnings, .. undelegated];
        }
        _state = _state with { Warnings = [.. _state.Warnings.Except(_limitWarnings).Union(warnings)] };
        _limitWarnings = warnings;
        return resources;
    }

    /// <summary>
    /// Makes the control group's limits those of a definition, or leaves them as they are. <paramref name="commit"/> writes the
    /// definition down; until then the ones before are to be had again.
    /// </summary>
    private void ChangeLimits(ContainerDefinition definition, Action commit)
    {
        var before = _state.Warnings;
        var current = ResourcesOf(_spec, _definition);
        try
        {
            Replace(ResourcesOf(_spec, definition));
            commit();
        }
        catch
        {
            try
            {
                Replace(current);
            }
            catch (Exception e) when (e is ContainerException or ErrnoException)
            {
                // They held a moment ago; what the container has used since then may be in the way of one of them.
            }
            _state = _state with { Warnings = before };
            throw;
        }
    }

    private void Replace(ResourcesSpec resources)
    {
        if (resources.Cpu is { Cpus.Length: > 0 } or { Mems.Length: > 0 })
            IncludeCpuset();
        // Those that depend on the kernel's version only hold from a start on, and are said then.
        resources = Possible(resources);
        ReserveRealtime(resources);
        CgroupResources.Replace(_cgroup, resources);
    }

    /// <summary>The group that holds the containers gets as much real time as they have together: what it does not have it can't give.</summary>
    private void ReserveRealtime(ResourcesSpec resources)
    {
        if (resources.Cpu is { RealtimeRuntime: > 0 and var runtime } cpu)
            _cgroup.ReserveRealtime(runtime, (long?)cpu.RealtimePeriod);
    }

    /// <summary>On version 1 the processes are moved into a hierarchy that they were not in; while they are frozen none is born outside.</summary>
    private void IncludeCpuset()
    {
        var freeze = _state.Status == ContainerStatus.Running && !_cgroup.Has("cpuset") && _cgroup.Has("freezer");
        if (freeze)
            _cgroup.Freeze(TimeSpan.FromSeconds(5));
        try
        {
            _cgroup.Include("cpuset");
        }
        finally
        {
            if (freeze)
                _cgroup.Thaw();
        }
    }
}
