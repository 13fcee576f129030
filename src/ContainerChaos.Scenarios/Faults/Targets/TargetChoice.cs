using ContainerChaos.Runtime;

namespace ContainerChaos.Scenarios.Faults;

/// <summary>How many of the targets that a selector means are broken, chosen at random from a seed.</summary>
public sealed record TargetChoice
{
    /// <summary>At most so many; null for all.</summary>
    public int? Count { get; init; }

    /// <summary>At most this share of them in per cent, rounded down and at least one; null for all.</summary>
    public double? Percent { get; init; }

    /// <summary>The seed; null for another choice each time.</summary>
    public int? Seed { get; init; }

    /// <summary>Chooses. The same seed chooses the same of the same targets, in whatever order they come.</summary>
    /// <param name="targets">The targets.</param>
    public IReadOnlyList<ChaosTarget> Of(IEnumerable<ChaosTarget> targets)
    {
        ChaosTarget[] all = [.. targets.DistinctBy(target => (target.Kind, target.Id)).OrderBy(target => target.Kind, StringComparer.Ordinal).ThenBy(target => target.Name, StringComparer.Ordinal)];
        int wanted = Math.Min(Count ?? all.Length, Percent is { } share ? Math.Max(1, (int)(all.Length * share / 100)) : all.Length);
        if (wanted >= all.Length)
            return all;
        Random random = Seed is { } seed ? new Random(seed) : Random.Shared;
        random.Shuffle(all);
        return all[..wanted];
    }

    /// <summary>Leaves out what must not be touched.</summary>
    /// <param name="targets">What a selector means.</param>
    /// <param name="isExplicit">Whether it names one target: then a protected one is an error.</param>
    /// <exception cref="ContainerException">PermissionDenied.</exception>
    public static IReadOnlyList<ChaosTarget> WithoutProtected(IReadOnlyList<ChaosTarget> targets, bool isExplicit)
    {
        ArgumentNullException.ThrowIfNull(targets);
        if (isExplicit && targets.FirstOrDefault(target => target.IsProtected) is { } touched)
        {
            throw new ContainerException(ErrorReason.PermissionDenied, $"{touched} is labelled {ChaosTarget.ProtectLabel}=true and is never touched.", touched.Name)
            {
                Remedy = "Choose another target; a container's labels are fixed when it is created.",
            };
        }

        return [.. targets.Where(target => !target.IsProtected)];
    }
}
