using System.Globalization;

namespace ContainerChaos.Runtime;

/// <summary>Sizes as people write them: <c>64m</c>, <c>64MB</c>, <c>1.5GiB</c>, <c>67108864</c>.</summary>
/// <remarks>Units are powers of 1024 with or without the <c>i</c>, as Docker's <c>--memory</c> takes them and as PowerShell's own <c>64MB</c> means.</remarks>
public static class ByteSize
{
    private const string Units = "bkmgtp";

    /// <summary>Reads a size.</summary>
    /// <param name="text">A number, an optional unit letter out of <c>b k m g t p</c> in either case, and an optional <c>b</c> or <c>ib</c>.</param>
    /// <returns>The size in bytes, zero or more.</returns>
    /// <exception cref="FormatException">The text is no size, or the size does not fit into 63 bits.</exception>
    public static long Parse(string text) => TryParse(text, out var bytes)
        ? bytes
        : throw new FormatException($"'{text}' is not a size. Write bytes (67108864) or a number with a unit: 512k, 64m, 64MB, 1.5g.");

    /// <summary>Reads a size; false when the text is none.</summary>
    /// <param name="text">As in <see cref="Parse"/>.</param>
    /// <param name="bytes">The size in bytes.</param>
    public static bool TryParse(ReadOnlySpan<char> text, out long bytes)
    {
        bytes = 0;
        text = text.Trim();
        var digits = text.IndexOfAnyExcept("0123456789.");
        var unit = digits < 0 ? [] : text[digits..].TrimStart();
        var number = digits < 0 ? text : text[..digits];
        if (!decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) ||
            !TryGetFactor(unit, out var factor) || value > (decimal)long.MaxValue / factor)
            return false;
        bytes = (long)decimal.Floor(value * factor);
        return true;
    }

    /// <summary>Writes a size with the largest unit that leaves at least 1: <c>64 MB</c>, <c>2.9 MB</c>, <c>512 B</c>.</summary>
    /// <param name="bytes">The size in bytes.</param>
    public static string Format(long bytes)
    {
        if (bytes < 0)
            return bytes == long.MinValue ? "-8 EB" : "-" + Format(-bytes);
        string[] names = ["B", "KB", "MB", "GB", "TB", "PB", "EB"];
        var value = (double)bytes;
        var unit = 0;
        // 1023.95 would be shown as "1024.0", so the next unit starts there.
        while (value >= 1023.95 && unit < names.Length - 1)
        {
            value /= 1024;
            unit++;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{value:0.#} {names[unit]}");
    }

    private static bool TryGetFactor(ReadOnlySpan<char> unit, out long factor)
    {
        factor = 1;
        if (unit.IsEmpty)
            return true;
        var index = Units.IndexOf(char.ToLowerInvariant(unit[0]), StringComparison.Ordinal);
        var suffix = unit[1..];
        if (index < 0 || !(suffix.IsEmpty || (index > 0 &&
            (suffix.Equals("b", StringComparison.OrdinalIgnoreCase) || suffix.Equals("ib", StringComparison.OrdinalIgnoreCase)))))
            return false;
        factor = 1L << (10 * index);
        return true;
    }
}
