using Xunit;

namespace ContainerChaos.Target.Tests;

/// <summary>A test that makes namespaces with unshare(1), as root; skipped where that cannot be.</summary>
internal sealed class RootFactAttribute : FactAttribute
{
    public RootFactAttribute(bool needsPidsController = false)
    {
        if (Environment.UserName != "root") Skip = "needs root";
        else if (!File.Exists("/usr/bin/unshare")) Skip = "needs unshare (apt-get install util-linux)";
        else if (needsPidsController && !PidsLimit.IsAvailable) Skip = "needs a cgroup hierarchy with the pids controller";
    }
}
