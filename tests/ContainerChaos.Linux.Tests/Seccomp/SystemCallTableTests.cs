using System.Text.RegularExpressions;

namespace ContainerChaos.Linux.Tests;

/// <summary>The generated table says what the kernel's own headers say, as far as these go.</summary>
public sealed partial class SystemCallTableTests
{
    private const string Headers = "/usr/include/x86_64-linux-gnu/asm";

    [Theory]
    [InlineData(SeccompArchitecture.X86_64, Headers + "/unistd_64.h")]
    [InlineData(SeccompArchitecture.X86, Headers + "/unistd_32.h")]
    [InlineData(SeccompArchitecture.X32, Headers + "/unistd_x32.h")]
    [InlineData(SeccompArchitecture.AArch64, "/usr/include/asm-generic/unistd.h")]
    public void Every_number_of_the_kernel_s_headers_is_in_the_table(SeccompArchitecture architecture, string header)
    {
        if (!File.Exists(header))
            return; // A machine without the kernel's headers; another one checks.
        var text = File.ReadAllText(header);
        var checkedNames = 0;
        foreach (Match match in Definition().Matches(text))
        {
            var name = match.Groups["name"].Value;
            if (architecture == SeccompArchitecture.AArch64 && IsForeign(text, name, int.Parse(match.Groups["number"].Value)))
                continue;
            var number = uint.Parse(match.Groups["number"].Value) | (architecture == SeccompArchitecture.X32 ? 0x4000_0000u : 0);
            Assert.True(SystemCallTable.TryFind(name, architecture, out var found), $"{name} is not in the table.");
            Assert.Equal((name, number), (name, found));
            checkedNames++;
        }
        Assert.True(checkedNames > 250, $"Only {checkedNames} calls were checked.");
    }

    [Fact]
    public void The_names_are_sorted_and_each_is_found()
    {
        var names = SystemCallTable.Names.ToArray();
        Assert.Equal(names.Order(StringComparer.Ordinal), names);
        Assert.Equal(names.Distinct(), names);
        foreach (var name in names)
            Assert.Contains(Enum.GetValues<SeccompArchitecture>(), architecture => SystemCallTable.TryFind(name, architecture, out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData("not_a_call")]
    [InlineData("reads")]
    [InlineData("rea")]
    [InlineData("Read")]
    [InlineData("zzz")]
    [InlineData("_")]
    [InlineData("read 0")]
    [InlineData("\u0000")]
    [InlineData("réad")]
    public void A_name_that_is_no_call_is_not_found(string name) =>
        Assert.All(Enum.GetValues<SeccompArchitecture>(), architecture => Assert.False(SystemCallTable.TryFind(name, architecture, out _)));

    [Fact]
    public void No_two_calls_of_an_architecture_share_a_number()
    {
        foreach (var architecture in Enum.GetValues<SeccompArchitecture>())
        {
            var numbers = SystemCallTable.Names.Where(name => SystemCallTable.TryFind(name, architecture, out _)).Select(name =>
            {
                SystemCallTable.TryFind(name, architecture, out var number);
                return number;
            }).ToArray();
            Assert.Equal(numbers.Distinct().Count(), numbers.Length);
        }
    }

    // asm-generic serves many architectures: numbers that stand for a name only, the 64-bit times of 32-bit ones, and one other order of arguments.
    private static bool IsForeign(string text, string name, int number) =>
        number is >= 403 and <= 423 || name == "sync_file_range2" || !new[] { "SYSCALL", "SC_COMP", "SC_WRAP" }.Any(macro => text.Contains($"__{macro}(__NR_{name},", StringComparison.Ordinal));

    [GeneratedRegex(@"^#define __NR_(?<name>\w+)\s+\(?(?:__X32_SYSCALL_BIT \+ )?(?<number>\d+)\)?\s*$", RegexOptions.Multiline)]
    private static partial Regex Definition();
}
