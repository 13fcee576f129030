namespace ContainerChaos.Runtime.Tests;

/// <summary>A test whose container runs a shell: that of busybox-static.</summary>
public sealed class BusyboxFactAttribute : FactAttribute
{
    public BusyboxFactAttribute() => Skip = Bundle.WhyNot;
}
