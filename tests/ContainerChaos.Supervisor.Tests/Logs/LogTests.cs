using System.Text;
using System.Text.Json;
using ContainerChaos.Runtime;

namespace ContainerChaos.Supervisor.Tests;

/// <summary>Docker's json-file log.</summary>
public sealed class LogTests : ContainerTest
{
    [Fact]
    public void A_line_is_an_object_with_log_stream_and_time()
    {
        var container = Create("seq", "echo", "to stdout", ";", "cat", "/missing");
        var before = DateTimeOffset.UtcNow.AddSeconds(-1);
        container.Run();
        foreach (var line in File.ReadAllLines(container.Paths.Log))
        {
            using var document = JsonDocument.Parse(line);
            Assert.Equal(["log", "stream", "time"], document.RootElement.EnumerateObject().Select(property => property.Name));
            Assert.InRange(document.RootElement.GetProperty("time").GetDateTimeOffset(), before, DateTimeOffset.UtcNow);
            Assert.EndsWith("Z", document.RootElement.GetProperty("time").GetString());
        }
        Assert.Contains(("to stdout\n", "stdout"), container.LogLines());
        Assert.Single(container.LogLines(), line => line.Stream == "stderr");
    }

    [Theory]
    [InlineData(16383)]
    [InlineData(16384)]
    [InlineData(16385)]
    [InlineData(40000)]
    [InlineData(300000)]
    public void A_long_line_is_logged_in_parts_of_16_K_and_only_the_last_ends_it(int length)
    {
        var text = string.Concat(Enumerable.Range(0, length).Select(i => (char)('a' + (i % 26))));
        var container = Print(Encoding.ASCII.GetBytes(text + "\n"));
        var parts = container.LogLines().Select(line => line.Log).ToArray();
        Assert.Equal(text + "\n", string.Concat(parts));
        Assert.All(parts, part => Assert.True(part.Length <= 16384));
        Assert.All(parts.SkipLast(1), part => Assert.False(part.EndsWith('\n')));
        Assert.EndsWith("\n", parts[^1]);
    }

    [Fact]
    public void What_has_no_newline_at_its_end_is_logged_as_it_is()
    {
        var container = Print("first\nlast"u8.ToArray());
        Assert.Equal(["first\n", "last"], container.LogLines().Select(line => line.Log));
    }

    [Fact]
    public void Bytes_that_are_no_UTF_8_are_replaced_and_the_line_stays_JSON()
    {
        var container = Print([(byte)'a', 0xFF, 0xC3, (byte)'b', (byte)'\n', 0xE2, 0x82, 0xAC, (byte)'\n']);
        Assert.Equal(["a\uFFFD\uFFFDb\n", "\u20AC\n"], container.LogLines().Select(line => line.Log));
    }

    [Fact]
    public void Control_characters_quotes_and_backslashes_survive()
    {
        var text = "tab\t quote\" backslash\\ escape\u001b[31m nul\0 cr\r <html>&\n";
        var container = Print(Encoding.UTF8.GetBytes(text));
        Assert.Equal([text], container.LogLines().Select(line => line.Log));
    }

    [Fact]
    public void Empty_lines_are_lines()
    {
        var container = Print("\n\nx\n"u8.ToArray());
        Assert.Equal(["\n", "\n", "x\n"], container.LogLines().Select(line => line.Log));
    }

    [Fact]
    public void A_file_that_has_its_size_is_rotated_and_only_so_many_are_kept()
    {
        var text = string.Concat(Enumerable.Range(0, 2000).Select(i => $"line {i:0000}\n"));
        var container = Print(Encoding.ASCII.GetBytes(text), new LogOptions(MaxSizeBytes: 16 * 1024, MaxFiles: 3));
        // log.2 is older than log.1, and that is older than log.
        var files = new[] { container.Paths.Log + ".2", container.Paths.Log + ".1", container.Paths.Log }.Where(File.Exists).ToArray();
        Assert.InRange(files.Length, 2, 3);
        Assert.False(File.Exists(container.Paths.Log + ".3"));
        // Whole lines only, and a newer file goes on where the older one ends.
        var numbers = files
            .SelectMany(File.ReadAllLines)
            .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("log").GetString()!)
            .Select(line => int.Parse(line[5..9])).ToArray();
        Assert.Equal(1999, numbers[^1]);
        Assert.Equal(Enumerable.Range(numbers[0], numbers.Length), numbers);
    }

    [Fact]
    public void One_file_is_kept_when_one_is_asked_for()
    {
        var container = Print(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 2000).Select(i => $"line {i:0000}\n"))), new LogOptions(16 * 1024, 1));
        Assert.True(Directory.GetFiles(container.Paths.ContainerDirectory, "*-json.log*").Length <= 1);
    }

    [Fact]
    public void Both_streams_of_a_chatty_container_are_complete()
    {
        var volume = Root["volume"];
        Directory.CreateDirectory(volume);
        var text = string.Concat(Enumerable.Range(0, 20_000).Select(i => $"line {i:00000}\n"));
        File.WriteAllText(Path.Combine(volume, "text"), text);
        var container = Create(["seq", "cat", "/data/text", "&", "cat", "/data/text", ";", "cat", "/data/text"], d => d with { Log = new LogOptions(0, 1) }, Bind(volume));
        container.Run();
        // The one in the background may be cut off by the end of PID 1.
        Assert.True(container.LogLines().Count() >= 40_000);
    }

    private TestContainer Print(byte[] content, LogOptions? options = null)
    {
        var volume = Root["volume"];
        Directory.CreateDirectory(volume);
        File.WriteAllBytes(Path.Combine(volume, "content"), content);
        var container = Create(["cat", "/data/content"], d => options is null ? d : d with { Log = options }, Bind(volume));
        Assert.Equal(0, container.Run().ExitCode);
        return container;
    }

    private static Func<RuntimeSpec, RuntimeSpec> Bind(string volume) =>
        spec => spec with { Mounts = [.. spec.Mounts, new MountSpec { Type = "bind", Source = volume, Destination = "/data", Options = ["rbind", "ro"] }] };
}
