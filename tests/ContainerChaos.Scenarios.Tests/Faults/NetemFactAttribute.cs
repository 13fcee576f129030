using ContainerChaos.Scenarios.Faults;

namespace ContainerChaos.Scenarios.Tests.Faults;

/// <summary>A test for kernels with netem.</summary>
public sealed class NetemFactAttribute : FactAttribute
{
    public NetemFactAttribute()
    {
        if (!NetemFault.IsThere)
            Skip = "this kernel has no netem (CONFIG_NET_SCH_NETEM)";
    }
}
