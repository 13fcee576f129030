using System.Diagnostics;
using ContainerChaos.Runtime;
using Xunit;

namespace ContainerChaos.Engine.Tests;

/// <summary>Push and pull against Debian's docker-registry. No packet leaves the machine.</summary>
public sealed class RegistryTests : EngineTest
{
    private const string Needed = "docker-registry";

    [ToolFact(Needed)]
    public void What_is_pushed_is_pulled_as_the_same_image_and_nothing_twice()
    {
        using var registry = new Registry(Root["registry"]);
        var reference = $"{registry.Host}/team/app:1";
        var image = Make(reference);

        var digest = Engine.Images.Push(reference);
        var steps = new List<TransferProgress>();
        Engine.Images.Push(reference, new RegistryOptions { Progress = progress => Add(steps, progress) });
        Assert.All(steps, step => Assert.Equal(TransferStep.Present, step.Step));
        Engine.Images.Remove(reference);
        steps.Clear();
        var pulled = Engine.Images.Pull(reference, new RegistryOptions { Progress = progress => Add(steps, progress) });

        Assert.StartsWith("sha256:", digest, StringComparison.Ordinal);
        Assert.Equal((image.Id, reference), (pulled.Id, pulled.Reference));
        Assert.Equal(image.Layers, pulled.Layers);
        Assert.Equal(3, steps.Count(step => step.Step == TransferStep.Done));
        steps.Clear();
        Engine.Images.Pull(reference, new RegistryOptions { Progress = progress => Add(steps, progress) });
        Assert.Equal(2, steps.Count(step => step.Step == TransferStep.Present));
        Assert.Empty(Directory.GetFiles(Path.Combine(Root.DataRoot, "images/downloads")));
        var events = Engine.ReadEvents(new ContainerEventOptions { Since = DateTimeOffset.MinValue, Until = DateTimeOffset.UtcNow, Filter = e => e.Name == reference && e.Type is "push" or "pull" }).ToList();
        Assert.Equal(["push", "push", "pull", "pull"], events.Select(e => e.Type));
        Assert.All(events, e => Assert.Equal(("image", image.Id), (e.ObjectType, e.ObjectId)));
    }

    [ToolFact(Needed)]
    public void A_blob_that_is_interrupted_goes_on_where_it_stopped()
    {
        using var registry = new Registry(Root["registry"]);
        var (direct, size) = ($"{registry.Host}/app:1", 3_000_000);
        Make(direct, size);
        Engine.Images.Push(direct);
        using var proxy = new CuttingProxy(registry.Port, bytes: 1_000_000, cuts: 2);
        Engine.Images.Remove(direct);

        var pulled = Engine.Images.Pull($"127.0.0.1:{proxy.Port}/app:1");

        Assert.True(proxy.Cuts <= 0);
        // Begun anew each time it would be more than once and a half.
        Assert.InRange(proxy.Passed, size, size * 1.5);
        Assert.Equal(2, pulled.Layers.Count);
    }

    [ToolFact(Needed)]
    public void A_pull_that_was_given_up_is_continued_by_the_next()
    {
        using var registry = new Registry(Root["registry"]);
        var direct = $"{registry.Host}/app:1";
        Make(direct, 3_000_000);
        Engine.Images.Push(direct);
        Engine.Images.Remove(direct);
        using var stop = new CancellationTokenSource();

        Assert.ThrowsAny<OperationCanceledException>(() => Engine.Images.Pull(direct, new RegistryOptions
        {
            Progress = progress =>
            {
                if (progress is { Step: TransferStep.Downloading, Bytes: > 1_000_000 })
                    stop.Cancel();
            },
        }, stop.Token));
        var kept = Directory.GetFiles(Path.Combine(Root.DataRoot, "images/downloads")).Sum(file => new FileInfo(file).Length);
        var first = long.MaxValue;
        new ContainerEngine(Options).Images.Pull(direct, new RegistryOptions
        {
            Progress = progress =>
            {
                if (progress is { Step: TransferStep.Downloading, Total: > 1_000_000 })
                    first = Math.Min(first, progress.Bytes);
            },
        });

        Assert.True(kept > 1_000_000);
        Assert.True(first > 1_000_000);
    }

