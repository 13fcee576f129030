using System.Collections;
using System.Globalization;

namespace ContainerChaos.PowerShell;

/// <summary>Arguments as the engine takes them.</summary>
internal static class Arguments
{
    /// <summary>A hashtable's entries as text; a null value is the empty text.</summary>
    public static Dictionary<string, string> Pairs(Hashtable? table)
    {
        var pairs = new Dictionary<string, string>();
        foreach (DictionaryEntry entry in table ?? [])
            pairs[Text(entry.Key)] = Text(entry.Value);
        return pairs;
    }

    private static string Text(object? value) => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
}
