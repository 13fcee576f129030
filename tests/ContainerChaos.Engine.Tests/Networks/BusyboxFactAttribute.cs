using ContainerChaos.Linux;
using Xunit;

namespace ContainerChaos.Engine.Tests;

/// <summary>A test whose containers run the host's static busybox in networks that only root can make; skipped with the reason where that cannot be.</summary>
internal sealed class BusyboxFactAttribute : FactAttribute
{
    internal const string Path = "/bin/busybox";

    public BusyboxFactAttribute() =>
        Skip = OwnIdentity.User != 0 ? "needs root" : File.Exists(Path) ? null : "needs a static busybox (apt-get install busybox-static)";
}
