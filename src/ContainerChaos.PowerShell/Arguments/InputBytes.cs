using System.Globalization;
using System.Management.Automation;
using System.Text;

namespace ContainerChaos.PowerShell;

/// <summary>What goes to a program's standard input, as PowerShell gives it to native programs: each object a line of UTF-8, bytes as they are.</summary>
internal static class InputBytes
{
    // Nullable, or "input or null" would be an empty input: null is an array, and an array is a memory.
    public static ReadOnlyMemory<byte>? Of(IEnumerable<object?> objects)
    {
        using var bytes = new MemoryStream();
        foreach (var item in objects)
        {
            switch (item is PSObject wrapped ? wrapped.BaseObject : item)
            {
                case null:
                    break;
                case byte one:
                    bytes.WriteByte(one);
                    break;
                case byte[] many:
                    bytes.Write(many);
                    break;
                default:
                    bytes.Write(Encoding.UTF8.GetBytes(LanguagePrimitives.ConvertTo<string>(item) is { } text ? text + "\n" : Convert.ToString(item, CultureInfo.InvariantCulture) + "\n"));
                    break;
            }
        }

        return new ReadOnlyMemory<byte>(bytes.ToArray());
    }
}
