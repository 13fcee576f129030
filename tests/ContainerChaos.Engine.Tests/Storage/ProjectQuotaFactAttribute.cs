using Xunit;

namespace ContainerChaos.Engine.Tests;

/// <summary>A test on a file system that counts by project, which the kernel must have been built for (CONFIG_QFMT_V2).</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ProjectQuotaFactAttribute : FactAttribute
{
    public ProjectQuotaFactAttribute()
    {
        if (ProjectDisk.Missing is { } missing)
            Skip = $"No ext4 with project quotas here: {missing}";
    }
}
