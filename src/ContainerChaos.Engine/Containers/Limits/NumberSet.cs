using System.Globalization;

namespace ContainerChaos.Engine;

/// <summary>Sets of small numbers as the kernel writes them: <c>0-3,5</c> (cpuset(7), List format).</summary>
internal static class NumberSet
{
    private const int Largest = 8191;

    /// <summary>Reads a set; null when the text is none.</summary>
    public static IReadOnlySet<int>? TryParse(string text)
    {
        var numbers = new HashSet<int>();
        foreach (var range in text.Trim().Split(','))
        {
            var ends = range.Split('-');
            if (ends.Length > 2 || !TryParse(ends[0], out var first) || !TryParse(ends[^1], out var last) || first > last)
                return null;
            numbers.UnionWith(Enumerable.Range(first, last - first + 1));
        }
        return numbers;
    }

    private static bool TryParse(string text, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number <= Largest;
}
