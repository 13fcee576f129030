using System.Text;

namespace ContainerChaos.Runtime;

/// <summary>Columns of text, each as wide as its widest cell.</summary>
internal static class TextTable
{
    internal static string Format(string[] header, IEnumerable<string[]> rows)
    {
        string[][] all = [header, .. rows];
        var widths = header.Select((_, column) => all.Max(row => row[column].Length)).ToArray();
        var text = new StringBuilder();
        foreach (var row in all)
            text.Append(string.Join("   ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd()).Append('\n');
        return text.ToString();
    }
}