    [ToolFact(Needed)]
    public void A_damaged_blob_is_an_error_with_both_digests_and_is_not_kept()
    {
        using var registry = new Registry(Root["registry"]);
        var reference = $"{registry.Host}/app:1";
        Make(reference, 100_000);
        Engine.Images.Push(reference);
        Engine.Images.Remove(reference);
        var blob = Directory.GetFiles(registry.Storage, "data", SearchOption.AllDirectories).MaxBy(file => new FileInfo(file).Length)!;
        var content = File.ReadAllBytes(blob);
        content[^100] ^= 1;
        File.WriteAllBytes(blob, content);

        var error = Fails(ErrorReason.InvalidImage, () => Engine.Images.Pull(reference));

        Assert.Contains(Path.GetFileName(Path.GetDirectoryName(blob)!), error.Message, StringComparison.Ordinal);
        Assert.Contains(ContentDigest.Of(content), error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Directory.GetFiles(Path.Combine(Root.DataRoot, "images/downloads")), file => new FileInfo(file).Length == content.Length);
        Assert.Empty(Engine.Images.ListReferences(registry.Host));
    }

    [ToolFact(Needed)]
    public void A_registry_that_wants_a_password_gets_it_and_a_wrong_one_is_refused()
    {
        // bcrypt of 'secret'.
        File.WriteAllText(Root["htpasswd"], "me:$2y$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a\n");
        using var registry = new Registry(Root["registry"], new Dictionary<string, string> { ["REGISTRY_AUTH"] = "htpasswd", ["REGISTRY_AUTH_HTPASSWD_REALM"] = "test", ["REGISTRY_AUTH_HTPASSWD_PATH"] = Root["htpasswd"] });
        var reference = $"{registry.Host}/app:1";
        Make(reference);

        Fails(ErrorReason.PermissionDenied, () => Engine.Images.Push(reference));
        Fails(ErrorReason.PermissionDenied, () => Engine.Images.Push(reference, new RegistryOptions { User = "me", Password = "wrong" }));
        var mine = new RegistryOptions { User = "me", Password = "secret" };
        Engine.Images.Push(reference, mine);
        Assert.Equal(reference, Engine.Images.Pull(reference, mine).Reference);
    }

    [ToolFact(Needed)]
    public void An_upload_that_is_interrupted_and_given_up_by_the_registry_begins_anew()
    {
        using var registry = new Registry(Root["registry"]);
        const int size = 3_000_000;
        using var proxy = new CuttingProxy(registry.Port, bytes: 1_000_000, cuts: 2, cutsRequests: true);
        var reference = $"127.0.0.1:{proxy.Port}/app:1";
        var image = Make(reference, size);

        Engine.Images.Push(reference);

        Assert.True(proxy.Cuts <= 0);
        // This registry gives up what stopped in the middle of a request, so that each cut costs what had been sent until then, and no more.
        Assert.InRange(proxy.Passed, size, size + (2 * 1_100_000));
        Engine.Images.Remove(reference);
        Assert.Equal(image.Id, Engine.Images.Pull($"{registry.Host}/app:1").Id);
    }

    [Fact]
    public void An_upload_that_is_interrupted_goes_on_where_the_registry_says_that_it_stopped()
    {
        using var registry = new ResumingRegistry();
        const int size = 3_000_000;
        using var proxy = new CuttingProxy(registry.Port, bytes: 1_000_000, cuts: 2, cutsRequests: true);
        var reference = $"127.0.0.1:{proxy.Port}/app:1";
        Make(reference, size);

        Engine.Images.Push(reference);

        Assert.True(proxy.Cuts <= 0);
        Assert.Equal(2, registry.Resumed.Count);
        Assert.All(registry.Resumed, first => Assert.InRange(first, 500_000, size));
        Assert.InRange(proxy.Passed, size, size * 1.5);
        Assert.Equal(3, registry.Blobs.Count);
        Assert.NotNull(registry.Manifest);
    }

