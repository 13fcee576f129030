using System.Globalization;
using System.IO.Enumeration;

namespace ContainerChaos.Linux;

/// <summary>Enumerates the processes of the host.</summary>
public static class ProcessList
{
    /// <summary>Every PID in <c>/proc</c>, zombies too, in no promised order. One that starts or ends meanwhile may be in or not.</summary>
    public static IEnumerable<int> Pids() =>
        new FileSystemEnumerable<int>(
            "/proc",
            static (ref FileSystemEntry entry) => int.Parse(entry.FileName, NumberStyles.None, CultureInfo.InvariantCulture),
            new EnumerationOptions { AttributesToSkip = 0, IgnoreInaccessible = true, ReturnSpecialDirectories = false })
        {
            ShouldIncludePredicate = static (ref FileSystemEntry entry) => char.IsAsciiDigit(entry.FileName[0]),
        };
}
