using System.Globalization;

namespace ContainerChaos.Target.Commands;

/// <summary>Reads values from a command line.</summary>
internal static class Arguments
{
    /// <summary>The argument at this place.</summary>
    public static string Value(ReadOnlySpan<string> arguments, int index, string name) =>
        index < arguments.Length ? arguments[index] : throw new UsageException($"{name}: a value is missing");

    /// <summary>The whole number at this place.</summary>
    public static long Number(ReadOnlySpan<string> arguments, int index, string name, long minimum, long maximum)
    {
        string text = Value(arguments, index, name);
        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) && number >= minimum && number <= maximum
            ? number
            : throw new UsageException($"{name}: '{text}' is not a whole number from {minimum} to {maximum}");
    }

    /// <summary>The number at this place, 0 or more, with a fraction if need be.</summary>
    public static double Real(ReadOnlySpan<string> arguments, int index, string name)
    {
        string text = Value(arguments, index, name);
        return TryReal(text, out double number) ? number : throw new UsageException($"{name}: '{text}' is not a number, 0 or more");
    }

    /// <summary>A duration: <c>250ms</c>, <c>3s</c>, <c>1m</c>; a bare number is seconds.</summary>
    public static TimeSpan Duration(string text)
    {
        (string digits, double unit) = text switch
        {
            _ when text.EndsWith("ms", StringComparison.Ordinal) => (text[..^2], 0.001),
            _ when text.EndsWith('s') => (text[..^1], 1.0),
            _ when text.EndsWith('m') => (text[..^1], 60.0),
            _ => (text, 1.0),
        };
        return TryReal(digits, out double number) && number * unit < int.MaxValue
            ? TimeSpan.FromSeconds(number * unit)
            : throw new UsageException($"'{text}' is not a duration such as 250ms, 3s or 1m");
    }

    private static bool TryReal(string text, out double number) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number);
}
