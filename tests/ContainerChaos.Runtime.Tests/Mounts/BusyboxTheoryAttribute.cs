namespace ContainerChaos.Runtime.Tests;

/// <summary>A theory whose container runs a shell: that of busybox-static.</summary>
public sealed class BusyboxTheoryAttribute : TheoryAttribute
{
    public BusyboxTheoryAttribute() => Skip = Bundle.WhyNot;
}
