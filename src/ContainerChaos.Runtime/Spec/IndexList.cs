using System.Globalization;
using System.Numerics;

namespace ContainerChaos.Runtime;

/// <summary>CPUs or memory nodes as cpuset(7) lists them, <c>0-3,7</c>, and as the bit mask that system calls take.</summary>
internal static class IndexList
{
    /// <summary>The highest CPU that any kernel is built for (CONFIG_NR_CPUS of up to 8192).</summary>
    internal const int MaximumCpu = 8191;

    /// <summary>The highest memory node that any kernel is built for (CONFIG_NODES_SHIFT of up to 10).</summary>
    internal const int MaximumNode = 1023;

    /// <summary>The mask of a list, its lowest number in the lowest bit; null when it is malformed or names something above the maximum.</summary>
    internal static ulong[]? TryParse(string list, int maximum)
    {
        var mask = new ulong[(maximum / 64) + 1];
        foreach (var item in list.Split(','))
        {
            if (string.IsNullOrWhiteSpace(item))
                continue;
            var (first, last) = item.Split('-') switch
            {
                [var one] => (Number(one), Number(one)),
                [var low, var high] => (Number(low), Number(high)),
                _ => (-1, -1),
            };
            if (first < 0 || last < first || last > maximum)
                return null;
            for (var i = first; i <= last; i++)
                mask[i / 64] |= 1UL << (i % 64);
        }
        return Count(mask) == 0 ? null : mask;

        static int Number(string text) => int.TryParse(text.AsSpan().Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;
    }

    /// <summary>How many are in a mask.</summary>
    internal static int Count(ReadOnlySpan<ulong> mask)
    {
        var count = 0;
        foreach (var word in mask)
            count += BitOperations.PopCount(word);
        return count;
    }
}
