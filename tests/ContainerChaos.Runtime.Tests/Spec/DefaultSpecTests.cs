using System.Text.Json.Nodes;

namespace ContainerChaos.Runtime.Tests;

/// <summary>What <c>spec</c> writes and <c>features</c> says.</summary>
public sealed class DefaultSpecTests : IDisposable
{
    private readonly DirectoryInfo _bundle = Directory.CreateTempSubdirectory("spec-");

    public void Dispose() => _bundle.Delete(recursive: true);

    private string File => Path.Combine(_bundle.FullName, "config.json");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_written_specification_is_valid(bool rootless)
    {
        SpecCommand.Write(_bundle.FullName, rootless);
        var warnings = new List<string>();
        SpecValidation.Check(RuntimeSpecJson.Read(File), warnings.Add);
        Assert.Empty(warnings);
    }

    [Fact]
    public void It_spells_out_what_the_schema_requires_and_leaves_out_what_is_empty()
    {
        SpecCommand.Write(_bundle.FullName, rootless: false);
        var spec = JsonNode.Parse(System.IO.File.ReadAllText(File))!;
        Assert.Equal("1.3.0", (string?)spec["ociVersion"]);
        Assert.Equal("""{"uid":0,"gid":0}""", spec["process"]!["user"]!.ToJsonString());
        Assert.Equal("""["sh"]""", spec["process"]!["args"]!.ToJsonString());
        Assert.Equal("""{"destination":"/proc","type":"proc","source":"proc"}""", spec["mounts"]![0]!.ToJsonString());
        Assert.Equal("""{"devices":[{"allow":false,"access":"rwm"}]}""", spec["linux"]!["resources"]!.ToJsonString());
        Assert.DoesNotContain("[]", spec.ToJsonString());
        Assert.Contains("\n\t\"process\": {\n\t\t\"terminal\": true,", System.IO.File.ReadAllText(File));
    }

    [Fact]
    public void Rootless_is_in_a_user_namespace_and_asks_for_nothing_that_needs_root()
    {
        SpecCommand.Write(_bundle.FullName, rootless: true);
        var spec = RuntimeSpecJson.Read(File);
        var types = spec.Linux!.Namespaces.Select(n => n.Type).ToArray();
        Assert.Contains("user", types);
        Assert.DoesNotContain("network", types);
        Assert.Null(spec.Linux.Resources);
        Assert.Equal((0u, 1u), (spec.Linux.UidMappings.Single().ContainerID, spec.Linux.GidMappings.Single().Size));
        Assert.DoesNotContain(spec.Mounts.SelectMany(m => m.Options), o => o.StartsWith("gid=", StringComparison.Ordinal));
        Assert.Equal("/sys", spec.Mounts.Single(m => m.Destination == "/sys").Source);
    }

    [Fact]
    public void A_file_that_exists_stays()
    {
        System.IO.File.WriteAllText(File, "mine");
        var error = Assert.Throws<ContainerException>(() => SpecCommand.Write(_bundle.FullName, rootless: false));
        Assert.Contains("config.json exists", error.Message);
        Assert.Equal("mine", System.IO.File.ReadAllText(File));
        Assert.Throws<ContainerException>(() => SpecCommand.Write(_bundle.FullName + "/missing", rootless: false));
    }

    [Fact]
    public void The_features_are_what_validation_accepts()
    {
        var features = JsonNode.Parse(RuntimeFeatures.Serialize("1.2.3"))!;
        Assert.Equal(("1.0.0", "1.3.0"), ((string?)features["ociVersionMin"], (string?)features["ociVersionMax"]));
        Assert.Equal(6, features["hooks"]!.AsArray().Count);
        var linux = features["linux"]!;
        Assert.Equal(8, linux["namespaces"]!.AsArray().Count);
        Assert.Contains("CAP_CHECKPOINT_RESTORE", linux["capabilities"]!.AsArray().Select(c => (string?)c));
        foreach (var list in new[] { "actions", "operators", "archs", "knownFlags" })
            Assert.NotEmpty(linux["seccomp"]![list]!.AsArray());
        foreach (var (name, enabled) in new[] { ("apparmor", true), ("selinux", true), ("intelRdt", false), ("netDevices", true) })
            Assert.Equal(enabled, (bool)linux[name]!["enabled"]!);
        Assert.True((bool)linux["mountExtensions"]!["idmap"]!["enabled"]!);
        Assert.Equal((7, 3), (linux["memoryPolicy"]!["modes"]!.AsArray().Count, linux["memoryPolicy"]!["flags"]!.AsArray().Count));
        Assert.Equal("1.2.3", (string?)features["annotations"]!["io.containerchaos.ccrun.version"]);
    }
}
