using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ContainerChaos.Runtime.Tests;

/// <summary>config.json in and out: the whole object model, and what a document that doesn't fit is answered with.</summary>
public sealed class SpecJsonTests : IDisposable
{
    private readonly string _file = Path.Combine(Path.GetTempPath(), $"config-{Guid.NewGuid():n}.json");

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void Every_property_of_the_specification_is_read_and_written_again()
    {
        var document = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Spec", "complete.json"));
        var written = JsonSerializer.SerializeToNode(Read(document), RuntimeSpecJson.Default.RuntimeSpec);
        Assert.Equal("", Difference("", JsonNode.Parse(document), written));
    }

    [Theory]
    [InlineData("complete.json")]
    [InlineData("Corpus/docker.json")]
    [InlineData("Corpus/rootless.json")]
    [InlineData("Corpus/tuned.json")]
    public void The_reader_reads_what_the_serializer_would(string file)
    {
        var document = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Spec", file));
        var serializer = JsonSerializer.Deserialize(document, RuntimeSpecJson.Default.RuntimeSpec)!;
        Assert.Equal(JsonSerializer.Serialize(serializer, RuntimeSpecJson.Default.RuntimeSpec), JsonSerializer.Serialize(Read(document), RuntimeSpecJson.Default.RuntimeSpec));
    }

    [Fact]
    public void The_complete_document_has_every_property_of_the_object_model()
    {
        var document = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Spec", "complete.json"));
        var missing = new SortedSet<string>(StringComparer.Ordinal);
        var seen = new HashSet<Type>();
        Visit(typeof(RuntimeSpec));
        Assert.Empty(missing);

        void Visit(Type type)
        {
            type = type.GenericTypeArguments is [.., var element] ? element : type;
            if (!type.Name.EndsWith("Spec", StringComparison.Ordinal) || !seen.Add(type))
                return;
            foreach (var property in RuntimeSpecJson.Default.GetTypeInfo(type)!.Properties)
            {
                if (!document.Contains($"\"{property.Name}\":", StringComparison.Ordinal))
                    missing.Add($"{type.Name}.{property.Name}");
                Visit(property.PropertyType);
            }
        }
    }

    [Fact]
    public void Properties_that_are_not_in_the_specification_are_ignored()
    {
        var spec = Read("""{"ociVersion":"1.0.0","windows":{"layerFolders":[1]},"process":{"args":["a"],"cwd":"/","commandLine":7,"x":[null]},"X":{"y":[]}}""");
        Assert.Equal(("1.0.0", "a"), (spec.OciVersion, spec.Process!.Args.Single()));
    }

    [Fact]
    public void Null_is_as_good_as_absent()
    {
        var spec = Read("""{"ociVersion":null,"process":{"user":null,"args":null,"env":null,"cwd":null,"rlimits":null},"mounts":null,"hooks":{"prestart":null},"linux":{"namespaces":null,"sysctl":null,"seccomp":null}}""");
        Assert.Equal("", spec.OciVersion);
        Assert.Empty(spec.Mounts);
        Assert.Empty(spec.Process!.Args);
        Assert.Equal(0u, spec.Process.User.Uid);
        Assert.Empty(spec.Hooks!.Prestart);
        Assert.Empty(spec.Linux!.Namespaces);
    }

