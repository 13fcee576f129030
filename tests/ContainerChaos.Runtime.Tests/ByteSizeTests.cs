
namespace ContainerChaos.Runtime.Tests;

public sealed class ByteSizeTests
{
    [Theory]
    [InlineData("67108864", 67108864)]
    [InlineData("64m", 64L << 20)]
    [InlineData("64MB", 64L << 20)]
    [InlineData("64 MiB", 64L << 20)]
    [InlineData("512k", 512L << 10)]
    [InlineData("1.5g", 3L << 29)]
    [InlineData("0", 0)]
    [InlineData("7b", 7)]
    public void Sizes_are_read_in_units_of_1024(string text, long bytes) => Assert.Equal(bytes, ByteSize.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("m")]
    [InlineData("64x")]
    [InlineData("-1")]
    [InlineData("1e3")]
    [InlineData("64mm")]
    [InlineData("1bb")]
    [InlineData("9999999p")]
    public void Anything_else_is_refused(string text) => Assert.Throws<FormatException>(() => ByteSize.Parse(text));

    [Theory]
    [InlineData(512, "512 B")]
    [InlineData(64L << 20, "64 MB")]
    [InlineData(3040870, "2.9 MB")]
    [InlineData((1L << 20) - 1, "1 MB")]
    [InlineData(-1024, "-1 KB")]
    public void Sizes_are_written_with_the_largest_unit(long bytes, string text) => Assert.Equal(text, ByteSize.Format(bytes));
}
