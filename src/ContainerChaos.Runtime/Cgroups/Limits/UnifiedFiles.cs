using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary>Writes version 2 files by their names (runtime-spec, config-linux: Unified); they come last and win.</summary>
internal static class UnifiedFiles
{
    internal static void Apply(LimitWriter limits, Cgroup group, IReadOnlyDictionary<string, string> files)
    {
        foreach (var (name, value) in files)
        {
            var field = $"unified[\"{name}\"]";
            if (name.Contains('/') || name is "" or "." or "..")
                throw LimitWriter.Error(ErrorReason.InvalidArgument, field, $"`{name}` must be a file name without any slash");
            if (name.IndexOf('.') is var dot && dot <= 0)
                throw LimitWriter.Error(ErrorReason.InvalidArgument, field, $"the specified key has not the form CONTROLLER.VALUE `{name}`");
            var controller = name[..dot];
            // A hybrid host may have this one on its version 2 side.
            if (CgroupHost.Current.Mode != CgroupMode.V2 && !(group.Has(controller) && group.IsUnified(controller)))
                throw LimitWriter.Error(ErrorReason.InvalidArgument, field, $"invalid configuration: cannot use unified on cgroup v1, and {controller} is not a version 2 controller here");
            foreach (var line in value.Split('\n', StringSplitOptions.RemoveEmptyEntries))
                limits.Write(field, controller, name, line);
        }
    }
}
