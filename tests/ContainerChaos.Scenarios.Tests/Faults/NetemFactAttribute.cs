using ContainerChaos.Scenarios.Faults;

namespace ContainerChaos.Scenarios.Tests.Faults;

/// <summary>A test for kernels with netem, or for those without.</summary>
public sealed class NetemFactAttribute : FactAttribute
{
    public NetemFactAttribute(bool isThere = true)
    {
        if (NetemFault.IsThere != isThere)
            Skip = isThere ? "this kernel has no netem (CONFIG_NET_SCH_NETEM)" : "this kernel has netem";
    }
}
