using System.Text.RegularExpressions;

namespace ContainerChaos.Differential.Tests;

/// <summary>
/// The same scenes on our engine, on a dockerd and on a podman of Debian's, on the same kernel. What is seen must be the same, or be
/// listed in docs/differences.md; what is listed must differ.
/// </summary>
public sealed partial class DifferentialTests(Comparison comparison) : IClassFixture<Comparison>
{
    public static TheoryData<string, string> WithDocker => Cases((scene, _) => scene.WithoutDocker is null);

    // podman has events of its own making.
    public static TheoryData<string, string> WithPodman => Cases((scene, fact) => scene.WithoutPodman is null && fact != "events");

    public static TheoryData<string, string> WithPowerShell => Cases((scene, _) => AllScenes.ThroughPowerShell.Contains(scene));

    [DockerTheory, MemberData(nameof(WithDocker))]
    public void As_docker_does(string scene, string fact) => Compare(scene, fact, "docker");

    [PodmanTheory, MemberData(nameof(WithPodman))]
    public void As_podman_does(string scene, string fact) => Compare(scene, fact, "podman", WithoutKinds);

    /// <summary>What the module does is what the library does, which is compared with the others.</summary>
    [PowerShellTheory, MemberData(nameof(WithPowerShell))]
    public void The_cmdlets_do_what_the_library_does(string scene, string fact) => Assert.Equal(comparison.Seen(scene, fact, "ours"), comparison.Seen(scene, fact, "pwsh"));

    [Fact]
    public void Every_listed_difference_is_a_case() =>
        Assert.Empty(Differences.Listed.Select(entry => entry.Case).Except(from scene in AllScenes.All from fact in scene.Facts select $"{scene.Name}/{fact}"));

    [Fact]
    public void No_engine_leaves_anything_behind() => Assert.Empty(comparison.Left);

    private void Compare(string scene, string fact, string engine, Func<string, string>? normalize = null)
    {
        string Seen(string name) => normalize is null ? comparison.Seen(scene, fact, name) : normalize(comparison.Seen(scene, fact, name));
        var (ours, theirs) = (Seen("ours"), Seen(engine));
        if (Differences.Listed.Contains(($"{scene}/{fact}", engine)))
            Assert.False(ours == theirs, $"docs/differences.md lists {scene}/{fact} of {engine}, but it does not differ: {ours}");
        else
            Assert.True(ours == theirs, $"ours:\n{ours}\n\n{engine}:\n{theirs}");
    }

    // podman's API answers "500" to nearly everything that it refuses, and knows no exit code of a container that was never started.
    private static string WithoutKinds(string text) => UnknownCode().Replace(Kind().Replace(text, "refused"), "created");

    [GeneratedRegex(@"\b(Invalid|NotFound|Conflict|Failed)\b")]
    private static partial Regex Kind();

    [GeneratedRegex(@"\bcreated \d+")]
    private static partial Regex UnknownCode();

    private static TheoryData<string, string> Cases(Func<Scene, string, bool> isWanted)
    {
        var cases = new TheoryData<string, string>();
        foreach (var (scene, fact) in AllScenes.Cases.Where(one => isWanted(one.Scene, one.Fact)))
            cases.Add(scene.Name, fact);
        return cases;
    }
}