    [ToolFact(Needed)]
    public void A_registry_that_wants_tokens_gets_one_for_what_is_done()
    {
        using var tokens = new TokenServer(Root.Directory);
        using var registry = new Registry(Root["registry"], tokens.Settings);
        var reference = $"{registry.Host}/team/app:1";
        var image = Make(reference);

        Engine.Images.Push(reference, new RegistryOptions { User = "me", Password = "secret" });
        // The one for the look at what is there does not do for the rest, and is replaced in the middle of it.
        // In which order the registry names the actions is its own business.
        Assert.Equal(["me repository:team/app:pull", "me repository:team/app:pull,push"], tokens.Asked.Select(asked => asked.Replace("push,pull", "pull,push", StringComparison.Ordinal)).Distinct());
        Assert.DoesNotContain(tokens.Asked, asked => !asked.StartsWith("me ", StringComparison.Ordinal));
        Engine.Images.Remove(reference);
        tokens.Asked.Clear();
        Assert.Equal(image.Id, Engine.Images.Pull(reference).Id);

        // One for all layers, of nobody in particular.
        Assert.Equal("anybody repository:team/app:pull", Assert.Single(tokens.Asked.Distinct()));
        Fails(ErrorReason.PermissionDenied, () => Engine.Images.Push(Tag(reference, $"{registry.Host}/team/app:2")));
        Fails(ErrorReason.PermissionDenied, () => Engine.Images.Pull(reference, new RegistryOptions { User = "me", Password = "wrong" }));
    }

    [ToolFact(Needed, "openssl")]
    public void A_certificate_is_trusted_only_when_its_authority_is_given()
    {
        using (var openssl = Process.Start(new ProcessStartInfo("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", Root["key.pem"], "-out", Root["cert.pem"]]) { RedirectStandardError = true })!)
            openssl.WaitForExit();
        using var registry = new Registry(Root["registry"], new Dictionary<string, string> { ["REGISTRY_HTTP_TLS_CERTIFICATE"] = Root["cert.pem"], ["REGISTRY_HTTP_TLS_KEY"] = Root["key.pem"] });
        var reference = $"{registry.Host}/app:1";
        Make(reference);

        Assert.Throws<ContainerException>(() => Engine.Images.Push(reference));
        var trusting = new RegistryOptions { CertificatePath = Root["cert.pem"] };
        Engine.Images.Push(reference, trusting);
        Assert.Equal(reference, Engine.Images.Pull(reference, trusting).Reference);
    }

    [ToolFact(Needed)]
    public void What_is_not_there_is_named()
    {
        using var registry = new Registry(Root["registry"]);
        var error = Fails(ErrorReason.ImageNotFound, () => Engine.Images.Pull($"{registry.Host}/nowhere:2"));
        Assert.Contains("MANIFEST_UNKNOWN", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_registry_that_is_not_there_is_named()
    {
        var host = $"127.0.0.1:{Registry.FreePort()}";
        var error = Fails(ErrorReason.RegistryError, () => Engine.Images.Pull($"{host}/app:1"));
        Assert.Contains(host, error.Message, StringComparison.Ordinal);
    }

    private static void Add(List<TransferProgress> steps, TransferProgress progress)
    {
        lock (steps)
        {
            if (progress.Step is TransferStep.Done or TransferStep.Present)
                steps.Add(progress);
        }
    }

    private string Tag(string reference, string name)
    {
        Engine.Images.Tag(reference, name);
        return name;
    }

    private Image Make(string reference, int size = 1000)
    {
        var random = new byte[size];
        new Random(size).NextBytes(random);
        var builder = new ArchiveBuilder(Root.Directory);
        builder.Files["index.json"] = ArchiveBuilder.Index(builder.Manifest([ArchiveBuilder.Layer(("a", "a")), ArchiveBuilder.Layer(("b", Convert.ToBase64String(random)))]));
        return Engine.Images.Import(builder.Tar("made.tar"), reference);
    }
}
