using ContainerChaos.Linux;
using ContainerChaos.Supervisor;
using Xunit;

namespace ContainerChaos.Engine.Tests;

/// <summary>Something that changes a store in several steps, and what must hold of the store whichever step it died at.</summary>
/// <param name="Name">The name of its data root.</param>
/// <param name="Prepare">Makes what is there before.</param>
/// <param name="Act">What dies; it can be done again after.</param>
/// <param name="Check">What holds of what the dead process left.</param>
internal sealed record CrashScenario(string Name, Action<ContainerEngine, string> Prepare, Action<ContainerEngine, string> Act, Action<ContainerEngine, string> Check)
{
    public static IReadOnlyList<CrashScenario> All { get; } =
    [
        new("create", Kept, (engine, _) => Create(engine, "new", "data:/data", "/anonymous"), (engine, _) =>
        {
            var names = engine.List().Select(container => container.Name).ToList();
            Assert.Contains("kept", names);
            if (names.Contains("new"))
                engine.Remove("new", new ContainerRemoveOptions { Volumes = true });
            Assert.Contains("data", engine.ListVolumes().Select(volume => volume.Name));
        }),
        new("remove", (engine, root) =>
        {
            Kept(engine, root);
            Create(engine, "gone", "data:/data");
        }, (engine, _) => engine.Remove("gone"), (engine, _) =>
        {
            Assert.Contains("kept", engine.List().Select(container => container.Name));
            if (engine.List().All(container => container.Name != "gone"))
            {
                Assert.False(File.Exists(Path.Combine(engine.Options.DataRoot, "names", "gone")), "its name");
                Assert.DoesNotContain(Directory.EnumerateDirectories(engine.Options.RunRoot), path => Path.GetFileName(path).Length == 64);
                Create(engine, "gone");
            }
        }),
        new("volume", Kept, (engine, _) => engine.CreateVolume(new VolumeCreateOptions { Name = "new", Labels = new Dictionary<string, string> { ["a"] = "b" } }), (engine, _) =>
            Assert.All(engine.ListVolumes(), volume => Assert.True(volume.Warning is null && volume.Name is "data" or "new" && (volume.Name != "new" || volume.Labels["a"] == "b")))),
        new("volume-remove", (engine, root) =>
        {
            Kept(engine, root);
            engine.CreateVolume(new VolumeCreateOptions { Name = "gone" });
        }, (engine, _) => engine.RemoveVolume("gone"), (engine, _) =>
        {
            Assert.Contains("data", engine.ListVolumes().Select(volume => volume.Name));
            engine.CreateVolume(new VolumeCreateOptions { Name = "gone" });
        }),
        new("copy-up", (engine, root) =>
        {
            Kept(engine, root);
            MakeContent(Path.Combine(root, "content"));
        }, CopyUp, (engine, root) =>
        {
            var volume = new VolumeFiles(Path.GetDirectoryName(engine.GetVolume("data").Mountpoint)!);
            // What each start does first.
            volume.EndCopy();
            Assert.True(Directory.GetFileSystemEntries(volume.Data).Length is 0 or 3, "A part of the content is seen.");
        }),
        new("network", Kept, (engine, _) => engine.CreateNetwork(new NetworkCreateOptions { Name = "new", Subnets = ["10.213.0.0/24"] }), (engine, _) =>
        {
            foreach (var network in engine.ListNetworks().Where(network => network.Name == "new" || network.Warning is not null))
            {
                Assert.Null(network.Warning);
                engine.RemoveNetwork(network.Id);
            }
        }),
        new("network-remove", (engine, root) =>
        {
            Kept(engine, root);
            engine.CreateNetwork(new NetworkCreateOptions { Name = "gone", Subnets = ["10.214.0.0/24"] });
        }, (engine, _) => engine.RemoveNetwork("gone"), (engine, _) =>
        {
            if (engine.ListNetworks().All(network => network.Name != "gone"))
                engine.CreateNetwork(new NetworkCreateOptions { Name = "gone", Subnets = ["10.214.0.0/24"] });
        }),
        new("commit", Kept, (engine, _) => engine.Save("kept", "saved:1"), (engine, _) => AssertWhole(engine)),
        new("tag", Kept, (engine, _) => engine.Images.Tag("base:1", "tagged:1"), (engine, _) => AssertWhole(engine)),
        new("image-remove", (engine, root) =>
        {
            Kept(engine, root);
            engine.Save("kept", "gone:1");
        }, (engine, _) => engine.Images.Remove("gone:1"), (engine, _) =>
        {
            AssertWhole(engine);
            if (engine.Images.List().All(image => image.Reference != "gone:1"))
                engine.Save("kept", "gone:1");
        }),
    ];

    public static ContainerEngine Open(string root) =>
        new(new EngineOptions { DataRoot = Path.Combine(root, "data"), RunRoot = Path.Combine(root, "run"), CcrunPath = Testing.TestRoot.CcrunPath, TargetPath = Path.Combine(root, "none"), DefaultNetwork = "none" });

    private static void Kept(ContainerEngine engine, string root)
    {
        MakeContent(Path.Combine(root, "tree"));
        engine.Images.Import(Path.Combine(root, "tree"), "base:1");
        var kept = Create(engine, "kept", "data:/data");
        File.WriteAllText(Path.Combine(kept.RootPath, "upper/written"), "written");
    }

    private static Container Create(ContainerEngine engine, string name, params string[] volumes) =>
        engine.Create(new ContainerCreateOptions { Name = name, Image = "base:1", Command = ["/none"], Volumes = volumes });

    private static void MakeContent(string path)
    {
        foreach (var name in new[] { "one", "two", "three" })
        {
            Directory.CreateDirectory(Path.Combine(path, name));
            File.WriteAllText(Path.Combine(path, name, "file"), name);
        }
    }

    private static void CopyUp(ContainerEngine engine, string root)
    {
        using var content = FileDescriptor.Open(Path.Combine(root, "content"), OpenFlags.O_PATH | OpenFlags.O_DIRECTORY);
        var volume = new VolumeFiles(Path.GetDirectoryName(engine.GetVolume("data").Mountpoint)!);
        volume.CopyUp(content, "/data");
        Assert.Equal("two", File.ReadAllText(Path.Combine(volume.Data, "two/file")));
    }

    private static void AssertWhole(ContainerEngine engine)
    {
        Assert.Empty(engine.Images.ListDamaged());
        Assert.Contains("base:1", engine.Images.List().Select(image => image.Reference));
        var archive = Path.Combine(engine.Options.DataRoot, "..", "out.tar");
        // Every byte of every layer is read for this.
        engine.Images.Export([.. engine.Images.List().Select(image => image.Reference)], archive);
    }
}
