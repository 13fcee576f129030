using System.Text.Json;
using ContainerChaos.Testing;
using Xunit;

namespace ContainerChaos.Engine.Tests;

public sealed class LogReaderTests : IDisposable
{
    private readonly TestRoot _root = new();

    private string Log => _root["log"];

    public void Dispose() => _root.Dispose();

    [Fact]
    public void Rotated_files_are_read_oldest_first()
    {
        Write(Log + ".2", 0, 3);
        Write(Log + ".1", 3, 6);
        Write(Log, 6, 9);

        Assert.Equal(Enumerable.Range(0, 9).Select(i => $"line {i}"), Read(tail: null));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(100)]
    public void The_tail_is_counted_across_files(int tail)
    {
        Write(Log + ".2", 0, 3);
        Write(Log + ".1", 3, 6);
        Write(Log, 6, 9);

        Assert.Equal(Enumerable.Range(0, 9).TakeLast(tail).Select(i => $"line {i}"), Read(tail));
    }

    [Fact]
    public void The_tail_of_a_large_file_is_found_over_many_blocks()
    {
        Write(Log, 0, 20_000);

        Assert.Equal(Enumerable.Range(17_000, 3_000).Select(i => $"line {i}"), Read(3_000));
    }

    [Fact]
    public void Parts_of_a_long_line_are_joined_by_stream_and_garbage_is_passed_over()
    {
        File.WriteAllText(Log, Record("one ", "stdout") + Record("err\n", "stderr") + "{\"log\":\"cut" + "\n" + Record("two ", "stdout") + Record("three\r\n", "stdout") + Record("open", "stdout"));
        using var reader = new LogReader(Log);
        reader.Seek(null);

        Assert.Equal(["err", "one two three"], reader.ReadAvailable().Select(entry => entry.Line));
        Assert.Equal(["open"], reader.Rest().Select(entry => entry.Line));
    }

    [Fact]
    public void A_reader_goes_on_through_rotations()
    {
        Write(Log, 0, 2);
        using var reader = new LogReader(Log);
        reader.Seek(null);
        Assert.Equal(2, reader.ReadAvailable().Count());

        Write(Log, 2, 3);
        Assert.Equal(["line 2"], reader.ReadAvailable().Select(entry => entry.Line));
        Assert.Empty(reader.ReadAvailable());

        Write(Log, 3, 4);
        File.Move(Log, Log + ".1");
        Write(Log, 4, 5);
        File.Move(Log + ".1", Log + ".2");
        File.Move(Log, Log + ".1");
        Write(Log, 5, 6);
        Assert.Equal(["line 3", "line 4", "line 5"], reader.ReadAvailable().Select(entry => entry.Line));

    }

    [Fact]
    public void A_log_that_keeps_one_file_only_begins_anew()
    {
        Write(Log, 0, 2);
        using var reader = new LogReader(Log);
        reader.Seek(null);
        Assert.Equal(2, reader.ReadAvailable().Count());

        File.Delete(Log);
        Assert.Empty(reader.ReadAvailable());
        Write(Log, 2, 3);
        Assert.Equal(["line 2"], reader.ReadAvailable().Select(entry => entry.Line));
    }

    [Fact]
    public void A_log_that_does_not_exist_yet_is_empty()
    {
        using var reader = new LogReader(Log);
        reader.Seek(5);
        Assert.Empty(reader.ReadAvailable());

        Write(Log, 0, 1);
        Assert.Equal(["line 0"], reader.ReadAvailable().Select(entry => entry.Line));
    }

    private List<string> Read(int? tail)
    {
        using var reader = new LogReader(Log);
        reader.Seek(tail);
        return [.. reader.ReadAvailable().Select(entry => entry.Line)];
    }

    private static void Write(string path, int from, int to) =>
        File.AppendAllText(path, string.Concat(Enumerable.Range(from, to - from).Select(i => Record($"line {i}\n", "stdout"))));

    private static string Record(string text, string stream) =>
        JsonSerializer.Serialize(new { log = text, stream, time = DateTime.UtcNow }) + "\n";
}
