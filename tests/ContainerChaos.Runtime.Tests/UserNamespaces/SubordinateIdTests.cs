namespace ContainerChaos.Runtime.Tests;

/// <summary>subuid(5), and what maps are made of it.</summary>
public sealed class SubordinateIdTests : IDisposable
{
    private readonly TestRoot _root = new();

    public void Dispose() => _root.Dispose();

    [Fact]
    public void Ranges_are_found_by_name_and_by_number_in_the_order_of_the_file()
    {
        Assert.Equal([(100000u, 65536u), (300000u, 10u)], Read("alice:100000:65536", "bob:200000:65536", "4321:300000:10"));
    }

    [Theory]
    [InlineData("# alice:100000:65536")]
    [InlineData("alice:100000")]
    [InlineData("alice:100000:65536:1")]
    [InlineData("alice:-1:65536")]
    [InlineData("alice:100000:0")]
    [InlineData("alice:4294967295:2")]
    [InlineData("alice2:100000:65536")]
    [InlineData("")]
    public void A_line_that_gives_nothing_is_no_range(string line) => Assert.Empty(Read(line));

    [Fact]
    public void A_list_that_is_not_there_gives_nothing() => Assert.Empty(SubordinateIds.Read(_root["nowhere"], 4321, "alice"));

    [Fact]
    public void Maps_say_who_is_who_on_both_sides()
    {
        var maps = IdMaps.Parse("0:4321:1,1:100000:1000,1001:300000:10/0:4321:1,1:500000:65536");
        Assert.True(maps.HasOthers);
        Assert.True(maps.Contains(1010, 65536));
        Assert.False(maps.Contains(1011, 0));
        Assert.False(maps.Contains(0, 65537));
        Assert.Equal((0u, 1u, 1001u, 33u), (maps.UserInside(4321), maps.UserInside(100000), maps.UserInside(300000), maps.UserInside(33)));
        Assert.Equal(5u, maps.GroupInside(500004));
        Assert.Equal("0 to 1010", maps.Describe());
        Assert.Equal(maps.ToString(), IdMaps.Parse(maps.ToString()).ToString());
    }

    [Fact]
    public void One_id_is_nobody_else()
    {
        var maps = IdMaps.Parse("0:4321:1/0:4321:1");
        Assert.False(maps.HasOthers);
        Assert.True(maps.Contains(0, 0));
        Assert.False(maps.Contains(1, 0));
        Assert.Equal("0 alone", maps.Describe());
    }

    [Theory]
    [InlineData("")]
    [InlineData("0:1:1")]
    [InlineData("0:1/0:1:1")]
    [InlineData("0:1:x/0:1:1")]
    public void Something_else_is_no_map(string text) => Assert.Throws<FormatException>(() => IdMaps.Parse(text));

    private IReadOnlyList<(uint First, uint Count)> Read(params string[] lines)
    {
        File.WriteAllLines(_root["subuid"], lines);
        return SubordinateIds.Read(_root["subuid"], 4321, "alice");
    }
}
