using System.Text.RegularExpressions;
using Xunit;

namespace ContainerChaos.Architecture.Tests;

/// <summary>What a reader of the source may rely on.</summary>
public sealed partial class SourceTests
{
    private const int MaximumLines = 500;

    // Linux is the floor that owns the kernel; Target stands alone in its container and may not use Linux.
    private static readonly string[] NativeFloors = ["src/ContainerChaos.Linux/", "src/ContainerChaos.Target/"];

    [Fact]
    public void Native_functions_are_imported_only_on_the_kernel_floor()
    {
        var importing = Source.CSharpFiles("src")
            .Where(file => !NativeFloors.Any(floor => Source.Relative(file).StartsWith(floor, StringComparison.Ordinal)))
            .Where(file => NativeImport().IsMatch(File.ReadAllText(file)));

        Assert.Empty(importing.Select(Source.Relative));
    }

    [Fact]
    public void No_file_is_longer_than_500_lines()
    {
        var long_ = new[] { "src", "tests", "benchmarks", "build" }
            .Where(folder => Directory.Exists(Path.Combine(Source.Root, folder)))
            .SelectMany(Source.CSharpFiles)
            .Select(file => (File: Source.Relative(file), Lines: File.ReadLines(file).Count()))
            .Where(file => file.Lines > MaximumLines);

        Assert.Empty(long_);
    }

    [Fact]
    public void A_public_type_has_a_file_of_its_own_name()
    {
        // A type split by concern lives in Name.cs and Name.Concern.cs.
        var misplaced = Source.CSharpFiles("src")
            .SelectMany(file => PublicType().Matches(File.ReadAllText(file)).Select(match => (File: Source.Relative(file), Type: match.Groups["name"].Value)))
            .Where(type => Path.GetFileName(type.File).Split('.')[0] != type.Type);

        Assert.Empty(misplaced);
    }

    [Fact]
    public void Namespaces_are_the_project_s_own()
    {
        var foreign = Source.CSharpFiles("src")
            .Select(file => (File: Source.Relative(file), Namespace: Namespace().Match(File.ReadAllText(file))))
            .Where(file => file.Namespace.Success)
            .Where(file => !$"{file.Namespace.Groups["name"].Value}.".StartsWith($"{file.File.Split('/')[1]}.", StringComparison.Ordinal));

        Assert.Empty(foreign.Select(file => file.File));
    }

    [GeneratedRegex(@"\[(LibraryImport|DllImport)\b|\bextern\s")]
    private static partial Regex NativeImport();

    [GeneratedRegex(@"^public\s+(?:(?:static|sealed|abstract|partial|readonly|ref|unsafe|new)\s+)*(?:class|struct|interface|enum|record(?:\s+(?:class|struct))?|delegate\s+\S+)\s+(?<name>\w+)", RegexOptions.Multiline)]
    private static partial Regex PublicType();

    [GeneratedRegex(@"^namespace\s+(?<name>[\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Namespace();
}
