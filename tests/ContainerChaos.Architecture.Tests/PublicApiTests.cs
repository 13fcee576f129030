using System.Reflection;
using Xunit;

namespace ContainerChaos.Architecture.Tests;

/// <summary>
/// The public surface of each library, kept as text so that a change of it shows in review.
/// <c>CONTAINERCHAOS_APPROVE_API=1</c> rewrites the files.
/// </summary>
public sealed class PublicApiTests
{
    public static TheoryData<string> Libraries =>
        ["ContainerChaos.Linux", "ContainerChaos.Runtime", "ContainerChaos.Supervisor", "ContainerChaos.Engine", "ContainerChaos.Scenarios"];

    [Theory]
    [MemberData(nameof(Libraries))]
    public void The_public_surface_is_the_approved_one(string library)
    {
        var approvedPath = Path.Combine(Source.Root, "tests", "ContainerChaos.Architecture.Tests", "PublicApi", $"{library}.txt");
        var actual = PublicApi.Describe(Assembly.Load(library)).ToArray();
        if (Environment.GetEnvironmentVariable("CONTAINERCHAOS_APPROVE_API") == "1")
        {
            File.WriteAllLines(approvedPath, actual);
        }

        var approved = File.Exists(approvedPath) ? File.ReadAllLines(approvedPath) : [];
        var added = actual.Except(approved).Select(line => $"+ {line}");
        var removed = approved.Except(actual).Select(line => $"- {line}");

        Assert.True(
            approved.SequenceEqual(actual),
            $"{library}'s public surface changed. If that is meant: CONTAINERCHAOS_APPROVE_API=1 dotnet test tests/ContainerChaos.Architecture.Tests\n"
            + string.Join('\n', removed.Concat(added)));
    }
}