    [Theory]
    [InlineData("""{"process":{"user":{"uid":-1}}}""", "process.user.uid: a whole number from 0 to 4294967295 is expected there (line 1).")]
    [InlineData("""{"process":{"user":{"uid":4294967296}}}""", "process.user.uid: a whole number from 0 to 4294967295")]
    [InlineData("""{"process":{"user":{"uid":"root"}}}""", "process.user.uid: a whole number")]
    [InlineData("""{"process":{"user":{"umask":1.5}}}""", "process.user.umask: a whole number")]
    [InlineData("""{"process":{"user":{"additionalGids":[1,"x"]}}}""", "process.user.additionalGids[1]: a whole number from 0 to 4294967295")]
    [InlineData("""{"process":{"args":"sh"}}""", "process.args: a list is expected")]
    [InlineData("""{"process":{"args":["sh",7]}}""", "process.args[1]: a string is expected")]
    [InlineData("""{"process":{"terminal":"yes"}}""", "process.terminal: true or false is expected")]
    [InlineData("""{"process":[]}""", "process: an object is expected")]
    [InlineData("""{"process":{"oomScoreAdj":3000000000}}""", "process.oomScoreAdj: a whole number from -2147483648 to 2147483647")]
    [InlineData("""{"linux":{"resources":{"memory":{"limit":"1G"}}}}""", "linux.resources.memory.limit: a whole number of 64 bits")]
    [InlineData("""{"linux":{"resources":{"blockIO":{"weight":70000}}}}""", "linux.resources.blockIO.weight: a whole number from 0 to 65535")]
    [InlineData("""{"linux":{"resources":{"cpu":{"shares":-1}}}}""", "linux.resources.cpu.shares: a whole number from 0 to 18446744073709551615")]
    [InlineData("""{"linux":{"resources":{"rdma":{"mlx5_1":{"hcaHandles":-1}}}}}""", "linux.resources.rdma.mlx5_1.hcaHandles: a whole number")]
    [InlineData("""{"linux":{"sysctl":{"net.core.somaxconn":1}}}""", "linux.sysctl.net.core.somaxconn: a string is expected")]
    [InlineData("""{"linux":{"namespaces":[{"type":"pid"},{"type":7}]}}""", "linux.namespaces[1].type: a string is expected")]
    [InlineData("""{"linux":{"seccomp":{"syscalls":[{"args":[{"index":"0"}]}]}}}""", "linux.seccomp.syscalls[0].args[0].index: a whole number")]
    [InlineData("""{"annotations":{"a.b":{}}}""", "annotations.a.b: a string is expected")]
    [InlineData("[]", "the document: an object is expected")]
    [InlineData("null", "the document: an object is expected")]
    [InlineData("7", "the document: an object is expected")]
    public void A_value_of_the_wrong_kind_is_named_by_its_path(string document, string message)
    {
        var error = Assert.Throws<ContainerException>(() => Read(document));
        Assert.Equal((ErrorReason.InvalidArgument, _file), (error.Reason, error.Target));
        Assert.StartsWith($"{_file}: {message}", error.Message);
    }

    [Theory]
    [InlineData("", "it is empty or ends too early at line 1, byte 1")]
    [InlineData("{", "it is empty or ends too early at line 1")]
    [InlineData("{\n  \"process\": {\n", "it is empty or ends too early at line 3")]
    [InlineData("{\n\"ociVersion\": \"1.0.0\",\n}", "a syntax error at line 3, byte 1")]
    [InlineData("{'a':1}", "a syntax error at line 1, byte 2")]
    [InlineData("{} {}", "a syntax error at line 1")]
    [InlineData("{\"ociVersion\":\"\\ud800\"}", "a string is not valid Unicode at byte 15")]
    public void A_document_that_is_not_JSON_is_answered_with_the_place(string document, string message)
    {
        var error = Assert.Throws<ContainerException>(() => Read(document));
        Assert.Equal(ErrorReason.InvalidArgument, error.Reason);
        Assert.StartsWith($"{_file}: not JSON: {message}", error.Message);
    }

    [Fact]
    public void Bytes_that_are_no_text_are_an_error()
    {
        foreach (var bytes in new byte[][] { [0], [0xff, 0xfe], [.. "{\"hostname\":\""u8, 0xff, .. "\"}"u8] })
        {
            File.WriteAllBytes(_file, bytes);
            Assert.Contains("not JSON", Assert.Throws<ContainerException>(() => RuntimeSpecJson.Read(_file)).Message);
        }
    }

    [Fact]
    public void A_document_nested_too_deeply_is_an_error()
    {
        var error = Assert.Throws<ContainerException>(() => Read(string.Concat(Enumerable.Repeat("{\"a\":", 100_000))));
        Assert.Contains("not JSON", error.Message);
    }

    [Fact]
    public void A_file_that_is_missing_or_a_directory_is_an_error()
    {
        Assert.Contains("no such file or directory", Assert.Throws<ContainerException>(() => RuntimeSpecJson.Read(_file)).Message);
        Assert.Throws<ContainerException>(() => RuntimeSpecJson.Read(Path.GetTempPath()));
    }

    private RuntimeSpec Read(string document)
    {
        File.WriteAllText(_file, document, new UTF8Encoding(false));
        return RuntimeSpecJson.Read(_file);
    }

    /// <summary>The first value of the document that was lost or changed; lists that it leaves out may be written empty.</summary>
    private static string Difference(string path, JsonNode? expected, JsonNode? actual) => (expected, actual) switch
    {
        (JsonObject e, JsonObject a) => e.Select(p => Difference($"{path}.{p.Key}", p.Value, a[p.Key])).FirstOrDefault(d => d.Length > 0) ?? "",
        (JsonArray e, JsonArray a) when e.Count == a.Count => e.Zip(a).Select((p, i) => Difference($"{path}[{i}]", p.First, p.Second)).FirstOrDefault(d => d.Length > 0) ?? "",
        _ => JsonNode.DeepEquals(expected, actual) ? "" : $"{path}: {expected?.ToJsonString()} became {actual?.ToJsonString()}",
    };
}
