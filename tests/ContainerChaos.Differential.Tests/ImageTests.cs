using ContainerChaos.Engine;

namespace ContainerChaos.Differential.Tests;

/// <summary>Archives of images between our store and a real Docker: the same ids both ways, and what runs from them.</summary>
public sealed class ImageTests : IDisposable
{
    private readonly TestRoot _root = new();

    [DockerFact]
    public void Docker_loads_what_we_export_and_we_import_what_it_saves()
    {
        var images = new ContainerEngine(new EngineOptions { DataRoot = _root.DataRoot, RunRoot = _root.RunRoot, TargetPath = TestRoot.TargetPath, CcrunPath = TestRoot.CcrunPath }).Images;
        Images.Write(_root["made.tar"]);
        var made = images.ImportAll(_root["made.tar"]);
        // An image of two layers, the upper of which takes something away and puts something in.
        var tree = Directory.CreateDirectory(_root["tree/etc"]);
        File.WriteAllText(Path.Combine(tree.FullName, "only"), "x\n");
        var flat = images.Import(_root["tree"], "flat:1");
        images.Export([.. made.Select(image => image.Reference), flat.Reference], _root["ours.tar"]);
        using var docker = new DockerHost(_root["ours.tar"]);

        foreach (var image in made.Append(flat))
        {
            var loaded = docker.LookAtImage(image.Reference);
            Assert.Equal((image.Reference, image.Id), (image.Reference, (string)loaded["Id"]!));
            Assert.Equal(image.Layers, loaded["RootFS"]!["Layers"]!.AsArray().Select(layer => (string)layer!));
        }
        docker.SaveImages([.. made.Append(flat).Select(image => image.Reference)], _root["theirs.tar"]);
        var back = new ContainerEngine(new EngineOptions { DataRoot = _root["back"], RunRoot = _root.RunRoot, TargetPath = TestRoot.TargetPath, CcrunPath = TestRoot.CcrunPath }).Images.ImportAll(_root["theirs.tar"]);
        Assert.Equal(made.Append(flat).Select(image => (image.Reference, image.Id)).Order(), back.Select(image => (image.Reference, image.Id)).Order());
        Directory.Delete(_root["back"], recursive: true);

        var container = docker.Create(new ContainerRequest { Image = Images.Rich });
        docker.Start(container);
        docker.Wait(container);
        Assert.Contains("o arg:image-entry", docker.ReadLog(container));
        docker.Remove(container);
    }

    public void Dispose() => _root.Dispose();
}
